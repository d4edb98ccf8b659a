"""Train every experiment of a plan in every way that there is for it, and compare. No record is read or written."""

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from repro.disk.temporary import temporary_folder
from repro.runs.determinism.compare import compare
from repro.runs.determinism.finding import Comparison, Determinism, Finding
from repro.runs.determinism.units import in_units, printed_units
from repro.runs.determinism.variants import DESCRIPTIONS, STEPS, VARIANTS, Variant, trials
from repro.runs.engine.jobs import choose_jobs, worker_bytes
from repro.runs.engine.local import LocalEngine
from repro.runs.engine.messages import Crashed, Done, Message, StoppedAt, Study, Trial, TrialTask
from repro.runs.history_views import history_views
from repro.runs.plan import Plan, Run
from repro.runs.preflight import steps_of
from repro.runs.prepare_aside import OnLine, prepare_aside, study_aside
from repro.runs.record import Environment
from repro.runs.signals import StopRequest, listening


def find(plan: Plan, say: OnLine, *, steps: int | None = None, jobs: int | None = None) -> Determinism:
    """The first run of each experiment, trained straight and in every other way.

    Each way is a round of its own with new worker processes; every second round takes the experiments in the opposite
    order, so that what one run leaves in its process is not left alike for the next. Everything that is written lies
    in a temporary folder.

    Args:
        plan: from :func:`repro.runs.make_plan.make_plan`.
        say: is told what goes on.
        steps: the most that a run is trained for; None for :data:`repro.runs.determinism.variants.STEPS`.
        jobs: runs side by side; None for as many as cores, memory and GPUs allow.

    Raises:
        SpecError, GateFailed, RunRefused, EngineError: as :func:`repro.runs.run.run_plan`.
        KeyboardInterrupt: a signal was heard.

    """
    runs = _first_runs(plan)
    with _waiting_asleep(), temporary_folder("repro-determinism-") as scratch, listening() as heard:
        rounds = _Rounds(plan, study_aside(plan, scratch), runs, steps or STEPS, jobs, say, heard, scratch)
        return rounds.go()


@contextlib.contextmanager
def _waiting_asleep() -> Iterator[None]:
    """Threads that wait for each other sleep: where cores are busy, two that spin take minutes for what takes seconds.

    It changes no number. A fork server that runs already does not hear it.
    """
    before = os.environ.get("OMP_WAIT_POLICY")
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        yield
    finally:
        if before is None:
            os.environ.pop("OMP_WAIT_POLICY", None)


def _first_runs(plan: Plan) -> tuple[Run, ...]:
    first: dict[str, Run] = {}
    for run in plan.runs:
        first.setdefault(run.experiment.name, run)
    return tuple(first.values())


