"""What the engine and its workers tell each other. Plain values only, so that the engine needs no heavy import."""

import errno
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from repro.runs.lease import Holder
from repro.runs.ledger import Source
from repro.runs.plan import Plan, Run
from repro.runs.record import Environment, Record
from repro.runs.verify.verification import Row
from repro.spec.experiment import Experiment
from repro.spec.problem import Problem
from repro.spec.spec import Reported
from repro.training.loop_kind import LoopKind


@dataclass(frozen=True)
class Study:
    """What all tasks of one plan share; ``devices`` of each of ``nodes`` machines train a run together."""

    spec: str
    folder: Path
    terms: str
    rung: str
    accelerator: str
    splits_folder: Path
    git_commit: str | None
    git_dirty: bool | None
    devices: int = 1
    nodes: int = 1


Asked = tuple[Experiment, int, int | None]
"""An experiment, a seed and a fold: what decides the data of a run."""


@dataclass(frozen=True)
class PrepareTask:
    """Bind every experiment to the real classes, hold reported counts against the nets, then fetch, read and check
    the data of each. ``force`` divides anew also what was frozen for other data that should not change.
    """

    study: Study
    experiments: tuple[Asked, ...]
    reported: tuple[Reported, ...] = ()
    force: bool = False


@dataclass(frozen=True)
class RunTask:
    """Train one run and keep its record.

    A record that another process wrote after ``since`` (seconds of the clock) is taken for ours. ``force`` trains a run
    though it has an older one, ``retry`` though it failed for good; ``steal`` takes it from a holder on another
    machine. ``keep_weights`` leaves the weights that the record's metrics are of beside it. ``prepare_seconds`` is what
    the command took before its first run.
    """

    study: Study
    run: Run
    history_views: tuple[str, ...]
    since: float
    prepare_seconds: float = 0.0
    force: bool = False
    retry: bool = False
    steal: bool = False
    keep_weights: bool = False


@dataclass(frozen=True)
class Trial:
    """How a run is trained on trial: cut to ``steps``, and with ``resumed`` stopped at about the middle.

    ``threads`` and ``path`` are the run's own where they are None.
    """

    steps: int
    threads: int | None = None
    path: LoopKind | None = None
    resumed: bool = False


@dataclass(frozen=True)
class TrialTask:
    """Train one run on trial: the record comes back in a message and is kept nowhere.

    All that is written lies in the folder ``scratch``. A trial that is to be ``resumed`` stops where ``scratch`` holds
    no checkpoint of it, and else goes on from that.
    """

    study: Study
    run: Run
    history_views: tuple[str, ...]
    trial: Trial
    scratch: Path


@dataclass(frozen=True)
class ProbeTask:
    """Train a few steps of one run and take the time. Its prints go into the folder ``scratch``, nothing is kept."""

    study: Study
    run: Run
    history_views: tuple[str, ...]
    steps: int
    scratch: Path


@dataclass(frozen=True)
class CheckTask:
    """Hold the records of a plan against the spec, the data and what they kept; nothing is trained.

    The plan's folder is absolute. ``own_code`` says whether the folder's own code may be run.
    """

    plan: Plan
    source: Source
    own_code: bool


Task = PrepareTask | RunTask | TrialTask | ProbeTask | CheckTask


class Stop:
    """What the engine tells a worker: stop at the next step edge."""


@dataclass(frozen=True)
class Ready:
    """A worker has imported everything. ``environment`` is where it would train."""

    environment: Environment


@dataclass(frozen=True)
class PrepareStatus:
    """What a preparing worker is at."""

    what: str


@dataclass(frozen=True)
class DataReady:
    """All data are at hand and passed the gate; ``findings`` by data set."""

    findings: dict[str, dict[str, Any]]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class PrepareRefused:
    """The preparation failed. ``problems`` for a spec that the real classes refuse, ``gate`` for a leak."""

    text: str
    problems: tuple[Problem, ...] = ()
    gate: dict[str, Any] | None = None


@dataclass(frozen=True)
class Step:
    """A run goes on."""

    step: int
    steps: int
    values: dict[str, float]


@dataclass(frozen=True)
class Done:
    """A run left a record, finished or failed; ``notes`` are what its user should know.

    ``elsewhere`` says that it was another process that trained it, while this one was at something else.
    """

    record: Record
    notes: tuple[str, ...] = ()
    elsewhere: bool = False


@dataclass(frozen=True)
class Probe:
    """What a probe measured, in seconds and bytes.

    A run takes ``data`` (to prepare, in a new process), ``fixed`` (to build and to begin), ``step`` for each update,
    ``look`` for each evaluation and ``last`` (the last evaluation of all views, and the record). ``cold`` is how much
    longer the first run of a process takes. ``memory`` is the most that the process took, ``device_memory`` the most
    that its tensors took on a GPU. ``guessed`` says that ``fixed`` and ``last`` were worked out from a share of the
    items.
    """

    data: float
    fixed: float
    step: float
    look: float
    last: float
    cold: float
    steps_in_epoch: int
    memory: int
    device_memory: int = 0
    guessed: bool = False


@dataclass(frozen=True)
class ProbeDone:
    """A probe is over; without a ``probe`` it failed, and ``why`` says why."""

    probe: Probe | None
    why: str = ""


@dataclass(frozen=True)
class RecordChecked:
    """A record was looked at."""

    row: Row


@dataclass(frozen=True)
class CheckDone:
    """All records were looked at; ``suspected`` are ids of runs that training again should tell of."""

    suspected: tuple[str, ...]


@dataclass(frozen=True)
class HeldElsewhere:
    """Another process has the run."""

    holder: Holder | None


@dataclass(frozen=True)
class StoppedAt:
    """A run was asked to stop, and did at ``step``; ``kept`` says whether it will go on from there."""

    step: int
    kept: bool


@dataclass(frozen=True)
class RecordNotSaved:
    """A run is over, but the disk did not take its record; ``full`` says whether because there is no room."""

    why: str
    full: bool

    @classmethod
    def of(cls, error: OSError, folder: Path) -> "RecordNotSaved":
        """What the system said; ``folder`` is where, if it does not say so itself."""
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        return cls(f"{error.filename or folder}: {error.strerror or error}", full)


@dataclass(frozen=True)
class Crashed:
    """A worker ended in the middle of a task. ``how`` says by what."""

    how: str


Message = (
    Ready
    | PrepareStatus
    | DataReady
    | PrepareRefused
    | Step
    | Done
    | HeldElsewhere
    | StoppedAt
    | RecordNotSaved
    | Crashed
    | ProbeDone
    | RecordChecked
    | CheckDone
)


def is_last(message: Message | None) -> bool:
    """Whether a task is over with this message."""
    last = (
        Done | DataReady | PrepareRefused | HeldElsewhere | StoppedAt | RecordNotSaved | Crashed | ProbeDone | CheckDone
    )
    return isinstance(message, last)
