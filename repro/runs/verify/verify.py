"""Is a folder of results real? Check every record of a plan, then train some runs again.

What this finds: numbers, predictions, labels, items, counts or hashes of one record that do not fit together, the
spec or the data; records that are copies; and, by training again, whatever training does not give. What it cannot
find: a record made up from end to end whose run is not drawn, and, where nothing can be compared byte by byte, one
that is made up within the seeds' own spread.

Both is done in a worker process, as runs are: own code gets a process without labels of test items there, and neither
it nor the worker writes what was found.
"""

import contextlib
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from repro.disk.temporary import temporary_folder
from repro.runs.engine.engine import Engine, EngineError
from repro.runs.engine.jobs import choose_jobs
from repro.runs.engine.local import LocalEngine
from repro.runs.engine.messages import (
    CheckDone,
    CheckTask,
    Crashed,
    Done,
    Message,
    RecordChecked,
    Task,
    Trial,
    TrialTask,
)
from repro.runs.history_views import history_views
from repro.runs.ledger import Ledger
from repro.runs.make_plan import make_plan
from repro.runs.plan import Plan, Run
from repro.runs.prepare_aside import study_aside
from repro.runs.record import Environment, Record
from repro.runs.run import RunRefused
from repro.runs.signals import StopRequest, listening
from repro.runs.verify.judged import could_not, judge
from repro.runs.verify.own_parts import names_own
from repro.runs.verify.sampling import draw, may_be_drawn, quickest
from repro.runs.verify.verification import DrawnRun, Event, RetrainedRun, Row, Verification

Pair = tuple[Run, Record]

ALIKE = 2
"""So many runs are drawn by default where records are suspiciously alike: one of two may be a copy of the other."""


def verify(
    plan: Plan,
    ledger: Ledger,
    *,
    sample: int | None,
    seed: int,
    own_code: bool = False,
    tell: Callable[[Event], None] = lambda event: None,
    engine: Engine | None = None,
) -> Verification:
    """Check the records of a plan, then train some of its runs again. Writes nothing.

    Args:
        plan: the runs whose records are asked for.
        ledger: where these lie.
        sample: how many runs are trained again, drawn from all that can be; None for one of the quick ones
            (:func:`repro.runs.verify.sampling.quickest`).
        seed: of the draw.
        own_code: whether the folder's own code may be run; without it nothing of the folder is executed.
        tell: is told each row as it is found, each run as it is drawn and what came of it.
        engine: workers to use instead of a new one; they are left running.

    Raises:
        RunRefused: the worker died while it looked at records.
        EngineError: no worker can be started.
        KeyboardInterrupt: a signal was heard.

    """
    with (
        temporary_folder("repro-verify-") as scratch,
        listening() as heard,
        _using(engine) as workers,
    ):
        return _Looking(plan, ledger, own_code, tell, workers, heard, scratch).go(sample, seed)


@contextlib.contextmanager
def _using(engine: Engine | None) -> Iterator[Engine]:
    if engine is not None:
        yield engine
        return
    with LocalEngine(1, choose_jobs(1, 1, asked=1).gpus) as own:
        yield own


