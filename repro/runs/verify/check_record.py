"""One record against the spec, the data set and its own predictions. Nothing is trained."""

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

from repro.data.data_error import DataError
from repro.data.gate import GateError
from repro.data.own_code import OwnCodeError
from repro.data.prepare import prepare, read
from repro.data.prepared import Data
from repro.runs.blind_checks import with_blind_checks
from repro.runs.engine.child import ChildEnded, OwnCodeRaised, reason_of
from repro.runs.engine.isolation import Isolation
from repro.runs.engine.own_metrics import OwnMetrics
from repro.runs.ledger import Ledger
from repro.runs.make_plan import is_constant
from repro.runs.plan import Plan, Run
from repro.runs.record import LEAVES_OUT, Record
from repro.runs.verify import rebuilt
from repro.runs.verify.integrity import (
    has_loss,
    is_estimator,
    kept_views,
    other_counts,
    other_data,
    other_gate,
    seen_of,
    stated_wrongly,
)
from repro.runs.verify.own_parts import names_own, own_data, own_losses, own_metrics, own_model
from repro.runs.verify.recomputed import (
    RecomputedView,
    differing,
    loss_again,
    metrics_again,
    otherwise_left_out,
    wrong_references,
)
from repro.runs.verify.start import Start, start_of
from repro.runs.verify.stored_predictions import Arrays, StoredPredictions, read_stored, wrong_groups, wrong_ties
from repro.runs.verify.verification import Row, State
from repro.spec.experiment import Experiment
from repro.spec.problem import SpecError
from repro.spec.view_recipe import kept_as
from repro.training.leakage_probe.own_parts import own_parts

NEEDS_CODE = "needs the folder's own code"
LEARNS = "the folder's own loss has weights or buffers, which training may change and no record holds"


@dataclass
class _Left:
    """What could not be looked at: ``metrics`` for which reason they were not, ``code`` what own code would tell,
    ``learnt`` losses that training has changed.
    """

    metrics: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    learnt: list[str] = field(default_factory=list)

    def said(self) -> list[str]:
        """One sentence for each reason."""
        reasons = self.metrics + ([f"{', '.join(self.code)}: {NEEDS_CODE}"] if self.code else [])
        return reasons + ([f"{', '.join(self.learnt)}: {LEARNS}"] if self.learnt else [])


