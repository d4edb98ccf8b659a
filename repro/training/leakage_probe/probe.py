"""The probe: three short runs that differ in their test items only, and what must not differ between them.

The first has the real test items. In the second their labels are what a short run predicts at its end, in the third
they are anything but that, and every second item's inputs are noise. Then, bit by bit,

``blind-features``     train and validation items come out of the features the same; and test items that hardly
                       change come out as little changed as those (a feature that holds a table of them is named),
``blind-weights``      the weights, the step they are taken from and all that was seen on the way are the same,
``blind-predictions``  the test items that kept their inputs are predicted the same (to rounding).

By the second run's test labels the end of training is the best step, by the third's the worst, however little a short
run learns; so a choice made on test items falls on different steps. Where something differs the first run is made
again: own code that does not even repeat itself cannot be tried, and is told so. It finds mistakes, not malice: code
that hides from a run of 24 steps on a few hundred items is not found.
"""

import contextlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from repro.data.arrays import IntArray
from repro.data.eval_batches import evaluation_batches
from repro.data.gate.fitted_on_all import fit_evidence
from repro.data.items import Items
from repro.data.lazy_rows import materialize
from repro.data.own_code import forget_own
from repro.data.prepared import Data
from repro.data.randomized import perturb, randomize, with_predicted_labels
from repro.data.subsample import subsample
from repro.models.model_size import multiply_adds
from repro.models.network import build
from repro.spec.experiment import Experiment
from repro.training.leakage_probe.own_parts import listed, own_cached, own_parts
from repro.training.leakage_probe.short import Size, shortened, size_for, without_own_metrics
from repro.training.leakage_probe.trial import Bench, Trial
from repro.training.recall import falls_alone
from repro.training.segments import rows_of

Finding = dict[str, Any]

CHECKS = ("blind-features", "blind-weights", "blind-predictions")

FAR = 0.1
"""A value is another one where it moved by so much of the spread of all values."""

_ROWS = 1024


def probe(
    experiment: Experiment,
    data: Data,
    items: Items,
    *,
    seed: int,
    folder: Path,
    accelerator: str = "auto",
    at_work: Callable[..., None] | None = None,
) -> dict[str, Finding]:
    """What own code does with test items: ``{check: {"state": "ok" | "found" | "failed", "text"}}``.

    Nothing of it stays: own code is forgotten before each run and at the end.

    Args:
        experiment: with own code among its parts.
        data: its prepared data.
        items: the whole data set; a few hundred items of it are read.
        seed: of the run.
        folder: the spec's folder.
        accelerator: as for training.
        at_work: called with whatever shows that a trial goes on.

    """
    try:
        with contextlib.suppress(_Diverged):
            return _Probe(experiment, data, items, seed, folder, accelerator, at_work, eager=True).checks()
        return _Probe(experiment, data, items, seed, folder, accelerator, at_work, eager=False).checks()
    except Exception as error:  # noqa: BLE001 - own code may raise anything; the real run will say it better
        message = f"could not be tried: {type(error).__name__}: {' '.join(str(error).split())}"
        return {check: {"state": "found", "text": message} for check in CHECKS}
    finally:
        forget_own(folder)


class _Diverged(Exception):
    """A short run came to nothing; with its own learning rate it may do better."""