@dataclass
class _Looking:
    """One call of :func:`verify` while a worker is there."""

    plan: Plan
    ledger: Ledger
    own_code: bool
    tell: Callable[[Event], None]
    workers: Engine
    heard: StopRequest
    scratch: Path
    rows: list[Row] = field(default_factory=list)

    def go(self, sample: int | None, seed: int) -> Verification:
        suspected = self._check()
        pairs = self.ledger.pairs(self.plan)
        pool = self._pool(pairs)
        if sample is None:
            pool = quickest(pool)
            sample = max(1, min(ALIKE, sum(run.id in suspected for run, _ in pool)))
        drawn = _first(draw(pool, len(pool), seed), suspected)[:sample]
        again = []
        for position, (run, record) in enumerate(drawn, start=1):
            self.tell(DrawnRun(run.id, run.experiment.name, run.seed, record.timings.total, position, len(drawn)))
            again.append(self._retrain(run, record, len(drawn)))
            self.tell(again[-1])
        named = {run.id for run in self.plan.runs}
        damaged = self.ledger.damaged
        return Verification(
            spec=self.plan.spec.name,
            rung=self.plan.spec.rung,
            source=self.ledger.source,
            rows=tuple(self.rows),
            retrained=tuple(again),
            seed=seed,
            pool=len(pool),
            environment=self._here(),
            notes=tuple(f"{d.path}: not counted: {d.why}" for d in damaged if d.path.stem not in named),
        )

    def _check(self) -> tuple[str, ...]:
        """Have every record looked at; ids of runs that training again should tell of."""
        spec = self.plan.spec
        plan = Plan(spec.model_copy(update={"path": spec.path.absolute()}), self.plan.terms, self.plan.runs)
        suspected: tuple[str, ...] = ()
        for message in self._messages(CheckTask(plan, self.ledger.source, self.own_code)):
            if isinstance(message, RecordChecked):
                self.rows.append(message.row)
                self.tell(message.row)
            elif isinstance(message, CheckDone):
                suspected = message.suspected
            elif isinstance(message, Crashed):
                raise RunRefused(f"a worker died while it looked at records ({message.how})")
        return suspected

    def _messages(self, task: Task) -> Iterator[Message]:
        """What a worker says to a task. KeyboardInterrupt where a signal was heard."""
        for _, message, _ in self.workers.work([task], self.heard):
            if self.heard.is_set:
                raise KeyboardInterrupt
            if message is not None:
                yield message
        if self.heard.is_set:
            raise KeyboardInterrupt

    def _here(self) -> Environment:
        if self.workers.environment is None:
            raise EngineError("a worker did not say where it runs")
        return self.workers.environment

    def _pool(self, pairs: Sequence[Pair]) -> list[Pair]:
        """Runs that may be drawn, in an order that does not depend on the plan's: not found wrong, allowed to run."""
        wrong = self._wrong()
        pool = [
            (run, record)
            for run, record in pairs
            if run.id not in wrong and may_be_drawn(record) and (self.own_code or not names_own(run.experiment))
        ]
        return sorted(pool, key=lambda pair: pair[0].identity)

    def _wrong(self) -> set[str]:
        return {row.id for row in self.rows if row.state == "wrong"}

    def _retrain(self, run: Run, record: Record, drawn: int) -> RetrainedRun:
        full_plan = make_plan(self.plan.spec, (run.experiment.name,))  # also seeds that --seeds leaves out
        wrong = self._wrong()
        others = [
            other
            for twin, other in self.ledger.pairs(full_plan)
            if twin.identity != run.identity and twin.id not in wrong and other.state == "done"
        ]
        new = self._train_again(run, record.environment.accelerator)
        if isinstance(new, str):
            return could_not(run, record, new)
        return judge(run, record, new, others, drawn)

    def _train_again(self, run: Run, accelerator: str) -> Record | str:
        """The record that this run leaves here and now, on the accelerator of the old one where there is one; or why
        it leaves none.
        """
        accelerator = accelerator if accelerator in ("cpu", self._here().accelerator) else "auto"
        study = study_aside(self.plan, self.scratch, accelerator)
        views = history_views(self.plan.spec, run.experiment)
        place = Path(tempfile.mkdtemp(dir=self.scratch))
        last: Message | None = None
        for message in self._messages(TrialTask(study, run, views, Trial(steps=sys.maxsize), place)):
            last = message
        if isinstance(last, Done):
            return last.record
        return f"the worker process ended: {last.how}" if isinstance(last, Crashed) else "it did not end"


def _first(pairs: list[Pair], suspected: Sequence[str]) -> list[Pair]:
    """The pairs with those first of which training again should tell."""
    return sorted(pairs, key=lambda pair: pair[0].id not in suspected)
