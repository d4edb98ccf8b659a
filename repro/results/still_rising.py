"""A hint, and no result: training that stopped while what it watched got better, by the validation items alone."""

from collections.abc import Sequence
from math import isfinite, sqrt
from statistics import fmean, stdev

from repro.results.metric_info import UnknownMetric, metric_info
from repro.results.wording import several
from repro.runs.record import Record
from repro.spec.experiment import Experiment
from repro.spec.spec import Spec

FEWEST_LOOKS = 8
"""With fewer looks at validation nothing is said."""

BEYOND_NOISE = 3.0
"""The last quarter must be better than the quarter before by so many standard errors."""


def still_rising(spec: Spec, records: Sequence[Record]) -> tuple[str, ...]:
    """One sentence for each experiment most of whose runs still got better; none where a rung cuts training short.

    Args:
        spec: the study at its rung.
        records: finished and failed ones of its plan; test items are not looked at.

    """
    rung = spec.rungs.get(spec.rung)
    if rung is not None and any(path.split(".")[0] == "training" for path in rung.changes):
        return ()
    notes = []
    for name, experiment in spec.experiments.items():
        done = [r for r in records if r.experiment == name and r.state == "done" and r.history]
        key = _watched(experiment)
        smaller = _smaller_is_better(spec, experiment, key)
        if not done or smaller is None:
            continue
        rising = [r for r in done if not _stopped_early(experiment, r) and rises(_curve(r, key), smaller=smaller)]
        if 2 * len(rising) > len(done):
            steps = max(r.steps for r in rising)
            runs = several(len(done), "run")
            notes.append(
                f"{experiment.title or name}: {key} still got better when training stopped at step {steps:,} "
                f"({len(rising)} of {runs}); longer training may give more"
            )
    return tuple(notes)


def rises(values: Sequence[float], *, smaller: bool = False) -> bool:
    """Whether the last quarter of a curve is better than the quarter before by more than its noise.

    >>> rises([1, 2, 3, 4, 5, 6, 7, 8]), rises([1, 5, 7, 8, 8, 8, 8, 8]), rises([8, 7, 6, 5, 4, 3, 2, 1], smaller=True)
    (True, False, True)
    """
    curve = [-v if smaller else v for v in values]
    if len(curve) < FEWEST_LOOKS or not all(map(isfinite, curve)):
        return False
    quarter = len(curve) // 4
    last, before = curve[-quarter:], curve[-2 * quarter : -quarter]
    gain = fmean(last) - fmean(before)
    steps = [b - a for a, b in zip(curve[-2 * quarter :], curve[-2 * quarter + 1 :], strict=False)]
    noise = stdev(steps) / sqrt(2) if len(steps) > 1 else 0.0
    best = max(range(len(curve)), key=lambda at: curve[at])
    return gain > BEYOND_NOISE * noise * sqrt(2 / quarter) and gain > 0 and best >= len(curve) - quarter


def _watched(experiment: Experiment) -> str:
    watch = experiment.training.watch or experiment.main_metric
    return watch if "/" in watch else f"validation/{watch}"


def _smaller_is_better(spec: Spec, experiment: Experiment, key: str) -> bool | None:
    """None for what is not taken on validation items, or whose better direction nobody knows."""
    view = key.partition("/")[0]
    of = experiment.views[view].of if view in experiment.views else view
    if of != "validation":
        return None
    try:
        return metric_info(experiment, key, spec.folder).direction == "min"
    except UnknownMetric:
        return None


def _stopped_early(experiment: Experiment, record: Record) -> bool:
    """Patience ended it, so it did not get better any more."""
    steps = experiment.training.steps
    patience = experiment.training.stop_patience
    return patience is not None and (steps is None or record.steps < steps)


def _curve(record: Record, key: str) -> list[float]:
    return [point.values[key] for point in record.history if key in point.values]