class _Probe:
    def __init__(
        self,
        experiment: Experiment,
        data: Data,
        items: Items,
        seed: int,
        folder: Path,
        accelerator: str,
        at_work: Callable[..., None] | None,
        *,
        eager: bool,
    ) -> None:
        self.eager = eager
        self.real = data
        self.owns = own_parts(experiment)
        classes = {name: target.classes for name, target in data.labels.items() if target.classes is not None}
        labels = {n: label.model_copy(update={"classes": classes.get(n)}) for n, label in experiment.labels.items()}
        self.size = _size(experiment, data, seed, folder)
        self.experiment = shortened(experiment.model_copy(update={"labels": labels}), self.size, eager=eager)
        self.bench = Bench(self.experiment, seed, folder, accelerator, at_work)
        self.unwatched = replace(self.bench, experiment=without_own_metrics(self.experiment))
        self.items = subsample(items, data.splits, self.size.most)
        test = self.items.parts["test"]
        self.kept = torch.arange(0, len(test), 2)
        self.classes = classes
        self.agreeing = self.items
        self.both = self._noised(self.items, test[1::2], test)

    def _noised(self, items: Items, inputs: IntArray, targets: IntArray) -> Items:
        return randomize(items, inputs, targets, self.experiment.labels, self.classes)

    def checks(self) -> dict[str, Finding]:
        features = self._features()
        if not self._worth_training:
            text = "no own code takes part in training"
            ok = {"state": "ok", "text": text}
            return {"blind-features": features, "blind-weights": ok, "blind-predictions": ok}
        first = self.bench.train(self.items)
        if self.eager and _diverged(first):
            raise _Diverged
        test = self.items.parts["test"]
        self.agreeing = self._answered(first)
        self.both = self._noised(self.agreeing, test[1::2], test)
        others = [
            self.bench.train(self.agreeing, first.data, torch.arange(len(test))),
            self.bench.train(self.both, first.data, self.kept),
        ]
        return {
            "blind-features": features,
            "blind-weights": self._weights(first, others),
            "blind-predictions": self._predictions(first, others),
        }

    def _answered(self, first: Trial) -> Items:
        """The items whose test labels are what a run predicts at its end; without own metrics, which may steer it."""
        if first.outcome.path == "estimator":
            return self.items
        ended = first
        if "metric" in self.owns:
            with contextlib.suppress(Exception):  # a schedule may watch the metric; then the first run must do
                ended = self.unwatched.train(self.items)
        items, test = self.items, self.items.parts["test"]
        for name, label in self.experiment.labels.items():
            if (predicted := ended.predicted.get(f"{name}.test")) is not None:
                items = with_predicted_labels(items, test, label, predicted, self.classes.get(name, ()))
        return items

    @property
    def _worth_training(self) -> bool:
        """An estimator of the library is fitted on train alone; only own code inside it, or on its way, can differ."""
        model = self.experiment.model
        live = any(e.own for source in self.experiment.inputs.values() for e in source.live)
        return not (model is not None and model.is_estimator) or "estimator" in self.owns or live

    # features

    def _features(self) -> Finding:
        names = self.owns.get("feature", ())
        if not names:
            return {"state": "ok", "text": "no feature is own code"}
        first, other = self.bench.prepare(self.items), self.bench.prepare(self.both)
        for name, source in self.experiment.inputs.items():
            places = own_cached(source)
            if not places:
                continue
            for part, of in (("train", "training"), ("validation", "validation"), ("test", "test")):
                if self._same_inputs(first, other, name, part):
                    continue
                if not self._same_inputs(first, self.bench.prepare(self.items), name, part):
                    return _not_repeatable(listed({"feature": names}))
                culprit = self._first_mixing(name, places, part)
                text = (
                    f"{culprit} computes {of} items otherwise when other test items stand beside them: it takes in "
                    f"more than the item itself (input {name!r}; normalised with test items?)"
                )
                return {"state": "failed", "text": text}
            if message := self._mark(name):
                own = listed({"feature": tuple(source.cached[p].name for p in places)})
                text = (
                    f"{own} normalises with statistics of all items, test items among them (input {name!r}): {message}"
                )
                return {"state": "failed", "text": text}
        if message := self._known_by_heart(first):
            return {"state": "failed", "text": f"{listed({'feature': names})}: {message}"}
        return {"state": "ok", "text": f"{listed({'feature': names})}: no item changes with the test items"}

    def _known_by_heart(self, first: Data) -> str:
        """What to say where features of test items alone change much when the items hardly change; else nothing."""
        open_part = "validation" if "validation" in first.parts else "train"
        rows = np.concatenate([self.items.parts[part] for part in ("test", open_part)])
        other = self.bench.prepare(perturb(self.items, rows))
        for name in self.experiment.inputs:
            test, open_rows = (_moved(first, other, name, part) for part in ("test", open_part))
            for measure in test:
                if falls_alone(test[measure], open_rows[measure]):
                    share, of_seen = (100 * float(each[measure].float().mean()) for each in (test, open_rows))
                    return (
                        f"{share:.1f} % of the test items come out of the features otherwise when they change by noise "
                        f"of -60 dB, and {of_seen:.1f} % of {open_part}: test items are known by heart (input {name!r})"
                    )
        return ""

    def _same_inputs(self, first: Data, second: Data, name: str, part: str) -> bool:
        if part not in first.parts:
            return True
        parts = [data.parts[part] for data in (first, second)]
        if part != "test":
            return _same_bytes(*(materialize(each.inputs[name]) for each in parts))
        return _same_bytes(*(each.inputs[name].index_select(0, rows_of(each, self.kept)) for each in parts))

    def _first_mixing(self, name: str, places: list[int], part: str) -> str:
        """The first own feature of an input behind which the items differ."""
        source = self.experiment.inputs[name]
        for place in places:
            upto = source.model_copy(update={"cached": source.cached[: place + 1], "augment": (), "live": ()})
            only = self.experiment.model_copy(update={"inputs": {name: upto}, "views": {}})
            pair = [self.bench.prepare(items, only) for items in (self.items, self.both)]
            if not self._same_inputs(pair[0], pair[1], name, part):
                return f"feature {source.cached[place].name}"
        return listed({"feature": tuple(source.cached[place].name for place in places)})

    def _mark(self, name: str) -> str | None:
        """The mark of a fit on all items, where the data set itself does not bear it."""
        if self.real.gate.get("checks", {}).get("fitted-on-all", {}).get("state") != "ok":
            return None
        parts = {n: part.inputs[name] for n, part in self.real.parts.items() if n in ("train", "validation", "test")}
        message, sure = fit_evidence(
            (values.index_select(0, at).numpy(), np.full(len(at), part == "train"))
            for part, values in parts.items()
            for at in torch.split(torch.arange(len(values)), _ROWS)
        )
        return message if sure else None

    # weights

    def _weights(self, first: Trial, others: list[Trial]) -> Finding:
        if bad := _diverged(first):
            return bad
        other = next((trial for trial in others if trial.training != first.training), None)
        if other is None:
            return {"state": "ok", "text": "test items replaced by noise change no bit of the weights of a short run"}
        if self.bench.train(self.items).training != first.training:
            return _not_repeatable(listed(self.owns))
        reference, changed = first.outcome, other.outcome
        if repr(reference.history) == repr(changed.history) and (bad := _diverged(other)):
            return bad  # only the noise itself has no finite loss
        if reference.weights_sha256 != changed.weights_sha256:
            what, hint = "the weights depend", "an epoch picked on test?"
        elif reference.chosen != changed.chosen:
            what, hint = "the step whose weights are taken depends", "an epoch picked on test?"
        else:
            what, hint = "what is measured on train and validation depends", "a metric or threshold that saw test?"
        text = f"{what} on {self._through(first, lambda a, b: a.training != b.training)} ({hint})"
        return {"state": "failed", "text": text}

    # predictions

    def _predictions(self, first: Trial, others: list[Trial]) -> Finding:
        if bad := next((bad for trial in (first, *others) if (bad := _diverged(trial))), None):
            return bad
        if any(first.outcome.weights_sha256 != trial.outcome.weights_sha256 for trial in others):
            return {"state": "found", "text": "not compared: the weights differ already"}
        if all(self._same_predictions(first, trial) for trial in others):
            return {"state": "ok", "text": "no prediction changes with the labels or with the other test items"}
        if not self._same_predictions(first, self.bench.train(self.items)):
            return _not_repeatable(listed(self.owns))
        on = self._through(first, lambda a, b: not self._same_predictions(a, b))
        text = f"the prediction of a test item depends on {on} (a threshold or statistics taken from test?)"
        return {"state": "failed", "text": text}

    def _same_predictions(self, first: Trial, second: Trial) -> bool:
        a, b = first.predicted, second.predicted
        at = self.kept.numpy()
        return a.keys() == b.keys() and all(_close(a[name][at], b[name][at]) for name in a)

    def _through(self, first: Trial, differ: Callable[[Trial, Trial], bool]) -> str:
        """Whether it is the test labels or the test inputs that matter, and whether own metrics are what sees them."""
        test, everything = self.items.parts["test"], torch.arange(len(self.items.parts["test"]))
        relabelled = [self.agreeing, self._noised(self.agreeing, test[:0], test)]
        by = []
        if any(differ(first, self.bench.train(items, first.data, everything)) for items in relabelled):
            by.append("the test labels")
        if differ(first, self.bench.train(self._noised(self.items, test[1::2], test[:0]), first.data, self.kept)):
            by.append("the inputs of other test items")
        parts = " and ".join(by) or "the test items"
        if "metric" in self.owns and self._ends_without_metrics(differ):
            return f"{parts}, through {listed({'metric': self.owns['metric']})}"
        return f"{parts}; own code in it: {listed({k: v for k, v in self.owns.items() if k != 'feature'} or self.owns)}"

    def _ends_without_metrics(self, differ: Callable[[Trial, Trial], bool]) -> bool:
        bench = self.unwatched
        try:
            first = bench.train(self.items)
            others = [bench.train(self.agreeing, first.data, self.kept), bench.train(self.both, first.data, self.kept)]
            return not any(differ(first, other) for other in others)
        except Exception:  # noqa: BLE001 - a schedule may watch the metric; then it stays unknown
            return False


