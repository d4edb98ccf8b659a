"""What a run of a plan tells while it goes on. The command line prints these; nothing else here prints."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from repro.runs.forecast.wall import wall_seconds
from repro.runs.lease import Holder
from repro.runs.plan import Plan, Run
from repro.runs.record import Record


@dataclass(frozen=True)
class PlanReady:
    """The plan is known and nothing has started.

    ``done`` runs were found finished and are not repeated, ``left`` are to be trained, in this order. ``expected`` are
    the seconds of runs of which there are earlier records, by identity; ``bytes`` what the records and predictions will
    take on the disk; ``prepare`` the seconds until the first run starts, None where no earlier record tells.
    """

    plan: Plan
    done: tuple[Run, ...]
    left: tuple[Run, ...]
    jobs: int
    jobs_because: str
    expected: Mapping[str, float]
    bytes: int
    prepare: float | None = None

    @property
    def seconds(self) -> float | None:
        """Expected wall time of what is left, with :attr:`prepare` where that is known; None where it is not known of
        every run.
        """
        if any(run.identity not in self.expected for run in self.left):
            return None
        return (self.prepare or 0.0) + wall_seconds((self.expected[run.identity] for run in self.left), self.jobs)


@dataclass(frozen=True)
class Preparing:
    """Something other than training goes on: workers start, data are fetched, read and checked."""

    what: str


@dataclass(frozen=True)
class Prepared:
    """The data of all runs are at hand, their splits frozen and the leakage gate passed.

    ``findings`` are what the gate found, by data set and check, to be shown even where it passes.
    """

    findings: Mapping[str, Mapping[str, object]]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Started:
    """A run was handed to a worker."""

    run: Run
    worker: int


@dataclass(frozen=True)
class Progress:
    """A run is at ``step`` of ``steps``. ``values`` are the newest ones of its open history, keyed VIEW/METRIC."""

    run: Run
    step: int
    steps: int
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Finished:
    """A run left its record. ``position`` of ``total`` runs of the plan are now over.

    ``notes`` are what its user should know; ``elsewhere`` says that another process trained it.
    """

    run: Run
    record: Record
    position: int
    total: int
    notes: tuple[str, ...] = ()
    elsewhere: bool = False


@dataclass(frozen=True)
class Failed:
    """A run failed, for the reason in ``record``; the others go on. ``log`` names the file with the details."""

    run: Run
    record: Record
    log: str | None
    position: int
    total: int


@dataclass(frozen=True)
class Waiting:
    """Nothing is left for us to begin, but other processes train ``runs`` of the plan; by their holders."""

    runs: Mapping[Run, Holder | None]


@dataclass(frozen=True)
class Interrupted:
    """``signal`` (its number) stopped the plan. All that was finished is kept; the same command goes on with ``left``.

    ``saved`` gives the step from which a run in progress will go on, for those that wrote a checkpoint.
    """

    finished: int
    left: tuple[Run, ...]
    signal: int
    saved: Mapping[Run, int] = field(default_factory=dict)


Event = PlanReady | Preparing | Prepared | Started | Progress | Finished | Failed | Waiting | Interrupted
OnEvent = Callable[[Event], None]


def ignore(event: Event) -> None:
    """The listener that does nothing."""
