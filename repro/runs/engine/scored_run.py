"""One training in a child, scored by the worker: what the child sends is joined with the labels here."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import torch
from torch import LongTensor

from repro.data.data_error import DataError
from repro.data.gate import GateError, failures
from repro.data.gate.fitted_on_train import fitted_on_train
from repro.data.own_reads import files_read
from repro.data.prepared import Data, Part
from repro.runs.engine.opened_files import finding
from repro.runs.engine.own_metrics import OwnMetrics
from repro.runs.identity import own_files
from repro.runs.journal import Journal, read_journal
from repro.spec.experiment import Experiment
from repro.spec.own_folder import is_folder
from repro.training.evaluation_callback import OnProgress
from repro.training.outcome import EvalPoint, LeftOut, Outcome, PhaseSeconds, Predictions, Runtime, Score
from repro.training.progress_listener import ProgressListener
from repro.training.recall import recall
from repro.training.scorer import Scorer
from repro.training.views import OPEN_PARTS

OUT_OF_REACH = {"state": "ok", "text": "own code ran in a process that holds no label of a test item"}


class SealedScores:
    """The scores of test items during a run, kept in a file beside its checkpoint, so that a stopped run has them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = Journal(path)

    def begin(self, steps: Sequence[int]) -> bool:
        """Keep the scores up to the last of these steps alone; whether those at each of them are there."""
        known = {moment.step for moment in read_journal(self._path)}
        self._file.begin(max(steps, default=0))
        return set(steps) <= known

    def add(self, step: int, epoch: float, values: Mapping[str, float]) -> None:
        """Keep a look's scores."""
        self._file.note(step, epoch, values, (), 0.0)

    def all(self) -> tuple[EvalPoint, ...]:
        """Every look."""
        return tuple(EvalPoint(m.step, m.epoch, dict(m.values)) for m in read_journal(self._path))

    def forget(self) -> None:
        """The run is over."""
        self._path.unlink(missing_ok=True)


class ScoredRun:
    """One training in a child.

    Args:
        experiment: of the run.
        data: with the labels of all parts, and without inputs.
        metrics: of the experiment.
        sealed: keeps the scores of test items during the run.
        on_progress: called with step, steps and the newest values of the open history.
        listener: is told of each look at the open views.
        history_views: views to look at during training beside ``test``.

    """

    def __init__(
        self,
        experiment: Experiment,
        data: Data,
        metrics: OwnMetrics,
        sealed: SealedScores,
        on_progress: OnProgress | None,
        listener: ProgressListener | None,
        history_views: Sequence[str],
    ) -> None:
        self.data = data
        self._experiment, self._metrics, self._sealed = experiment, metrics, sealed
        self._on_progress, self._listener, self._history_views = on_progress, listener, history_views
        self._scorer: Scorer | None = None
        self._final: tuple[dict[str, Any], ...] = ({}, {}, {})
        self._opened: list[str] = []

    def answer(self, kind: str, value: Any) -> Any:
        """Take a message of the child; what is returned is the answer, where it waits for one."""
        if kind == "step":
            if self._on_progress is not None:
                self._on_progress(*value)
        elif kind == "begin":
            if self._listener is not None:
                self._listener.begin(value)
        elif kind == "note":
            if self._listener is not None:
                self._listener.note(*value)
        elif kind == "prepared":
            self._prepared(value)
        elif kind == "looked":
            return self._sealed.begin(value)
        elif kind == "look":
            step, epoch, passes = value
            self._sealed.add(step, epoch, self._look(passes))
        elif kind == "final":
            self._final = value
        return None

    def outcome(self, plain: Mapping[str, Any]) -> Outcome:
        """The outcome of what the child gave, with the scores and predictions of test items."""
        self._opened = [str(path) for path in plain["opened"]]
        outcome = outcome_of({name: value for name, value in plain.items() if name != "opened"})
        if outcome.path != "estimator":
            outcome = replace(outcome, sealed=self._sealed.all())
        passes = self._final[0]
        if outcome.state == "failed" or not passes:
            return outcome
        scorer = self._known_scorer()
        metrics = {label: dict(views) for label, views in outcome.metrics.items()}
        predictions: dict[str, dict[str, Predictions]] = {}
        losses: list[float] = []
        for part in scorer.parts_of(scorer.ways):
            if part in OPEN_PARTS:
                continue
            for name, scores, stored in self._results(part, tuple(scorer.ways), passes[part], keeping=True):
                for label, score in scores.items():
                    metrics.setdefault(label, {})[name] = score
                    if scorer.ways[name].is_whole:
                        losses.append(score.values.get("loss", 0.0))
                for label, arrays in stored.items():
                    predictions.setdefault(label, {})[name] = arrays
        if not all(map(math.isfinite, losses)):
            reason = f"diverged at step {outcome.steps}"
            return replace(outcome, state="failed", reason=reason, metrics={}, chosen=None, weights_sha256=None)
        order = ("running", *scorer.ways)
        metrics = {label: {view: views[view] for view in order if view in views} for label, views in metrics.items()}
        return replace(outcome, metrics=metrics, predictions=predictions)

    def judged(self, folder: Path) -> Data:
        """The data, with what is known of the own code of ``folder`` after it was trained in the gate.

        Raises:
            GateError: the net knows test items by heart, and the spec has no waiver.

        """
        passes, some, nudged = self._final
        sets = [self._experiment.dataset, *(v.dataset for v in self._experiment.views.values() if v.dataset)]
        places = [dataset.name for dataset in sets if is_folder(dataset.name)]
        known = files_read(folder, own_files(self._experiment), without=places)
        checks: dict[str, Any] = {
            "blind-labels": dict(OUT_OF_REACH),
            "blind-files": finding(self._opened, folder, known, places),
        }
        if passes:
            checks["blind-recall"] = recall(some, nudged, self.data.labels)
        gate = {**self.data.gate, "checks": {**self.data.gate["checks"], **checks}}
        if failed := failures({"checks": checks}):
            if not self._experiment.splits.waiver:
                raise GateError(f"the leakage gate failed: {'; '.join(failed)}", gate)
            gate["waiver"] = self._experiment.splits.waiver
        return replace(self.data, gate=gate)

    def _prepared(self, value: Mapping[str, Any]) -> None:
        """The child has its data: which item each of its rows is of is checked, and labels are laid out so."""
        self.data = laid_out(self.data, value)
        estimator = self._experiment.model is not None and self._experiment.model.is_estimator
        self._scorer = Scorer(self._experiment, self.data, self._metrics.metrics, None if estimator else self._metrics)

    def _look(self, passes: Mapping[str, Any]) -> dict[str, float]:
        """The scores of a look during training, keyed ``VIEW/METRIC``."""
        scorer, values = self._known_scorer(), dict[str, float]()
        names = [name for name, view in scorer.ways.items() if view.part not in OPEN_PARTS]
        names = [name for name in names if name == "test" or name in self._history_views]
        for part in scorer.parts_of(names):
            for name, scores, _ in self._results(part, names, passes[part], keeping=False):
                for score in scores.values():
                    values |= {f"{name}/{metric}": number for metric, number in score.values.items()}
        return values

    def _results(self, part: str, names: Sequence[str], raw: Any, *, keeping: bool) -> Any:
        outputs, penalty, states = raw
        self._metrics.load(states)
        with torch.inference_mode():
            targets = self.data.parts[part].targets
            return self._known_scorer().results(part, names, outputs, targets, penalty, keeping=keeping)

    def _known_scorer(self) -> Scorer:
        if self._scorer is None:
            raise DataError("own code gave outputs before it had data")
        return self._scorer


