"""Classical experiments: a scikit-learn pipeline on the same features and splits, scored by the same metrics."""

import inspect
import time
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.pipeline import Pipeline
from torch import Tensor

from repro.data.data_error import DataError
from repro.data.eval_batches import evaluation_batches
from repro.data.memory_limit import free_memory_bytes
from repro.data.prepared import Data
from repro.data.rows import whole
from repro.data.seeds import derive
from repro.spec.experiment import Block, Experiment
from repro.spec.problem import Problem, SpecError
from repro.spec.random_parts import draws
from repro.spec.viewing import kept_as
from repro.training import device as devices
from repro.training.global_state import own_state
from repro.training.metric import LabelMetric, measure
from repro.training.module import make_metrics
from repro.training.outcome import Outcome, Predictions, Score, Seconds, Values
from repro.training.overseer import OnProgress
from repro.training.predictions import keep
from repro.training.resolve import find_class, make
from repro.training.segments import Segments, as_seen, together
from repro.training.view_items import At, groups_of, picked, pieces, score, tied_of
from repro.training.views import is_open, ways

_SEED_BITS = 2**32


def make_pipeline(experiment: Experiment, seed: int, folder: Path) -> tuple[Pipeline, bool]:
    """The experiment's pipeline, and whether it is constant: no step of it draws random numbers.

    The run's seed goes to the ``random_state`` of every step that has one, as ``derive(seed, "estimator", place)``
    modulo 2**32; ``n_jobs`` is 1 where a step has it, so that threads are those of ``training.threads``.

    Raises:
        SpecError: an argument that the class does not take, or a last step that predicts nothing.

    """
    entries = _block(experiment).estimator
    steps = []
    for place, entry in enumerate(entries):
        cls = find_class(entry, "estimator", folder)
        known = inspect.signature(cls).parameters
        inferred: dict[str, Any] = {}
        if "n_jobs" in known and known["n_jobs"].default is not None:  # None is one job; some classes warn of the word
            inferred["n_jobs"] = 1
        if "random_state" in known:
            inferred["random_state"] = derive(seed, "estimator", place) % _SEED_BITS
        steps.append((f"{place}-{entry.short}", make(entry, cls, inferred=inferred)))
    if not hasattr(steps[-1][1], "fit") or not hasattr(type(steps[-1][1]), "predict"):
        text = f"{entries[-1].short} predicts nothing; the last step must be a classifier or a regressor"
        raise SpecError([Problem(entries[-1].place, entries[-1].short, text)])
    return Pipeline(steps), not any(map(draws, entries))


def fit_estimator(
    experiment: Experiment, data: Data, *, seed: int, folder: Path, on_progress: OnProgress | None = None
) -> Outcome:
    """Fit a pipeline on the training items and score it on every part. It runs on the CPU.

    An item's inputs are flattened to one row of features, several inputs one after the other. A classifier is scored
    through its ``predict_proba`` where it has one, else through ``predict``; there is no loss. Of an item with several
    segments the mean of these is taken, so that without ``predict_proba`` the class of most segments wins.
    Augmentation does not act: an estimator sees each item once.

    Raises:
        SpecError: a part of the spec that its real class refuses.
        DataError: the features of a part, which scikit-learn wants whole, are more than fits the free memory.

    """
    label = next(iter(experiment.labels))
    target = data.labels[label]
    pipeline, constant = make_pipeline(experiment, seed, folder)
    metrics = make_metrics(experiment, data.labels, folder)[label]
    notes: list[str] = []
    began = time.monotonic()
    with own_state(experiment.training.threads, deterministic=False), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        torch.default_generator.manual_seed(derive(seed, "estimator"))
        np.random.seed(derive(seed, "estimator") % _SEED_BITS)
        if on_progress is not None:
            on_progress(0, 1, {})
        truth = whole(data.parts["train"].targets[label]).numpy()
        names = _block(experiment).sources
        pipeline.fit(_features(data, "train", names), truth.ravel())
        fitted = time.monotonic()
        scores: dict[str, Score] = {}
        kept: dict[str, Predictions] = {}
        outputs: dict[str, Tensor] = {}
        for view, way in ways(experiment, data).items():
            if way.part not in outputs:
                wanted = whole(data.parts[way.part].targets[label])
                features = _features(data, way.part, names)
                outputs[way.part] = _predict(pipeline, features, len(target.classes or ()), wanted)
            scores[view], predictions = _look(experiment, data, view, outputs[way.part], metrics)
            if predictions is not None:
                kept[view] = predictions
        over = time.monotonic()
        if on_progress is not None:
            on_progress(1, 1, {f"test/{n}": v for n, v in scores["test"].values.items()})
    notes += sorted({f"{w.category.__name__}: {str(w.message).splitlines()[0]}" for w in caught})
    return Outcome(
        state="done",
        path="estimator",
        ran=devices.describe("cpu", experiment.training, deterministic=True),
        metrics={label: scores},
        chosen=("none", 0, 0.0),
        constant=constant,
        seconds=Seconds(fitted - began, over - fitted),
        predictions={label: kept},
        notes=tuple(notes),
    )