@dataclass
class _Rounds:
    plan: Plan
    study: Study
    runs: tuple[Run, ...]
    steps: int
    jobs: int | None
    say: OnLine
    heard: StopRequest
    scratch: Path
    environment: Environment | None = None

    def go(self) -> Determinism:
        ways = {run: trials(run.experiment, self.steps) for run in self.runs}
        with LocalEngine(1, self._gpus(1)) as workers:
            for note in prepare_aside(self.study, self.plan, self.runs, workers, self.heard, self.say):
                self.say(f"note: {note}")
            self.environment = workers.environment
        straight = self._round("straight", {run: trial["straight"] for run, trial in ways.items()})
        compared: dict[Run, list[Comparison]] = {run: [] for run in self.runs}
        for number, variant in enumerate(VARIANTS):
            runs = {
                run: trial[variant] for run, trial in ways.items() if variant in trial and _has_worked(straight[run])
            }
            stopped = {}
            if variant == "resumed":
                stopped = self._round("stopped", runs, is_reversed=True)
                runs = {run: trial for run, trial in runs.items() if isinstance(stopped[run], StoppedAt)}
            messages = self._round(variant, runs, is_reversed=number % 2 == 0)
            for run in stopped.keys() | messages.keys():
                compared[run].append(_compared(variant, straight[run], messages.get(run), stopped.get(run)))
        findings = tuple(self._finding(run, straight[run], compared[run]) for run in self._in_spec_order())
        spec, study = self.plan.spec, self.study
        if self.environment is not None:
            commit = {"git_commit": study.git_commit, "git_dirty": study.git_dirty}
            self.environment = self.environment.model_copy(update=commit)
        return Determinism(
            spec=spec.name, rung=spec.rung, overrides=spec.overrides, environment=self.environment, findings=findings
        )

    def _round(self, variant: str, runs: dict[Run, Trial], *, is_reversed: bool = False) -> dict[Run, Message]:
        """Do one way of training for these runs, in new processes; the last message of each."""
        if not runs:
            return {}
        words = {"straight": "straight", "stopped": "to about the middle, then stopped", **DESCRIPTIONS}
        tasks = [
            TrialTask(self.study, run, history_views(self.plan.spec, run.experiment), trial, self._place(variant))
            for run, trial in runs.items()
        ]
        threads = max(trial.threads or run.experiment.training.threads for run, trial in runs.items())
        jobs = choose_jobs(
            len(tasks), threads, asked=self.jobs, memory=worker_bytes(run.experiment for run in runs)
        ).number
        self.say(f"training {len(tasks)} {'run' if len(tasks) == 1 else 'runs'} {words[variant]}")
        last: dict[Run, Message] = {}
        with LocalEngine(jobs, self._gpus(jobs)) as workers:
            for task, message, _ in workers.work(tasks[::-1] if is_reversed else tasks, self.heard):
                if message is not None:
                    assert isinstance(task, TrialTask)
                    last[task.run] = message
        if self.heard.is_set:
            raise KeyboardInterrupt
        return last

    def _place(self, variant: str) -> Path:
        return self.scratch / ("resumed" if variant == "stopped" else variant)

    def _gpus(self, jobs: int) -> tuple[str, ...]:
        return choose_jobs(jobs, 1, asked=jobs).gpus

    def _in_spec_order(self) -> Sequence[Run]:
        names = list(self.plan.spec.experiments)
        return sorted(self.runs, key=lambda run: names.index(run.experiment.name))

    def _finding(self, run: Run, straight: Message, comparisons: list[Comparison]) -> Finding:
        record = straight.record if isinstance(straight, Done) else None
        full_steps = steps_of(run.experiment)
        is_net = run.experiment.model is not None and not run.experiment.model.is_estimator
        units = printed_units(self.plan.spec, run.experiment)
        return Finding(
            experiment=run.experiment.name,
            title=run.experiment.title,
            seed=run.seed,
            identity=run.identity,
            steps=record.steps if record is not None else 0,
            full_steps=full_steps if is_net else 0,
            failed=_why_not(straight),
            units=units,
            comparisons=tuple(in_units(comparison, units) for comparison in comparisons),
        )


def _has_worked(straight: Message) -> bool:
    return not _why_not(straight)


def _why_not(straight: Message) -> str:
    """Why the straight run gives nothing to compare with; what diverged can be compared."""
    if isinstance(straight, Done):
        reason = straight.record.reason or ""
        return "" if straight.record.state == "done" or reason.startswith("diverged") else reason
    return f"the worker process ended: {straight.how}" if isinstance(straight, Crashed) else "it did not end"


def _compared(variant: Variant, straight: Message, message: Message | None, stopped: Message | None) -> Comparison:
    assert isinstance(straight, Done)
    at = stopped.step if isinstance(stopped, StoppedAt) else None
    if stopped is not None and at is None:
        if isinstance(stopped, Done) and stopped.record.reason == straight.record.reason:
            return Comparison(way=variant, bitwise=None, why="it was over before it could be stopped")
        return Comparison(way=variant, bitwise=False, differing=("outcome",), why=_said(stopped))
    if not isinstance(message, Done):
        return Comparison(way=variant, bitwise=False, differing=("outcome",), why=_said(message), stopped_at=at)
    if at is not None and message.record.resumed_from is None:
        why = "its checkpoint could not be gone on from, so it started again"
        return Comparison(way=variant, bitwise=False, differing=("outcome",), why=why, stopped_at=at)
    return compare(variant, straight.record, message.record, at)


def _said(message: Message | None) -> str:
    if isinstance(message, Done):
        return message.record.reason or "done"
    return f"the worker process ended: {message.how}" if isinstance(message, Crashed) else "it did not end"
