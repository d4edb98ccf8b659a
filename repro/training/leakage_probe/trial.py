"""One short run on given items, from own code that remembers nothing of earlier runs."""

import contextlib
import itertools
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from repro.data.items import Items
from repro.data.lazy_rows import materialize
from repro.data.own_code import forget_own
from repro.data.prepare import prepare
from repro.data.prepared import Data, Part
from repro.data.seeds import derive
from repro.spec.experiment import Experiment
from repro.training.fit import fit
from repro.training.global_state import own_state
from repro.training.outcome import Outcome
from repro.training.segments import rows_of
from repro.training.views import OPEN_PARTS

_NUMBERS = itertools.count()


@dataclass(frozen=True, eq=False)
class Trial:
    """The data of a short run and what came of it."""

    data: Data
    outcome: Outcome

    @property
    def training(self) -> tuple[Any, ...]:
        """What must be the same for any test items: weights, chosen step, everything seen of train and validation."""
        parts = {n: s for views in self.outcome.metrics.values() for n, s in views.items() if n in OPEN_PARTS}
        scores = repr(sorted(parts.items())) if self.outcome.path == "estimator" else ""
        return self.outcome.weights_sha256, self.outcome.chosen, repr(self.outcome.history), scores

    @property
    def predicted(self) -> dict[str, np.ndarray]:
        """What was predicted for test items, ``LABEL.VIEW`` to ``(N, ...)``; views of segments are left out."""
        return {
            f"{label}.{view}": predictions.arrays["predicted"]
            for label, views in self.outcome.predictions.items()
            for view, predictions in views.items()
            if "predicted" in predictions.arrays and "segments" not in predictions.arrays
        }


@dataclass(frozen=True)
class Bench:
    """What all trials of one probe share."""

    experiment: Experiment
    seed: int
    folder: Path
    accelerator: str
    at_work: Callable[..., None] | None = None
    """Called with whatever shows that a trial goes on."""

    def prepare(self, items: Items, experiment: Experiment | None = None) -> Data:
        """The data of a trial, by own code loaded anew."""
        forget_own(self.folder)
        with _same_state(self.seed):
            return prepare(
                experiment or self.experiment,
                seed=self.seed,
                folder=self.folder,
                items=_fresh(items),
                on_computed=self.at_work,
            )

    def train(self, items: Items, like: Data | None = None, rows: Tensor | None = None) -> Trial:
        """A trial: prepare and train.

        Args:
            items: of the cut data set, or with noise in them.
            like: data to take everything but the test items from, so that only these differ.
            rows: positions among the test items of those whose inputs are as in ``like``, taken from there too.

        """
        data = self.prepare(items)
        if like is not None and rows is not None:
            of_test = {"test", *(view.name for view in self.experiment.views.values() if view.of == "test")}
            parts = {
                name: _grafted(part, like.parts[name], rows) if name in of_test else like.parts[name]
                for name, part in data.parts.items()
            }
            data = replace(data, parts=parts, labels=like.labels)
        experiment = self.experiment
        with _same_state(self.seed):
            if experiment.model is not None and experiment.model.is_estimator:
                from repro.training.estimator import fit_estimator  # scikit-learn takes a second to import

                return Trial(data, fit_estimator(experiment, data, seed=self.seed, folder=self.folder))
            outcome = fit(
                experiment,
                data,
                seed=self.seed,
                folder=self.folder,
                on_progress=self.at_work,
                history_views=tuple(experiment.views),
                accelerator=self.accelerator,
            )
        return Trial(data, outcome)


def _grafted(part: Part, like: Part, items: Tensor) -> Part:
    """The part with the inputs of the items at the positions ``items`` from another, all their segments."""
    rows = rows_of(part, items)
    inputs: Mapping[str, Tensor] = {
        name: materialize(values).index_copy(0, rows, like.inputs[name].index_select(0, rows))
        for name, values in part.inputs.items()
    }
    return Part(inputs=inputs, targets=part.targets, items=part.items)


def _fresh(items: Items) -> Items:
    """The same items under another name, so that nothing kept of an earlier trial is taken for this one's."""
    return replace(items, sha256=f"trial {next(_NUMBERS)}")


@contextlib.contextmanager
def _same_state(seed: int) -> Iterator[None]:
    """Every global generator at the same place in each trial, and put back afterwards."""
    with own_state(torch.get_num_threads(), deterministic=False):
        torch.manual_seed(derive(seed, "blindness"))
        random.seed(derive(seed, "blindness"))
        np.random.seed(derive(seed, "blindness") % 2**32)
        yield