def _block(experiment: Experiment) -> Block:
    assert experiment.model is not None
    return next(block for block in experiment.model.blocks if block.estimator)


def _features(data: Data, view: str, names: Sequence[str]) -> np.ndarray:
    """``(N, features)`` float32: a view's inputs after their live features, flattened and put side by side in order."""
    _need_memory(data, view)
    rows = [
        torch.cat([batch["inputs"][name].flatten(1) for name in names], dim=1)
        for batch in evaluation_batches(data, view)
    ]
    return torch.cat(rows).numpy()


def _need_memory(data: Data, view: str) -> None:
    """DataError unless the view's features fit: once in batches, and once more while these are put together."""
    needed = 2 * 4 * len(data.parts[view]) * sum(shape.numel for shape in data.shapes.values())
    free = free_memory_bytes()
    if needed > free:
        raise DataError(
            f"an estimator needs the features of all {len(data.parts[view])} items of {view} in memory: "
            f"{needed / 2**30:.2f} GB, and {free / 2**30:.2f} GB are free. Give it fewer items (splits) or smaller "
            "features, or use a net, which reads them batch by batch."
        )


def _predict(pipeline: Pipeline, features: np.ndarray, classes: int, truth: Tensor) -> Tensor:
    """Class scores ``(N, classes)``, or numbers of the targets' shape."""
    predicted = np.asarray(pipeline.predict(features))
    if not classes:
        return torch.from_numpy(predicted.astype(np.float32)).reshape(truth.shape)
    indices = torch.from_numpy(predicted.astype(np.int64))
    scores = torch.zeros(len(features), classes)
    if not hasattr(pipeline, "predict_proba"):
        return scores.scatter_(1, indices[:, None], 1.0)
    known = torch.from_numpy(np.asarray(pipeline.classes_, dtype=np.int64))
    scores[:, known] = torch.from_numpy(np.asarray(pipeline.predict_proba(features))).float()
    return _agreeing(scores, indices)


def _agreeing(chances: Tensor, predicted: Tensor) -> Tensor:
    """Class probabilities whose largest is the class that the estimator itself predicts.

    They can differ where two classes tie (k-NN) or where the two are worked out apart (SVC); then the predicted
    class's is raised just above the largest.
    """
    differ = chances.argmax(1) != predicted
    if bool(differ.any()):
        rows = differ.nonzero()[:, 0]
        top = chances[rows].max(1).values
        chances[rows, predicted[rows]] = torch.nextafter(top, torch.full_like(top, torch.inf))
    return chances


def _look(
    experiment: Experiment, data: Data, view: str, output: Tensor, metrics: Mapping[str, LabelMetric]
) -> tuple[Score, Predictions | None]:
    """The score of a view and, of one that training never sees, what is kept of its predictions."""
    name, target = next(iter(data.labels.items()))
    way = ways(experiment, data)[view]
    part = data.parts[way.part]
    segments = Segments(part.items)
    seen = as_seen(part, way, data.labels)
    truth, numbers = whole(seen.targets[name]), None
    if len(seen) < len(part):
        output = together(output, segments, label=target, loss="probabilities", vote=way.vote)
    elif segments.several:
        numbers = segments.numbers
    picks_predicted = way.only is not None and way.only.predicted
    over = pieces(way, data, seen.items, output.argmax(1) if picks_predicted else truth)

    def take(at: At) -> Values:
        return measure(metrics, picked(output, at), picked(truth, at), whole=at is None)

    found = score(way, over, len(truth), tuple(metrics), take)
    groups = groups_of(way, data, seen.items)
    same = kept_as(experiment, view) == view
    if is_open(way) or not (same or groups is not None):
        return found, None
    predictions = keep(
        seen.items,
        output,
        truth,
        label=target,
        metrics=metrics.values(),
        loss=None,
        segments=numbers,
        groups=groups,
        tied=tied_of(way, experiment.splits, data, seen.items),
        whole=same,
    )
    return found, predictions