@dataclass
class Checker:
    """Checks records of one plan. ``own_code`` says whether the folder's own code may be run.

    It is run in children of ``isolation``; without one, or where this system cannot fork, in this process.
    """

    plan: Plan
    ledger: Ledger
    own_code: bool
    isolation: Isolation | None = None
    _nets: dict[str, rebuilt.Built] = field(default_factory=dict, init=False)
    _blind: dict[str, tuple[Mapping[str, Any] | None, str]] = field(default_factory=dict, init=False)

    def check(self, run: Run, record: Record) -> Row:
        """The row of one record."""
        if record.state != "done":
            wrong = ["a failed run has metrics"] if record.metrics else []
            reason = (record.reason or "no reason given",)
            return self._row(run, record, "wrong" if wrong else "failed run", wrong, remarks=reason)
        wrong = stated_wrongly(record, run, self.plan.spec)
        if own_data(run.experiment) and not self.own_code:
            return self._row(run, record, "wrong" if wrong else "not checked", wrong, [f"everything {NEEDS_CODE}"])
        try:
            data = self.data(run)
        except GateError as error:
            return self._row(run, record, "wrong", [*wrong, str(error)])
        except DataError as error:
            return self._row(run, record, "wrong" if wrong else "not checked", wrong, [f"no data: {error}"])
        except (ChildEnded, OwnCodeRaised, OwnCodeError, SpecError) as error:
            problems = [f"own code fails: {reason_of(error)}"]
            return self._row(run, record, "wrong" if wrong else "not checked", wrong, problems)
        left = _Left()
        wrong += other_data(record, data)
        if not wrong:  # of other data nothing further can be said
            try:
                wrong += self._against(run, record, data, left)
            except Exception as error:  # noqa: BLE001 - a record that cannot be worked out again is not right
                wrong.append(f"cannot be worked out again: {type(error).__name__}: {' '.join(str(error).split())}")
        problems = left.said()
        state: State = "wrong" if wrong else "not checked" if left.metrics else "in part" if problems else "ok"
        return self._row(run, record, state, wrong, problems)

    def data(self, run: Run) -> Data:
        """The data of a run, read and split again; without inputs where own code that makes them is kept apart."""
        experiment, folder = run.experiment, self.plan.spec.folder
        isolation = self._apart(experiment)
        if isolation is None:
            reader = read if self.isolation is None or not self.own_code else self.isolation.reader(experiment)
            return prepare(experiment, seed=run.seed, fold=run.fold, folder=folder, reader=reader)
        data = isolation.data(experiment, seed=run.seed, fold=run.fold, folder=folder)
        data, net = isolation.describe(experiment, data, seed=run.seed, folder=folder)
        if net is not None:
            self._nets[experiment.name] = rebuilt.Built(**net)
        return data

    def start(self, run: Run) -> Start | None:
        """What a run's net starts with; None where that needs own code that may not be run, or cannot be built."""
        experiment, folder = run.experiment, self.plan.spec.folder
        if names_own(experiment) and not self.own_code:
            return None
        isolation = self._apart(experiment)
        try:
            if isolation is None:
                return start_of(experiment, self.data(run), seed=run.seed, folder=folder)
            data = isolation.data(experiment, seed=run.seed, fold=run.fold, folder=folder)
            known = isolation.start(experiment, data, seed=run.seed, folder=folder)
        except Exception:  # noqa: BLE001 - the record's own row says what cannot be had
            return None
        return Start(frozenset(known["hashes"]), bool(known["bends"]))

    def _apart(self, experiment: Experiment) -> Isolation | None:
        """Where own code of an experiment is run, if it may be and there is some."""
        isolation = self.isolation
        return isolation if self.own_code and isolation is not None and isolation.holds(experiment) else None

    def _against(self, run: Run, record: Record, data: Data, left: "_Left") -> list[str]:
        experiment = run.experiment
        wrong = other_counts(record, experiment, data)
        gate_wrong = other_gate(record, data.gate) + self._tried(run, record, data, left)
        if not wrong:
            wrong += self._metrics(run, record, data, left)
        if not is_estimator(experiment):
            wrong += rebuilt.wrong_steps(record, experiment, data)
            if own_model(experiment) and not self.own_code:
                left.code.append("size of the net")
            else:
                wrong += rebuilt.wrong_size(record, self._net(run, data))
        else:
            wrong += rebuilt.wrong_size(record, None)
        if record.constant and not _may_be_constant(experiment):
            wrong.append("says that it has no random part, and it has")
        return wrong + gate_wrong + rebuilt.wrong_choice(record, experiment) + rebuilt.wrong_history(record)

    def _tried(self, run: Run, record: Record, data: Data, left: "_Left") -> list[str]:
        """Whether own code is blind to test items, tried here: what the folder kept of that is not believed."""
        experiment = run.experiment
        if not own_parts(experiment):
            return []
        if not self.own_code:
            left.code.append("blindness to test items")
            return []
        if experiment.name not in self._blind:
            isolation = self._apart(experiment)
            with tempfile.TemporaryDirectory() as nowhere:
                try:
                    gate = with_blind_checks(
                        experiment,
                        data,
                        seed=run.seed,
                        folder=self.plan.spec.folder,
                        kept_in=Path(nowhere),
                        prober=isolation.blindness if isolation is not None else None,
                    )
                    self._blind[experiment.name] = (gate, "")
                except GateError as error:
                    self._blind[experiment.name] = (None, str(error))
        tried, failed = self._blind[experiment.name]
        return [failed] if tried is None else other_gate(record, tried)

    def _metrics(self, run: Run, record: Record, data: Data, left: "_Left") -> list[str]:
        if record.predictions_sha256 is None:
            left.metrics.append("it says that no predictions were kept")
            return []
        experiment = run.experiment
        views = kept_views(experiment, data)
        places = {view: kept_as(experiment, view) for view in views}
        stored: dict[tuple[str, str], Arrays | None] = {}
        try:
            for view, label in product(dict.fromkeys((*places.values(), *places)), data.labels):
                stored[view, label] = self.ledger.predictions(record, view=view, label=label)
        except ValueError as error:
            return [str(error)]
        if all(arrays is None for arrays in stored.values()):
            left.metrics.append("its file of predictions is not there")
            return []
        with self._own_metrics(run, data) as own:
            return self._views(run, record, data, stored, own, left)

    @contextlib.contextmanager
    def _own_metrics(self, run: Run, data: Data) -> Iterator[OwnMetrics]:
        """The metrics and losses of a run's experiment; own code among them is not loaded before it is asked for."""
        experiment, folder = run.experiment, self.plan.spec.folder
        isolation = self._apart(experiment)
        if isolation is None:
            yield OwnMetrics(experiment, data.labels, folder, None)
            return
        with isolation.metrics(experiment, data.labels, folder) as own:
            yield own

    def _views(
        self,
        run: Run,
        record: Record,
        data: Data,
        stored: Mapping[tuple[str, str], Arrays | None],
        own: OwnMetrics,
        left: "_Left",
    ) -> list[str]:
        experiment = run.experiment
        views = kept_views(experiment, data)
        places = {view: kept_as(experiment, view) for view in views}
        wrong: list[str] = []
        for view, viewing in views.items():
            predictions: dict[str, StoredPredictions] = {}
            part = seen_of(data, viewing)
            for label, target in data.labels.items():
                wrong += wrong_groups(stored[view, label], viewing, data, part, view)
                arrays = stored[places[view], label]
                if arrays is None:
                    wrong.append(f"the predictions of {view} ({label}) are not in the file")
                    continue
                label_predictions, problems = read_stored(arrays, part, target)
                wrong += [f"{view}: {text}" for text in problems]
                if label_predictions is not None:
                    predictions[label] = label_predictions
                    wrong += wrong_ties(arrays, viewing, experiment.splits, data, view)
            if len(predictions) == len(data.labels):
                wrong += self._view(run, record, data, RecomputedView(view, viewing, part, predictions), own, left)
        return wrong

    def _view(
        self, run: Run, record: Record, data: Data, looked: RecomputedView, own: OwnMetrics, left: "_Left"
    ) -> list[str]:
        experiment, folder, view = run.experiment, self.plan.spec.folder, looked.name
        wrong: list[str] = []
        if own_metrics(experiment) and not self.own_code:
            left.metrics.append(f"metrics of {view}: {NEEDS_CODE}")
        else:
            for label in data.labels:
                recorded = record.metrics[label][view]
                again = metrics_again(data, own, label, looked)
                wrong += differing(recorded.values, again.values, view)
                if record.schema_version >= LEAVES_OUT:
                    wrong += otherwise_left_out(recorded, again, view)
                if recorded.n != again.n:
                    wrong.append(f"{view}: n is {recorded.n}, by the predictions it is {again.n}")
            if view == "test":
                wrong += wrong_references(record, experiment, data, folder, own)
        if not has_loss(experiment):
            return wrong
        if own_losses(experiment) and not self.own_code:
            left.code.append(f"loss of {view}")
            return wrong
        if any(own.has_state(label) for label in experiment.losses):
            left.learnt.append(f"loss of {view}")
            return wrong
        losses = {"loss": loss_again(experiment, data, own, looked)}
        if (self.own_code or not own_model(experiment)) and not self._net(run, data).has_penalty:
            losses["objective"] = losses["loss"]
        for label in data.labels:
            wrong += differing(record.metrics[label][view].values, losses, view)
        return wrong

    def _net(self, run: Run, data: Data) -> rebuilt.Built:
        name = run.experiment.name
        if name not in self._nets:
            self._nets[name] = rebuilt.built(run.experiment, data, self.plan.spec.folder)
        return self._nets[name]

    @staticmethod
    def _row(
        run: Run,
        record: Record,
        state: State,
        wrong: list[str],
        unchecked: list[str] | None = None,
        remarks: tuple[str, ...] = (),
    ) -> Row:
        return Row(
            run.id,
            run.experiment.name,
            run.seed,
            state,
            tuple(dict.fromkeys(wrong)),
            tuple(unchecked or ()),
            remarks,
            record.sha256,
        )


def _may_be_constant(experiment: Experiment) -> bool:
    """Whether a run may say that it has no random part; of own code nobody knows."""
    fixed = experiment.model_copy(update={"splits": experiment.splits.model_copy(update={"seed": 0})})
    return own_model(experiment) or is_constant(fixed)
