"""Run a plan: train what has no record yet, keep a record of everything, tell what happens."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from repro.runs.engine.jobs import Jobs, choose_jobs, worker_bytes
from repro.runs.engine.local import EngineError, LocalEngine
from repro.runs.engine.messages import Crashed, DataReady, Doing, Done, PrepareTask, Refused, RunTask, Step, Study
from repro.runs.events import (
    Failed,
    Finished,
    Interrupted,
    OnEvent,
    PlanReady,
    Prepared,
    Preparing,
    Progress,
    Started,
    ignore,
)
from repro.runs.failed_record import Context, failed_record
from repro.runs.git_state import git_state
from repro.runs.history_views import history_views
from repro.runs.ledger import Ledger, is_over
from repro.runs.plan import Plan, Run
from repro.runs.preflight import bytes_needed, check_disk, seconds_needed
from repro.runs.record import Record
from repro.spec.problem import SpecError


class RunRefused(RuntimeError):
    """Nothing was trained: data that cannot be had, or a device that is not there. The message says what to do."""


class GateFailed(RunRefused):
    """Nothing was trained, because test items reach training. ``gate`` is all that the leakage gate found."""

    def __init__(self, text: str, gate: dict[str, object]) -> None:
        super().__init__(text)
        self.gate = gate


def run_plan(
    plan: Plan,
    *,
    jobs: int | None = None,
    on_event: OnEvent = ignore,
    force: bool = False,
    accelerator: str = "auto",
    engine: LocalEngine | None = None,
) -> list[Record]:
    """Train every run of a plan that has no finished record under ``runs/``, and return the records of all.

    Records under ``results/`` never count as done. Runs go side by side on worker processes; the number of jobs never
    changes a number. One failed run does not stop the others: it leaves a failed record, and is tried again the next
    time unless it diverged, as it would again.

    Args:
        plan: from :func:`repro.runs.make_plan.make_plan`.
        jobs: runs side by side; None for as many as cores, memory and GPUs allow.
        on_event: is told everything of :mod:`repro.runs.events`, in this thread.
        force: train also what has a record; the new one takes its place.
        accelerator: ``auto``, ``cpu``, ``cuda`` or ``mps``.
        engine: workers to use instead of new ones; they are left running.

    Returns:
        Records in the order of the plan, failed ones among them. After Ctrl-C those that were finished;
        :class:`~repro.runs.events.Interrupted` says what is left.

    Raises:
        SpecError: the spec asks for what a real class refuses.
        GateFailed: the leakage gate failed. Nothing was trained.
        RunRefused: data cannot be had or read, or the device is not there. Nothing was trained.
        DiskFull: no room for the records. Nothing was trained.
        EngineError: no worker can be started.

    """
    ledger = Ledger(plan.spec.folder, "runs")
    runs = list({run.identity: run for run in plan.runs}.values())
    left = [run for run in runs if force or not is_over(ledger.find(run.identity))]
    done = [run for run in runs if run not in left]
    threads = max((run.experiment.training.threads for run in left), default=1)
    chosen = choose_jobs(
        len(left), threads, asked=jobs, accelerator=accelerator, memory=worker_bytes(run.experiment for run in left)
    )
    if engine is not None:
        chosen = Jobs(engine.jobs, "workers at hand")
    needed = bytes_needed(left)
    seconds = seconds_needed(left, (*ledger.records, *Ledger(plan.spec.folder, "results").records), chosen.number)
    on_event(PlanReady(plan, tuple(done), tuple(left), chosen.number, chosen.because, seconds, needed))
    if left:
        check_disk(plan.spec.folder, needed)
        _Session(plan, ledger, tuple(left), len(runs), on_event, accelerator).go(engine, chosen)
    return ledger.of(plan)


@dataclass
class _Session:
    """One call of :func:`run_plan` while workers are at work."""

    plan: Plan
    ledger: Ledger
    left: tuple[Run, ...]
    total: int
    on_event: OnEvent
    accelerator: str
    over: list[Run] = field(default_factory=list)
    began: dict[str, float] = field(default_factory=dict)

    def go(self, engine: LocalEngine | None, chosen: Jobs) -> None:
        self.on_event(Preparing("starting workers (they import torch, which takes a few seconds)"))
        own = engine is None
        try:
            with _using(engine, chosen) as workers:
                study = self._study()
                self._prepare(workers, study)
                self._train(workers, study)
        except KeyboardInterrupt:
            if not own and engine is not None:
                engine.restart()
            rest = tuple(run for run in self.left if run not in self.over)
            self.on_event(Interrupted(finished=len(self.over), left=rest))

    def _study(self) -> Study:
        spec = self.plan.spec
        commit, dirty = git_state(spec.folder)
        folder = spec.folder.resolve()
        return Study(
            spec.name, folder, self.plan.terms, spec.rung, self.accelerator, folder / "runs" / "splits", commit, dirty
        )

    def _prepare(self, workers: LocalEngine, study: Study) -> None:
        experiments = tuple((run.experiment, run.seed) for run in self.left)
        task = PrepareTask(study, experiments, self.plan.spec.reported)
        for _, message, _ in workers.work([task]):
            if isinstance(message, Doing):
                self.on_event(Preparing(message.what))
            elif isinstance(message, DataReady):
                self.on_event(Prepared(message.findings, message.notes))
            elif isinstance(message, Refused):
                if message.problems:
                    raise SpecError(message.problems)
                if message.gate is not None:
                    raise GateFailed(message.text, message.gate)
                raise RunRefused(message.text)
            elif isinstance(message, Crashed):
                raise RunRefused(f"a worker died while it read and checked the data ({message.how})")

    def _train(self, workers: LocalEngine, study: Study) -> None:
        tasks = [self._task(study, run) for run in self.left]
        for task, message, worker in workers.work(tasks):
            assert isinstance(task, RunTask)
            run = task.run
            if message is None:
                self.began[run.identity] = time.monotonic()
                self.on_event(Started(run, worker))
            elif isinstance(message, Step):
                self.on_event(Progress(run, message.step, message.steps, message.values))
            elif isinstance(message, Done):
                self._keep(run, message.record, message.predictions)
            elif isinstance(message, Crashed):
                self._keep(run, self._crashed(study, run, message, workers), None)

    def _task(self, study: Study, run: Run) -> RunTask:
        log = self.ledger.log_path(run, study.rung).resolve()
        return RunTask(study, run, history_views(self.plan.spec, run.experiment), log)

    def _keep(self, run: Run, record: Record, predictions: bytes | None) -> None:
        self.ledger.write(run, self.plan.spec.rung, record, predictions)
        self.over.append(run)
        position = self.total - len(self.left) + len(self.over)
        if record.state == "done":
            self.on_event(Finished(run, record, position, self.total))
        else:
            log = self.ledger.log_path(run, self.plan.spec.rung)
            self.on_event(Failed(run, record, str(log) if log.is_file() else None, position, self.total))

    def _crashed(self, study: Study, run: Run, message: Crashed, workers: LocalEngine) -> Record:
        if workers.environment is None:
            raise EngineError("a worker died before it said where it runs")
        context = Context(study.spec, study.terms, study.rung, study.folder, study.git_commit, study.git_dirty)
        training = run.experiment.training
        where = workers.environment.model_copy(
            update={
                "threads": training.threads,
                "precision": training.precision or "32-true",
                "git_commit": study.git_commit,
                "git_dirty": study.git_dirty,
            }
        )
        seconds = time.monotonic() - self.began[run.identity]
        return failed_record(run, context, f"the worker process ended: {message.how}", where, seconds)


@contextlib.contextmanager
def _using(engine: LocalEngine | None, chosen: Jobs) -> Iterator[LocalEngine]:
    if engine is not None:
        yield engine
        return
    with LocalEngine(chosen.number, chosen.gpus) as own:
        yield own
