"""What is known of runs that are jobs: from their records and claims, and from what Slurm says of its queue."""

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from repro.runs.engine.messages import Crashed, Done, HeldElsewhere, Message, PrepareStatus, RunTask, Step, Task
from repro.runs.engine.slurm_client import End, Job, job_end, queue
from repro.runs.engine.slurm_submission import Submission
from repro.runs.lease import Holder, LeaseHeld, LiveFiles, acquire
from repro.runs.ledger import Ledger, is_over
from repro.runs.record import Record
from repro.spec.spec import Spec

MISSED = 2
"""So many answers of Slurm in a row must lack a job before it is taken to be gone."""

_END_SECONDS = 5.0

CRASHED = "the worker process ended"
"""How the reason of a run begins whose worker died inside its job."""

Events = Iterator[tuple[Task, Message | None, int]]


@dataclass
class TrackedRun:
    """One run and its newest job: task number ``task_number`` of ``submission``, None before there is one.

    ``tries`` counts jobs since the run last got further; ``missed`` answers of Slurm without the job.
    """

    task: RunTask
    files: LiveFiles
    ledger: Ledger
    submission: Submission | None = None
    task_number: int = 0
    submitted: float = 0.0
    tries: int = 0
    missed: int = 0
    is_started: bool = False
    step: int = -1
    beat: float = 0.0
    kept: float | None = None

    @classmethod
    def of(cls, task: RunTask) -> "TrackedRun":
        """Of a run that nothing is known of."""
        folder = task.study.folder
        return cls(task, LiveFiles.of(folder, task.run), Ledger(folder, "runs"))

    def record(self) -> Record | None:
        """The run's record if it is over; one of a worker that died counts only once its job is not tried again."""
        task = self.task
        record = self.ledger.over_since(task.run, task.study.rung, task.since)
        if record is None and not task.force:
            record = self.ledger.read_current(task.run, task.study.rung)
            record = record if is_over(record, retry=task.retry) else None
        return None if record is not None and _is_crash(record) else record

    def crash(self) -> Record | None:
        """The record of a worker that died in the newest jobs."""
        record = self.ledger.over_since(self.task.run, self.task.study.rung, self.task.since)
        return record if record is not None and _is_crash(record) else None

    def forget_crash(self) -> None:
        """Remove the record of a worker that died, so that the next job does not take the run for over."""
        if self.crash() is not None:
            self.ledger.path(self.task.run, self.task.study.rung).unlink(missing_ok=True)

    def words(self, spec: Spec) -> list[str]:
        """The command line that trains it: the same whenever and however often it is given."""
        run, task = self.task.run, self.task
        before = self.ledger.read(run, task.study.rung)
        flags = {"--force": task.force, "--retry": task.retry and before is not None, "--steal": task.steal}
        flags["--keep-weights"] = task.keep_weights
        return [
            "run",
            str(spec.path.resolve()),
            *("--rung", spec.rung, "--only", run.experiment.name, "--seeds", f"{run.seed},"),
            *("--worker", run.id, "--since", repr(task.since)),
            *(flag for flag, is_on in flags.items() if is_on),
            *spec.overrides,
        ]

    def checkpoint_time(self) -> float | None:
        """When its checkpoint was written; None without one."""
        try:
            return self.files.checkpoint.stat().st_mtime
        except OSError:
            return None

    def is_job_of(self, holder: Holder | None) -> bool:
        """Whether this holder is the run's newest job."""
        if holder is None or self.submission is None:
            return False
        return holder.job == _job_name(self.submission, self.task_number)


@dataclass(frozen=True)
class LostJob:
    """A job that is not in Slurm any more and left no record; ``end`` is how it ended, ``words`` its last ones."""

    watched: TrackedRun
    end: End
    words: str

    @property
    def is_refused(self) -> bool:
        """Whether the command refused its work, as it would again."""
        return self.end.code == 2

    def __str__(self) -> str:
        output = f": {self.words}" if self.words else ""
        return f"its job in Slurm: {self.end}{output}"


