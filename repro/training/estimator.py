"""Classical experiments: a scikit-learn pipeline on the same features and splits, scored by the same metrics."""

import inspect
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.pipeline import Pipeline
from torch import Tensor

from repro.data.data_error import DataError
from repro.data.eval_batches import evaluation_batches
from repro.data.lazy_rows import materialize
from repro.data.memory_limit import free_memory_bytes
from repro.data.prepared import Data
from repro.data.seeds import derive
from repro.spec.experiment import Block, Experiment
from repro.spec.problem import Problem, SpecError
from repro.spec.random_estimators import is_random
from repro.training import device as devices
from repro.training.class_lookup import find_class, make
from repro.training.evaluation_callback import OnProgress
from repro.training.evaluator import Pass, nudge
from repro.training.global_state import own_state
from repro.training.held_out import HeldOutScorer, some_rows
from repro.training.module import make_metrics
from repro.training.outcome import Outcome, PhaseSeconds, Predictions, Score
from repro.training.scorer import Scorer
from repro.training.views import OPEN_PARTS

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
    return Pipeline(steps), not any(map(is_random, entries))


def fit_estimator(
    experiment: Experiment,
    data: Data,
    *,
    seed: int,
    folder: Path,
    on_progress: OnProgress | None = None,
    held_out: HeldOutScorer | None = None,
) -> Outcome:
    """Fit a pipeline on the training items and score it on every part. It runs on the CPU.

    An item's inputs are flattened to one row of features, several inputs one after the other. A classifier is scored
    through its ``predict_proba`` where it has one, else through ``predict``; there is no loss. Of an item with several
    segments the mean of these is taken, so that without ``predict_proba`` the class of most segments wins.
    Augmentation does not act: an estimator sees each item once. ``held_out`` takes the outputs for items that training
    does not see, as in :func:`repro.training.fit.fit`.

    Raises:
        SpecError: a part of the spec that its real class refuses.
        DataError: the features of a part, which scikit-learn wants whole, are more than fits the free memory.

    """
    label = next(iter(experiment.labels))
    target = data.labels[label]
    pipeline, constant = make_pipeline(experiment, seed, folder)
    scorer = Scorer(experiment, data, lambda: make_metrics(experiment, data.labels, folder), None)
    notes: list[str] = []
    began = time.monotonic()
    with own_state(experiment.training.threads, deterministic=False), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        torch.default_generator.manual_seed(derive(seed, "estimator"))
        np.random.seed(derive(seed, "estimator") % _SEED_BITS)
        if on_progress is not None:
            on_progress(0, 1, {})
        truth = materialize(data.parts["train"].targets[label]).numpy()
        names = _block(experiment).sources
        pipeline.fit(_features(data, "train", names), truth.ravel())
        fitted = time.monotonic()
        scores: dict[str, Score] = {}
        stored: dict[str, Predictions] = {}

        def predicted(data: Data, part: str, *, nudged: bool = False) -> Pass:
            features, classes = _features(data, part, names), len(target.classes or ())
            if nudged:
                features = nudge({part: torch.from_numpy(features)})[part].numpy()
            return Pass({label: _predict(pipeline, features, classes, materialize(data.parts[part].targets[label]))})

        passes: dict[str, Pass] = {}
        for part in scorer.parts_of(scorer.ways):
            passes[part] = predicted(data, part)
            if held_out is not None and part not in OPEN_PARTS:
                continue
            for view, by_label, predictions in scorer.results(
                part, scorer.ways, passes[part].outputs, data.parts[part].targets, keeping=True
            ):
                scores[view] = by_label[label]
                if label in predictions:
                    stored[view] = predictions[label]
        if held_out is not None:
            few = some_rows(data)
            some, nudged = ({p: predicted(few, p, nudged=yes) for p in few.parts} for yes in (False, True))
            held_out.final({part: outputs for part, outputs in passes.items() if part not in OPEN_PARTS}, some, nudged)
        over = time.monotonic()
        if on_progress is not None:
            on_progress(1, 1, {f"test/{n}": v for n, v in scores["test"].values.items()} if "test" in scores else {})
    notes += sorted({f"{w.category.__name__}: {str(w.message).splitlines()[0]}" for w in caught})
    return Outcome(
        state="done",
        path="estimator",
        ran=devices.describe("cpu", experiment.training.model_copy(update={"precision": None}), deterministic=True),
        metrics={label: {view: scores[view] for view in scorer.ways if view in scores}},
        chosen=("none", 0, 0.0),
        constant=constant,
        seconds=PhaseSeconds(fitted - began, over - fitted),
        predictions={label: stored},
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