def laid_out(data: Data, value: Mapping[str, Any]) -> Data:
    """The data with a row for each one that own code made of an item, by what a child says of its own.

    Raises:
        DataError: it has other items.

    """
    parts = {}
    for name, part in data.parts.items():
        rows = value["rows"].get(name)
        if rows is None or not torch.equal(torch.unique_consecutive(rows), part.items):
            raise DataError(f"own code changed which items are in {name}")
        at = torch.searchsorted(part.items, rows)
        targets = {label: values.index_select(0, at) for label, values in part.targets.items()}
        targets |= value["targets"].get(name, {})
        parts[name] = Part(inputs={}, targets=targets, items=cast(LongTensor, rows))
    labels = {n: replace(t, sizes=tuple(value["sizes"][n])) for n, t in data.labels.items()}
    return with_fitted(replace(data, parts=parts, labels=labels), value["fitted"])


def with_fitted(data: Data, fitted: Sequence[str]) -> Data:
    """The data with these features as what learnt from training items, in the gate's words too."""
    checks = dict(data.gate["checks"])
    checks["fitted"] = {**checks["fitted"], **fitted_on_train(data.splits, fitted)}
    return replace(data, gate={**data.gate, "checks": checks}, fitted=tuple(fitted))


def _score(plain: Mapping[str, Any]) -> Score:
    undefined = {
        metric: tuple(LeftOut(**{**gap, "names": tuple(gap["names"])}) for gap in left)
        for metric, left in plain["undefined"].items()
    }
    return Score(dict(plain["values"]), plain["n"], undefined)


def outcome_of(plain: Mapping[str, Any]) -> Outcome:
    """An outcome from the plain values of :func:`repro.runs.engine.own_code.plain_outcome`."""
    metrics = {
        label: {view: _score(score) for view, score in views.items()} for label, views in plain["metrics"].items()
    }
    changes = {
        "ran": Runtime(**{**plain["ran"], "notes": tuple(plain["ran"]["notes"])}),
        "metrics": metrics,
        "chosen": None if plain["chosen"] is None else tuple(plain["chosen"]),
        "history": tuple(EvalPoint(look["step"], look["epoch"], dict(look["values"])) for look in plain["history"]),
        "sealed": (),
        "seconds": PhaseSeconds(**plain["seconds"]),
        "notes": tuple(plain["notes"]),
        "resumed": tuple(plain["resumed"]),
    }
    return Outcome(**{**plain, **changes})