@dataclass
class JobMonitor:
    """All runs that one call of the engine looks after. ``last_sign`` is when any of them last gave a sign of life."""

    spec: Spec
    watched: list[TrackedRun]
    known: list[Submission]
    last_sign: float = field(default_factory=time.monotonic)
    _told: str = ""

    @property
    def open(self) -> list[TrackedRun]:
        """Runs that are not over."""
        return [w for w in self.watched if w.submission is not None]

    @property
    def names(self) -> list[str]:
        """The jobs' names that Slurm is asked for."""
        return sorted({w.submission.name for w in self.open if w.submission is not None})

    @property
    def waiting(self) -> list[TrackedRun]:
        """Runs that have no job."""
        return [w for w in self.watched if w.submission is None]

    @property
    def arrays(self) -> tuple[int, ...]:
        """Slurm's numbers of the arrays with unfinished runs."""
        numbers = {w.submission.array for w in self.open if w.submission is not None}
        return tuple(sorted(number for number in numbers if number is not None))

    def begin(self, jobs: Sequence[Job]) -> Events:
        """Find the jobs again that are in Slurm already, and what needs none; the rest waits to be submitted."""
        self._sweep(jobs)
        places = {(job.name, job.task) for job in jobs}
        for submission in self.known:
            for number, identity in enumerate(submission.identities):
                for w in self.watched:
                    if w.task.run.identity == identity and (submission.name, number) in places:
                        w.submission, w.task_number = submission, number
                        w.submitted, w.kept = time.monotonic(), w.checkpoint_time()
        if self.open:
            first, *rest = self.open
            many = f"{len(rest) + 1} jobs are" if rest else "1 job is"
            yield first.task, PrepareStatus(f"{many} in Slurm already ({self._numbers(self.open)})"), 0
        for w in self.waiting:
            record = w.record()
            message = self.set_free(w) if record is None else Done(record)
            if message is not None:
                self.watched.remove(w)
                yield w.task, message, 0

    def submitted(self, submission: Submission, some: Sequence[TrackedRun]) -> Events:
        """These runs are the tasks of a new array."""
        self.known.append(submission)
        for number, w in enumerate(some):
            w.submission, w.task_number, w.submitted = submission, number, time.monotonic()
            w.missed, w.tries, w.kept = 0, w.tries + 1, w.checkpoint_time()
        self.last_sign = time.monotonic()
        many = f"{len(some)} jobs" if len(some) > 1 else "1 job"
        yield some[0].task, PrepareStatus(f"{many} submitted to Slurm ({submission.array})"), 0

    def look(self) -> Events:
        """Look at records and claims."""
        for w in self.open:
            record = w.record()
            if record is not None:
                yield from self.over(w, Done(record))
                continue
            holder = w.files.holder()
            if holder is None or not w.is_job_of(holder):
                continue
            if not w.is_started:
                w.is_started = True
                yield w.task, None, w.task_number
            if holder.beat != w.beat:
                w.beat, self.last_sign = holder.beat, time.monotonic()
            if holder.step != w.step and holder.steps:
                w.step = holder.step
                yield w.task, Step(holder.step, holder.steps, {}), w.task_number

    def missing(self, jobs: Sequence[Job], asked_at: float) -> list[LostJob]:
        """Runs whose jobs are gone, by an answer of Slurm to a question that was ``asked_at`` then."""
        places = {(job.name, job.task) for job in jobs}
        gone = []
        for w in self.open:
            assert w.submission is not None
            is_there = (w.submission.name, w.task_number) in places
            w.missed = 0 if is_there else w.missed + (asked_at > w.submitted)
            if w.missed < MISSED:
                continue
            _look_anew(w)
            if w.record() is not None:
                continue  # the next look tells of it
            if w.checkpoint_time() != w.kept:
                w.tries = 0
            end = job_end(w.submission.id(w.task_number))
            gone.append(LostJob(w, end, w.submission.last_words(w.task_number)))
        return gone

    def told(self, jobs: Sequence[Job]) -> Events:
        """Say why nothing goes on, when nothing does, and whenever that changes."""
        reasons = sorted({job.reason for job in jobs if job.state == "PENDING" and job.reason != "None"})
        started = any(job.state != "PENDING" for job in jobs)
        now = "" if started or not reasons else f"waiting in Slurm ({', '.join(reasons)})"
        if now and now != self._told and self.open:
            yield self.open[0].task, PrepareStatus(now), 0
        self._told = now

    def crashed(self, gone: LostJob) -> Events:
        """A run is given up: what its last job left is its record, or what is known of its end."""
        w = gone.watched
        record = w.crash()
        last = Crashed(str(gone)) if record is None else Done(record)
        yield from self.over(w, (self.set_free(w) if record is None else None) or last)

    def set_free(self, w: TrackedRun) -> HeldElsewhere | None:
        """Take the run from a holder that is dead or a job that is gone; tells who has it where somebody does.

        That somebody is gone who is on another machine can be said only of our own jobs, as Slurm has said so.
        """
        holder = w.files.holder()
        is_own = holder is not None and any(
            holder.job == _job_name(submission, number)
            for submission in self.known
            for number, identity in enumerate(submission.identities)
            if identity == w.task.run.identity
        )
        try:
            with acquire(w.files, steal=is_own or w.task.steal):
                w.forget_crash()
        except LeaseHeld as held:
            return HeldElsewhere(held.holder)
        return None

    def over(self, w: TrackedRun, last: Message) -> Events:
        """The run is not looked after any more; ``last`` says why."""
        self.watched.remove(w)
        self.last_sign = time.monotonic()
        if not w.is_started:
            yield w.task, None, w.task_number
        yield w.task, last, w.task_number

    def end(self) -> None:
        """All runs are over: forget their submissions, once Slurm has finished with the jobs."""
        until = time.monotonic() + _END_SECONDS
        while self.known and time.monotonic() < until:
            jobs = queue(submission.name for submission in self.known)
            if jobs is None:
                return
            names = {job.name for job in jobs}
            for submission in [s for s in self.known if s.name not in names]:
                submission.forget(self.spec.folder)
                self.known.remove(submission)
            time.sleep(0.2)

    def _sweep(self, jobs: Sequence[Job]) -> None:
        """Forget submissions that Slurm has finished with, unless a claim may still name one of their jobs."""
        names = {job.name for job in jobs}
        claimed = {holder.job for w in self.watched if (holder := w.files.holder()) is not None}
        for submission in list(self.known):
            own_jobs = {_job_name(submission, number) for number in range(len(submission.identities))}
            if submission.name not in names and not claimed & own_jobs:
                submission.forget(self.spec.folder)
                self.known.remove(submission)

    @staticmethod
    def _numbers(some: Sequence[TrackedRun]) -> str:
        return ", ".join(sorted({str(w.submission.array) for w in some if w.submission is not None}))


def _job_name(submission: Submission, number: int) -> str:
    """What :func:`repro.runs.lease.job_name` says inside the job."""
    return f"Slurm job {submission.id(number)}"


def _is_crash(record: Record) -> bool:
    return record.state == "failed" and (record.reason or "").startswith(CRASHED)


def _look_anew(w: TrackedRun) -> None:
    """Have a shared file system look for the record again, of which it may remember that it was not there."""
    folder = w.ledger.path(w.task.run, w.task.study.rung).parent
    with contextlib.suppress(OSError):
        list(folder.iterdir())
