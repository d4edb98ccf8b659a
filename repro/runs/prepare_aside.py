"""Binding and data for work beside the records: everything that is written goes into a folder that is thrown away."""

from collections.abc import Callable, Iterable
from pathlib import Path

from repro.runs.engine.engine import Engine
from repro.runs.engine.messages import Crashed, PrepareRefused, PrepareStatus, PrepareTask, Study
from repro.runs.git_state import git_state
from repro.runs.plan import Plan, Run
from repro.runs.run import GateFailed, RunRefused
from repro.runs.signals import StopRequest
from repro.spec.problem import SpecError

OnLine = Callable[[str], None]
"""Is told what is being done, a line at a time."""


def study_aside(plan: Plan, scratch: Path, accelerator: str = "auto") -> Study:
    """What tasks of this plan share, with frozen splits under ``scratch``."""
    spec = plan.spec
    commit, dirty = git_state(spec.folder)
    return Study(
        spec.name, spec.folder.resolve(), plan.terms, spec.rung, accelerator, scratch / "splits", commit, dirty
    )


def prepare_aside(
    study: Study, plan: Plan, runs: Iterable[Run], workers: Engine, heard: StopRequest, say: OnLine
) -> tuple[str, ...]:
    """Bind, fetch and check as a run does; gives its notes.

    Raises:
        SpecError: the spec asks for what a real class refuses.
        GateFailed: the leakage gate failed.
        RunRefused: data cannot be had or read, or the device is not there.
        KeyboardInterrupt: a signal was heard.

    """
    notes: tuple[str, ...] = ()
    task = PrepareTask(study, tuple((run.experiment, run.seed, run.fold) for run in runs), plan.spec.reported)
    for _, message, _ in workers.work([task], heard):
        if isinstance(message, PrepareStatus):
            say(message.what)
        elif isinstance(message, PrepareRefused):
            if message.problems:
                raise SpecError(message.problems)
            if message.gate is not None:
                raise GateFailed(message.text, message.gate)
            raise RunRefused(message.text)
        elif isinstance(message, Crashed) and not heard.is_set:
            raise RunRefused(f"a worker died while it read and checked the data ({message.how})")
        else:
            notes = getattr(message, "notes", notes)
    if heard.is_set:
        raise KeyboardInterrupt
    return notes
