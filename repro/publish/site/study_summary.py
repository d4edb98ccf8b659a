"""What the site shows of one folder, as plain values that a process can hand over."""

from dataclasses import dataclass
from typing import Literal

from repro.publish.discuss.posts import Person
from repro.results.contribution import Contribution
from repro.results.row import Interval

State = Literal["run", "partly run", "not run", "not shown"]
STATES: tuple[State, ...] = ("run", "partly run", "not run", "not shown")
"""In words of the page: all runs have a record, some have, none has, and the folder could not be read."""


@dataclass(frozen=True)
class Dot:
    """A number that was reported (or, in a proposal, expected) against ours, as numbers and as text.

    ``table`` says where it was printed, on which metric; ``group`` is its number. ``verdict`` is empty where nothing
    was run.
    """

    title: str
    table: str
    group: int
    theirs: float | None
    ours: float | None
    interval: Interval | None
    paper: str
    mine: str
    runs: str
    verdict: str


@dataclass(frozen=True)
class ClaimVerdict:
    """A claim and what became of it."""

    text: str
    verdict: str


@dataclass(frozen=True)
class MachineRuns:
    """Runs of one folder on one kind of machine: what their records say of where and how they were made.

    ``seconds`` is how long all of them took. ``commit`` is empty where no record names one; ``changed`` says that
    files were changed since that commit.
    """

    done: int
    failed: int
    rung: str
    machine: str
    system: str
    software: str
    seconds: float
    commit: str
    changed: bool


@dataclass(frozen=True)
class StudySummary:
    """One folder. With a ``problem`` there is no ``page``; every text has been made visible, but for the page.

    ``who`` are names of the roster, ``work`` says who wrote the paper, when and where, ``link`` where it is read.
    ``rung`` is that of the records. ``page`` is the report as HTML, what stands under its heading. ``traces`` are
    hashes of whole records, the same in two folders for the same record.
    """

    shown: str
    who: tuple[str, ...] = ()
    kind: str = ""
    title: str = ""
    question: str = ""
    work: str = ""
    link: str = ""
    state: State = "not shown"
    problem: str = ""
    tasks: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    rung: str = ""
    planned: int = 0
    done: int = 0
    failed: int = 0
    headline: str = ""
    verdicts: tuple[tuple[str, int], ...] = ()
    dots: tuple[Dot, ...] = ()
    claims: tuple[ClaimVerdict, ...] = ()
    log: tuple[MachineRuns, ...] = ()
    shares: tuple[Contribution, ...] = ()
    person: Person | None = None
    page: str = ""
    traces: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What it is called: its title, or its folder."""
        return self.title or self.shown
