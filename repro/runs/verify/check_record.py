"""One record against the spec, the data set and its own predictions. Nothing is trained."""

from dataclasses import dataclass, field
from itertools import product

from repro.data.data_error import DataError
from repro.data.gate import GateError
from repro.data.prepare import prepare
from repro.data.prepared import Data
from repro.runs.ledger import Ledger
from repro.runs.make_plan import is_constant
from repro.runs.plan import Plan, Run
from repro.runs.record import Record
from repro.runs.verify import rebuilt
from repro.runs.verify.integrity import (
    has_loss,
    is_estimator,
    kept_views,
    other_counts,
    other_data,
    seen_of,
    stated_wrongly,
)
from repro.runs.verify.kept import Arrays, Kept, read_kept, wrong_groups, wrong_ties
from repro.runs.verify.own_parts import own_data, own_losses, own_metrics, own_model
from repro.runs.verify.recomputed import Looked, differing, loss_again, metrics_again, wrong_references
from repro.runs.verify.verification import Row, State
from repro.spec.experiment import Experiment
from repro.spec.viewing import kept_as

NEEDS_CODE = "needs the folder's own code"


@dataclass
class _Left:
    """What could not be looked at: ``metrics`` for which reason they were not, ``code`` what own code would tell."""

    metrics: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)

    def said(self) -> list[str]:
        """One sentence for each reason."""
        return self.metrics + ([f"{', '.join(self.code)}: {NEEDS_CODE}"] if self.code else [])


@dataclass
class Checker:
    """Checks records of one plan. ``own_code`` says whether the folder's own code may be run."""

    plan: Plan
    ledger: Ledger
    own_code: bool
    _nets: dict[str, rebuilt.Built] = field(default_factory=dict, init=False)

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
        left = _Left()
        wrong += other_data(record, data)
        if not wrong:  # of other data nothing further can be said
            try:
                wrong += self._against(run, record, data, left)
            except Exception as error:  # noqa: BLE001 - a record that cannot be worked out again is not right
                wrong.append(f"cannot be worked out again: {type(error).__name__}: {' '.join(str(error).split())}")
        said = left.said()
        state: State = "wrong" if wrong else "not checked" if left.metrics else "in part" if said else "ok"
        return self._row(run, record, state, wrong, said)

    def data(self, run: Run) -> Data:
        """The data of a run, read and split again."""
        return prepare(run.experiment, seed=run.seed, fold=run.fold, folder=self.plan.spec.folder)

    def _against(self, run: Run, record: Record, data: Data, left: "_Left") -> list[str]:
        experiment = run.experiment
        wrong = other_counts(record, experiment, data)
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
        return wrong + rebuilt.wrong_choice(record, experiment) + rebuilt.wrong_history(record)

    def _metrics(self, run: Run, record: Record, data: Data, left: "_Left") -> list[str]:
        if record.predictions_sha256 is None:
            left.metrics.append("it says that no predictions were kept")
            return []
        experiment = run.experiment
        views = kept_views(experiment, data)
        places = {view: kept_as(experiment, view) for view in views}
        found: dict[tuple[str, str], Arrays | None] = {}
        try:
            for view, label in product(dict.fromkeys((*places.values(), *places)), data.labels):
                found[view, label] = self.ledger.predictions(record, view=view, label=label)
        except ValueError as error:
            return [str(error)]
        if all(arrays is None for arrays in found.values()):
            left.metrics.append("its file of predictions is not there")
            return []
        wrong: list[str] = []
        for view, way in views.items():
            kept: dict[str, Kept] = {}
            part = seen_of(data, way)
            for label, target in data.labels.items():
                wrong += wrong_groups(found[view, label], way, data, part, view)
                arrays = found[places[view], label]
                if arrays is None:
                    wrong.append(f"the predictions of {view} ({label}) are not in the file")
                    continue
                one, said = read_kept(arrays, part, target)
                wrong += [f"{view}: {text}" for text in said]
                if one is not None:
                    kept[label] = one
                    wrong += wrong_ties(arrays, way, experiment.splits, data, view)
            if len(kept) == len(data.labels):
                wrong += self._view(run, record, data, Looked(view, way, part, kept), left)
        return wrong

    def _view(self, run: Run, record: Record, data: Data, looked: Looked, left: "_Left") -> list[str]:
        experiment, folder, view = run.experiment, self.plan.spec.folder, looked.name
        wrong: list[str] = []
        if own_metrics(experiment) and not self.own_code:
            left.metrics.append(f"metrics of {view}: {NEEDS_CODE}")
        else:
            for label in data.labels:
                recorded = record.metrics[label][view]
                again = metrics_again(experiment, data, folder, label, looked)
                wrong += differing(recorded.values, again.values, view)
                if recorded.n != again.n:
                    wrong.append(f"{view}: n is {recorded.n}, by the predictions it is {again.n}")
            if view == "test":
                wrong += wrong_references(record, experiment, data, folder)
        if not has_loss(experiment):
            return wrong
        if own_losses(experiment) and not self.own_code:
            left.code.append(f"loss of {view}")
            return wrong
        losses = {"loss": loss_again(experiment, data, folder, looked)}
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
        once = tuple(dict.fromkeys(wrong))
        return Row(run.id, run.experiment.name, run.seed, state, once, tuple(unchecked or ()), remarks, record.sha256)


def _may_be_constant(experiment: Experiment) -> bool:
    """Whether a run may say that it has no random part; of own code nobody knows."""
    fixed = experiment.model_copy(update={"splits": experiment.splits.model_copy(update={"seed": 0})})
    return own_model(experiment) or is_constant(fixed)
