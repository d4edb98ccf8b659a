"""The Slurm engine: each run a job of an array. It submits, then watches records and claims, and believes no other."""

import importlib.util
import shutil
import time
from collections.abc import Iterator, Sequence

from repro.runs.engine.engine import EngineError
from repro.runs.engine.local import LocalEngine
from repro.runs.engine.messages import Message, PrepareTask, RunTask, Task
from repro.runs.engine.slurm_client import SILENT_SECONDS, AsyncCommand, ask_queue, parse_queue, queue
from repro.runs.engine.slurm_monitor import JobMonitor, LostJob, TrackedRun
from repro.runs.engine.slurm_site import MAX_ARRAY, Site
from repro.runs.engine.slurm_submission import Submission, noted, numbered
from repro.runs.record import Environment
from repro.runs.signals import StopRequest
from repro.spec.spec import Spec

TRIES = 3
"""How often a run is submitted that gets no further, before it counts as crashed."""

_COMMANDS = ("sbatch", "srun", "squeue", "scontrol")


class SlurmMissing(EngineError):
    """Jobs cannot be submitted from here."""


class SlurmEngine:
    """Runs of one spec as jobs; data are prepared on this machine, as nodes often have no way out.

    When it is told to stop it leaves the jobs alone: :attr:`arrays` are those that are still in Slurm, and the next
    engine of the same study goes on with them. The study's folder, the user's home and the Python environment must be
    shared with the nodes.

    Raises:
        SlurmMissing: submitit or Slurm's commands are not here.

    """

    look_seconds = 0.5
    ask_seconds = 5.0

    def __init__(self, spec: Spec, site: Site) -> None:
        check_slurm()
        self._spec = spec
        self._site = site
        self._environment: Environment | None = None
        self.arrays: tuple[int, ...] = ()

    @property
    def jobs(self) -> int:
        """Jobs that run at once, at most."""
        return self._site.max_jobs

    @property
    def because(self) -> str:
        """Where they run."""
        return f"Slurm, partition {self._site.partition}" if self._site.partition else "Slurm"

    @property
    def environment(self) -> Environment | None:
        """Where data were prepared; a run's record says where it was trained."""
        return self._environment

    def close(self) -> None:
        """Nothing is ours alone: the jobs go on."""

    def work(self, tasks: Sequence[Task], heard: StopRequest) -> Iterator[tuple[Task, Message | None, int]]:
        """See :class:`~repro.runs.engine.engine.Engine`.

        A job that is gone without a record is submitted again, at most :data:`TRIES` times without getting further.

        Raises:
            EngineError: Slurm does not answer or refuses the jobs, or someone took all of them back.

        """
        for task in tasks:
            if isinstance(task, PrepareTask):
                yield from self._prepare(task, heard)
        runs = [task for task in tasks if isinstance(task, RunTask)]
        if runs and not heard.is_set:
            yield from self._train(runs, heard)

    def _prepare(self, task: PrepareTask, heard: StopRequest) -> Iterator[tuple[Task, Message | None, int]]:
        if task.study.accelerator != "auto":
            raise EngineError("on Slurm a run takes the device that its job was given; ask for GPUs with --gpus")
        with LocalEngine(1) as local:
            yield from local.work([task], heard)
            self._environment = local.environment

    def _train(self, tasks: Sequence[RunTask], heard: StopRequest) -> Iterator[tuple[Task, Message | None, int]]:
        study = tasks[0].study.folder
        known = noted(study)
        jobs = queue(submission.name for submission in known)
        if jobs is None:
            raise EngineError("Slurm does not say which jobs there are (squeue); nothing was submitted")
        known = [numbered(submission, jobs) for submission in known]
        watching = JobMonitor(self._spec, [TrackedRun.of(task) for task in tasks], known)
        yield from watching.begin(jobs)
        try:
            yield from self._submit(watching, watching.waiting)
            yield from self._watch(watching, heard)
            if not heard.is_set:
                watching.end()
        finally:
            self.arrays = watching.arrays

    def _submit(self, monitor: JobMonitor, runs: list[TrackedRun]) -> Iterator[tuple[Task, Message | None, int]]:
        threads = max((w.task.run.experiment.training.threads for w in runs), default=1)
        for start in range(0, len(runs), MAX_ARRAY):
            some = runs[start : start + MAX_ARRAY]
            study = some[0].task.study.folder
            submission = Submission.new(study, [w.task.run.identity for w in some])
            calls = [(w.words(self._spec), str(w.files.checkpoint)) for w in some]
            yield from monitor.submitted(submission.submit(study, calls, self._site.parameters(threads)), some)

    def _watch(self, monitor: JobMonitor, heard: StopRequest) -> Iterator[tuple[Task, Message | None, int]]:
        question: AsyncCommand | None = None
        next_question = 0.0
        answered = time.monotonic()
        try:
            while monitor.open and not heard.is_set:
                time.sleep(self.look_seconds)
                yield from monitor.look()
                if question is None and time.monotonic() >= next_question:
                    question = ask_queue(monitor.names)
                if question is None or not question.is_over:
                    continue
                jobs = parse_queue(question.take())
                asked_at, question, next_question = question.asked, None, time.monotonic() + self.ask_seconds
                if jobs is not None:
                    answered = time.monotonic()
                    yield from self._after(monitor, monitor.missing(jobs, asked_at))
                    yield from monitor.told(jobs)
                elif time.monotonic() - max(answered, monitor.last_sign) > SILENT_SECONDS:
                    raise EngineError(
                        f"Slurm has not answered for {SILENT_SECONDS / 60:.0f} minutes, and no run gave a sign of "
                        f"life. What was submitted may go on; the same command comes back to it."
                    )
        finally:
            if question is not None:
                question.drop()

    def _after(self, monitor: JobMonitor, gone: list[LostJob]) -> Iterator[tuple[Task, Message | None, int]]:
        """What becomes of runs whose jobs are gone without a record."""
        if len(gone) > 1 and len(gone) == len(monitor.open) and all(g.end.is_cancelled for g in gone):
            raise EngineError(
                f"all {len(gone)} jobs were cancelled in Slurm. What is finished is kept, and the same command submits "
                f"the rest again."
            )
        again = []
        for job in gone:
            if job.is_refused or job.watched.tries >= TRIES:
                yield from monitor.crashed(job)
                continue
            held = monitor.set_free(job.watched)
            if held is not None:
                yield from monitor.over(job.watched, held)
            else:
                again.append(job.watched)
        yield from self._submit(monitor, again)


def check_slurm() -> None:
    """SlurmMissing, with what to do, unless jobs can be submitted from here."""
    missing = [name for name in _COMMANDS if shutil.which(name) is None]
    if missing:
        raise SlurmMissing(
            f"--on slurm: {', '.join(missing)} not found; give the command on a machine that submits jobs to Slurm"
        )
    if importlib.util.find_spec("submitit") is None:
        raise SlurmMissing("--on slurm needs submitit; install it with: pip install 'repro-harness[slurm]'")
