"""Run a plan: train what has no record yet, keep a record of everything, tell what happens."""

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from repro.disk.untrusted_files import check_inside
from repro.runs.engine.engine import Engine, EngineError
from repro.runs.engine.jobs import Jobs, choose_jobs, worker_bytes
from repro.runs.engine.local import LocalEngine
from repro.runs.engine.messages import (
    Crashed,
    DataReady,
    Done,
    HeldElsewhere,
    Message,
    PrepareRefused,
    PrepareStatus,
    PrepareTask,
    RecordNotSaved,
    RunTask,
    Step,
    StoppedAt,
    Study,
)
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
    Waiting,
    ignore,
)
from repro.runs.failed_record import Context, failed_record
from repro.runs.forecast.expected import expected_prepare, expected_seconds
from repro.runs.git_state import git_state
from repro.runs.history_views import history_views
from repro.runs.lease import LIVE, Holder, LeaseHeld, LiveFiles, acquire
from repro.runs.ledger import NEWER, Ledger, is_over
from repro.runs.plan import Plan, Run
from repro.runs.preflight import bytes_needed, check_disk, check_writable
from repro.runs.record import Record
from repro.runs.signals import StopRequest, listening
from repro.spec.problem import SpecError

_LOOK_SECONDS = 0.5


class RunRefused(RuntimeError):
    """Nothing was trained: data that cannot be had, or a device that is not there. The message says what to do."""


class GateFailed(RunRefused):
    """Nothing was trained, because test items reach training. ``gate`` is all that the leakage gate found."""

    exit_code = 1

    def __init__(self, text: str, gate: dict[str, object]) -> None:
        super().__init__(text)
        self.gate = gate


class RecordNotKept(RuntimeError):
    """The disk did not take a run's record. What was there before is whole; the message says what to do."""

    exit_code = 1


class HeldByOthers(RuntimeError):
    """Runs are held by processes on other machines that give no sign of life. ``runs`` are those, by holder."""

    exit_code = 75

    def __init__(self, runs: dict[Run, Holder | None]) -> None:
        self.runs = runs
        holders = "; ".join(f"{run.id} is held by {holder or 'another process'}" for run, holder in runs.items())
        super().__init__(
            f"{holders}. It gives no sign of life, but whether it is gone can't be told from here. "
            f"If it is, take its runs with --steal."
        )


@dataclass(frozen=True)
class RunOptions:
    """How a plan is run.

    ``force`` trains also what has a record, and the new one takes its place; ``retry`` only what failed, diverged
    runs too; ``steal`` takes runs from holders on other machines; ``accelerator`` is ``auto``, ``cpu``, ``cuda`` or
    ``mps``. ``devices`` GPUs (on a CPU: processes) of each of ``nodes`` machines train a run together. ``since`` is
    when this was asked for, in seconds of the clock, where a job asks for it again: what was recorded since then is not
    trained another time. ``keep_weights`` leaves the final weights of what is trained beside its record.
    """

    force: bool = False
    retry: bool = False
    steal: bool = False
    accelerator: str = "auto"
    since: float | None = None
    devices: int = 1
    nodes: int = 1
    keep_weights: bool = False