def _moved(first: Data, other: Data, name: str, part: str) -> dict[str, Tensor]:
    """Which rows of a part have another input, bool ``(N,)``: in the mean of its values, or in one of them."""
    values = [
        torch.cat([batch["inputs"][name].float().flatten(1) for batch in evaluation_batches(data, part)])
        for data in (first, other)
    ]
    spread = max(float(values[0].std()), torch.finfo(torch.float32).tiny)
    change = (values[0] - values[1]).abs() / spread
    return {"mean": change.mean(1) > FAR, "most": change.amax(1) > FAR}


def _size(experiment: Experiment, data: Data, seed: int, folder: Path) -> Size:
    if experiment.model is None or experiment.model.is_estimator:
        return Size()
    network = build(experiment, data.shapes, data.labels, seed=seed, folder=folder, meta=True)
    return size_for(multiply_adds(network, data.shapes))


def _diverged(trial: Trial) -> Finding | None:
    if trial.outcome.state == "failed":
        return {"state": "found", "text": f"could not be tried: the short run {trial.outcome.reason}"}
    return None


def _not_repeatable(own: str) -> Finding:
    text = (
        f"could not be tried: two short runs on the same items differ already, so own code ({own}) draws random "
        "numbers that the seed does not reach, or remembers earlier runs"
    )
    return {"state": "found", "text": text}


def _same_bytes(first: Tensor, second: Tensor) -> bool:
    return first.shape == second.shape and first.contiguous().numpy().tobytes() == second.contiguous().numpy().tobytes()


def _close(first: np.ndarray[Any, Any], second: np.ndarray[Any, Any]) -> bool:
    """The same to rounding; indices of classes exactly."""
    if first.shape != second.shape or first.dtype != second.dtype:
        return False
    if first.dtype.kind != "f":
        return bool(np.array_equal(first, second))
    largest = float(np.nanmax(np.abs(first), initial=0.0, where=np.isfinite(first)))
    return bool(np.allclose(first, second, rtol=1e-4, atol=1e-5 * largest, equal_nan=True))
