"""Probe every experiment of a plan: a few steps in a worker of its own. No record is read or written."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from repro.disk.temporary import temporary_folder
from repro.runs.engine.jobs import choose_jobs, worker_bytes
from repro.runs.engine.local import LocalEngine
from repro.runs.engine.messages import Crashed, Message, Probe, ProbeDone, ProbeTask, Ready
from repro.runs.history_views import history_views
from repro.runs.plan import Plan, Run
from repro.runs.prepare_aside import OnLine, prepare_aside, study_aside
from repro.runs.record import Environment
from repro.runs.signals import StopRequest, listening

STEPS = 20


@dataclass(frozen=True)
class Probes:
    """What was measured: ``found`` by experiment, ``failed`` with the reason; ``start`` and ``prepare`` are seconds
    that workers take to start and that everything takes which comes before the first run.
    """

    found: dict[str, Probe]
    failed: dict[str, str]
    start: float
    prepare: float
    environment: Environment | None
    notes: tuple[str, ...]


def probe_all(plan: Plan, say: OnLine, *, jobs: int | None = None, steps: int = STEPS) -> Probes:
    """Probe the first run of each experiment, as many side by side as runs would be.

    Each is probed by a new process, so that the memory is its own.

    Raises:
        SpecError, GateFailed, RunRefused, EngineError: as :func:`repro.runs.run.run_plan`.
        KeyboardInterrupt: a signal was heard.

    """
    first: dict[str, Run] = {}
    for run in plan.runs:
        first.setdefault(run.experiment.name, run)
    runs = tuple(first.values())
    with temporary_folder("repro-plan-") as scratch, listening() as heard:
        study = study_aside(plan, scratch)
        began = time.monotonic()
        with LocalEngine(1) as workers:
            notes = prepare_aside(study, plan, runs, workers, heard, say)
            environment = workers.environment
        prepare = time.monotonic() - began
        threads = max(run.experiment.training.threads for run in runs)
        memory = worker_bytes(run.experiment for run in runs)
        chosen = choose_jobs(len(runs), threads, asked=jobs, memory=memory)
        say(f"training {steps} steps of each of {len(runs)} experiments")
        last: dict[Run, Message] = {}
        starts: list[float] = []
        for at in range(0, len(runs), chosen.number):
            batch = runs[at : at + chosen.number]
            tasks = [ProbeTask(study, run, history_views(plan.spec, run.experiment), steps, scratch) for run in batch]
            last |= _together(tasks, chosen.gpus, heard, starts)
            if heard.is_set:
                raise KeyboardInterrupt
    probes = {run: message for run, message in last.items() if isinstance(message, ProbeDone)}
    return Probes(
        found={run.experiment.name: m.probe for run, m in probes.items() if m.probe is not None},
        failed={run.experiment.name: _why(last.get(run)) for run in runs if _why(last.get(run))},
        start=min(starts, default=0.0),
        prepare=prepare,
        environment=environment,
        notes=notes,
    )


def _together(
    tasks: Sequence[ProbeTask], gpus: tuple[str, ...], heard: StopRequest, starts: list[float]
) -> dict[Run, Message]:
    began = time.monotonic()
    last: dict[Run, Message] = {}
    with LocalEngine(len(tasks), gpus) as workers:
        for task, message, _ in workers.work(tasks, heard):
            assert isinstance(task, ProbeTask)
            if message is None:
                starts.append(time.monotonic() - began)
            elif not isinstance(message, Ready):
                last[task.run] = message
    return last


def _why(message: Message | None) -> str:
    if isinstance(message, ProbeDone):
        return message.why
    return f"the worker process ended: {message.how}" if isinstance(message, Crashed) else "it did not end"