def run_plan(
    plan: Plan,
    *,
    jobs: int | None = None,
    on_event: OnEvent = ignore,
    how: RunOptions = RunOptions(),
    engine: Engine | None = None,
) -> list[Record]:
    """Train every run of a plan that has no finished record under ``runs/``, and return the records of all.

    Records under ``results/`` never count as done. Runs go side by side on worker processes; the number of jobs never
    changes a number, nor does it matter how many processes run a plan at once: each run is trained by one of them.
    One failed run does not stop the others: it leaves a failed record, and is tried again the next time unless it
    diverged, as it would again. A run that was stopped goes on from its checkpoint.

    Args:
        plan: from :func:`repro.runs.make_plan.make_plan`.
        jobs: runs side by side; None for as many as cores, memory and GPUs allow.
        on_event: is told everything of :mod:`repro.runs.events`, in this thread.
        how: what to do with runs that have a record or a holder.
        engine: workers to use instead of new ones; they are left running.

    Returns:
        Records in the order of the plan, failed ones among them. After a signal those that were finished;
        :class:`~repro.runs.events.Interrupted` says what is left.

    Raises:
        SpecError: the spec asks for what a real class refuses.
        GateFailed: the leakage gate failed. Nothing was trained.
        RunRefused: data cannot be had or read, or the device is not there. Nothing was trained.
        NotWritable: records cannot be written into the study's folder. Nothing was trained.
        DiskFull: no room for the records. Nothing was trained.
        RecordNotKept: the disk did not take a record.
        HeldByOthers: all else is over, and the rest is held on other machines without a sign of life.
        EngineError: no worker can be started.

    """
    ledger = Ledger(plan.spec.folder, "runs")
    runs = list({run.identity: run for run in plan.runs}.values())
    left = [run for run in runs if _is_wanted(ledger.answer(run), how)]
    if newer := [ledger.path(run, plan.spec.rung) for run in left if ledger.is_newer(run, plan.spec.rung)]:
        raise RunRefused(f"{newer[0]}: {NEWER}")
    done = [run for run in runs if run not in left]
    threads = max((run.experiment.training.threads for run in left), default=1)
    chosen = choose_jobs(
        len(left),
        threads,
        asked=jobs,
        accelerator=how.accelerator,
        memory=worker_bytes(run.experiment for run in left),
        devices=how.devices,
    )
    if engine is not None:
        chosen = Jobs(engine.jobs, engine.because)
    needed = bytes_needed(left)
    earlier = (*Ledger(plan.spec.folder, "results").records, *ledger.records)
    expected, prepare = expected_seconds(left, earlier), expected_prepare(earlier)
    on_event(PlanReady(plan, tuple(done), tuple(left), chosen.number, chosen.because, expected, needed, prepare))
    if left:
        check_disk(plan.spec.folder, needed)  # first: a full disk takes no files either
        check_writable(plan.spec.folder, plan.spec.rung)
        with listening() as heard:
            since = time.time() if how.since is None else how.since
            _Session(plan, ledger, tuple(left), len(runs), on_event, how, heard, since).go(engine, chosen)
    return Ledger(plan.spec.folder, "runs").of(plan)


def _is_wanted(record: Record | None, how: RunOptions) -> bool:
    if how.retry:
        return record is not None and record.state == "failed"
    return how.force or not is_over(record)


