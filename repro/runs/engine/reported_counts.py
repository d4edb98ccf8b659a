"""Reported counts of parameters and multiply-adds, held against the built nets before anything trains."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from repro.data.prepare import describe
from repro.models.model_size import multiply_adds, parameters
from repro.models.network import Network, build
from repro.spec.experiment import Experiment
from repro.spec.spec import Reported

COUNTS: dict[str, Callable[[Network], int]] = {"parameters": parameters, "multiply_adds": multiply_adds}
"""The counts that a net has before it is trained."""


def count_notes(experiments: Iterable[Experiment], reported: Sequence[Reported], folder: Path) -> tuple[str, ...]:
    """One sentence for each reported count that the net does not have; built without memory for weights.

    A count may differ by the row's margin and by what its printing or reading off a figure leaves open.
    """
    notes = []
    for experiment in experiments:
        rows = [r for r in reported if r.experiment == experiment.name and r.metric in COUNTS and r.number is not None]
        if not rows or experiment.model is None or experiment.model.is_estimator:
            continue
        shapes, labels = describe(experiment, folder, own_code=True)
        network = build(experiment, shapes, labels, seed=0, folder=folder, meta=True)
        for row in rows:
            assert row.number is not None
            count = COUNTS[row.metric](network)
            open_by = (row.margin or 0.0) + (row.reading_error or row.number.half_width)
            if abs(count - row.number.value) > open_by:
                words = row.metric.replace("_", "-")
                notes.append(
                    f"{experiment.name} has {count:,} {words}, the paper {row.number.value:,.0f}"
                    + (f" ({row.where})" if row.where else "")
                    + ": this is not the paper's net"
                )
    return tuple(notes)