@dataclass
class _Session:
    """One call of :func:`run_plan` while workers are at work."""

    plan: Plan
    ledger: Ledger
    left: tuple[Run, ...]
    total: int
    on_event: OnEvent
    how: RunOptions
    heard: StopRequest
    since: float
    over: list[Run] = field(default_factory=list)
    saved: dict[Run, int] = field(default_factory=dict)
    began: dict[str, float] = field(default_factory=dict)
    prepare_seconds: float = 0.0

    def go(self, engine: Engine | None, chosen: Jobs) -> None:
        began = time.monotonic()
        self.on_event(Preparing("starting workers (they import torch, which takes a few seconds)"))
        with contextlib.suppress(KeyboardInterrupt), _using(engine, chosen, self.how.devices) as workers:
            study = self._study()
            self._prepare(workers, study)
            self.prepare_seconds = time.monotonic() - began
            self._train(workers, study)
        if self.heard.signal is not None:
            rest = tuple(run for run in self.left if run not in self.over)
            self.on_event(Interrupted(len(self.over), rest, self.heard.signal, self.saved))

    def _study(self) -> Study:
        spec = self.plan.spec
        commit, dirty = git_state(spec.folder)
        folder, accelerator = spec.folder.resolve(), self.how.accelerator
        splits = folder / "runs" / "splits"
        for name in (spec.rung, "splits", LIVE):
            check_inside(folder / "runs" / name, folder)
        return Study(
            spec.name,
            folder,
            self.plan.terms,
            spec.rung,
            accelerator,
            splits,
            commit,
            dirty,
            self.how.devices,
            self.how.nodes,
        )

    def _prepare(self, workers: Engine, study: Study) -> None:
        experiments = tuple((run.experiment, run.seed, run.fold) for run in self.left)
        task = PrepareTask(study, experiments, self.plan.spec.reported, force=self.how.force)
        for _, message, _ in workers.work([task], self.heard):
            if isinstance(message, PrepareStatus):
                self.on_event(Preparing(message.what))
            elif isinstance(message, DataReady):
                self.on_event(Prepared(message.findings, message.notes))
            elif isinstance(message, PrepareRefused):
                if message.problems:
                    raise SpecError(message.problems)
                if message.gate is not None:
                    raise GateFailed(message.text, message.gate)
                raise RunRefused(message.text)
            elif isinstance(message, Crashed) and not self.heard.is_set:
                raise RunRefused(f"a worker died while it read and checked the data ({message.how})")

    def _train(self, workers: Engine, study: Study) -> None:
        tasks: Sequence[RunTask] = [self._task(study, run) for run in self.left]
        while tasks and not self.heard.is_set:
            held: dict[Run, RunTask] = {}
            for task, message, worker in workers.work(tasks, self.heard):
                assert isinstance(task, RunTask)
                if isinstance(message, HeldElsewhere):
                    held[task.run] = task
                else:
                    self._take(study, task, message, worker, workers)
            tasks = self._wait_for(held)

    def _take(self, study: Study, task: RunTask, message: Message | None, worker: int, workers: Engine) -> None:
        run = task.run
        if message is None:
            self.began[run.identity] = time.monotonic()
            self.on_event(Started(run, worker))
        elif isinstance(message, PrepareStatus):
            self.on_event(Preparing(message.what))
        elif isinstance(message, Step):
            self.on_event(Progress(run, message.step, message.steps, message.values))
        elif isinstance(message, Done):
            self._is_over(run, message.record, message.notes, elsewhere=message.elsewhere)
        elif isinstance(message, StoppedAt):
            if message.kept:
                self.saved[run] = message.step
        elif isinstance(message, RecordNotSaved):
            raise _not_kept(run, message)
        elif isinstance(message, Crashed) and not self.heard.is_set:
            self._crashed(study, run, message, workers)

    def _task(self, study: Study, run: Run) -> RunTask:
        views = history_views(self.plan.spec, run.experiment)
        how = self.how
        return RunTask(
            study,
            run,
            views,
            self.since,
            self.prepare_seconds,
            force=how.force,
            retry=how.retry,
            steal=how.steal,
            keep_weights=how.keep_weights,
        )

    def _is_over(self, run: Run, record: Record, notes: tuple[str, ...] = (), *, elsewhere: bool = False) -> None:
        self.over.append(run)
        position = self.total - len(self.left) + len(self.over)
        if record.state == "done":
            self.on_event(Finished(run, record, position, self.total, notes, elsewhere))
        else:
            log = self.ledger.log_path(run, self.plan.spec.rung)
            self.on_event(Failed(run, record, str(log) if log.is_file() else None, position, self.total))

    def _wait_for(self, held: dict[Run, RunTask]) -> list[RunTask]:
        """Wait until a run that others hold is over or free; gives what is not over, those that are free first."""
        rung = self.plan.spec.rung
        reported: dict[Run, Holder | None] = {}
        while held and not self.heard.is_set:
            time.sleep(_LOOK_SECONDS)
            now: dict[Run, Holder | None] = {}
            free = []
            for run, task in list(held.items()):
                record = self.ledger.over_since(run, rung, task.since)
                if record is not None:
                    self._is_over(run, record, elsewhere=True)
                    del held[run]
                    continue
                holder = LiveFiles.of(self.plan.spec.folder, run).holder()
                if holder is None or not (holder.is_alive or holder.is_elsewhere):
                    free.append(run)
                now[run] = holder
            if free:
                return [held[run] for run in sorted(held, key=lambda run: run not in free)]
            if now and all(h is not None and not h.is_alive for h in now.values()):
                raise HeldByOthers(now)
            if now and now.keys() != reported.keys():
                reported = now
                self.on_event(Waiting(reported))
        return []

    def _crashed(self, study: Study, run: Run, message: Crashed, workers: Engine) -> None:
        """A worker died: its run leaves a failed record, unless another process has taken it by now."""
        if workers.environment is None:
            raise EngineError("a worker died before it said where it runs")
        context = Context(study.spec, study.terms, study.rung, study.folder, study.git_commit, study.git_dirty)
        training = run.experiment.training
        where = workers.environment.model_copy(
            update={
                "threads": training.threads,
                "devices": study.devices * study.nodes,
                "precision": training.precision or "32-true",
                "git_commit": study.git_commit,
                "git_dirty": study.git_dirty,
            }
        )
        seconds = time.monotonic() - self.began[run.identity]
        record = failed_record(run, context, f"the worker process ended: {message.how}", where, seconds)
        with contextlib.suppress(LeaseHeld), acquire(LiveFiles.of(study.folder, run)):
            known = self.ledger.read(run, study.rung)
            if known is None or known.state == "failed" or self.how.force:
                try:
                    self.ledger.write(run, study.rung, record, None)
                except OSError as error:
                    raise _not_kept(run, RecordNotSaved.of(error, study.folder)) from error
            else:
                record = known  # it died after its record was written
        self._is_over(run, record)


def _not_kept(run: Run, message: RecordNotSaved) -> RecordNotKept:
    then = "make room and run the same command" if message.full else "the same command goes on from there"
    return RecordNotKept(f"{run.id}: {message.why}. Everything that was finished is kept; {then}.")


@contextlib.contextmanager
def _using(engine: Engine | None, chosen: Jobs, devices: int) -> Iterator[Engine]:
    if engine is not None:
        yield engine
        return
    with LocalEngine(chosen.number, chosen.gpus, devices) as own:
        yield own
