"""What is seen of one folder, as plain values. None stands for what could not be judged."""

from dataclasses import dataclass, field

UNGRADED = "ungraded"
"""What is said of what could not be judged."""


@dataclass(frozen=True)
class PartMark:
    """One part of an assignment: how many questions are answered, thin or empty, and how late it came.

    The counts are None where the spec cannot be read. ``late`` is in seconds, 0 where it came in time and None where
    there is no date or nobody said when it came; ``came`` says it in words, empty where there is no date.
    """

    assignment: str
    number: int
    name: str
    title: str
    answered: int | None = None
    thin: int | None = None
    empty: int | None = None
    late: float | None = None
    came: str = ""

    @property
    def state(self) -> str:
        """In one word: ``complete``, ``thin``, ``empty`` (nothing is answered) or ``ungraded``."""
        if self.answered is None or self.thin is None or self.empty is None:
            return UNGRADED
        if self.thin + self.empty == 0:
            return "complete"
        return "thin" if self.answered or self.thin else "empty"


@dataclass(frozen=True)
class AnswerCounts:
    """Things that are counted: related papers with a summary, questions asked, answers to peers."""

    papers: int
    questions: int
    answers: int


@dataclass(frozen=True)
class RunCounts:
    """The records of the spec's runs at ``rung``, in ``source`` (``runs`` or ``results``).

    ``present`` are files, of which ``done`` and ``failed`` are whole and answer one of the ``planned`` runs; ``stale``
    are whole ones that answer none or are not those that the table beside them was made from, ``damaged`` ones that
    cannot be trusted; ``missing`` are planned runs without a record.
    """

    rung: str
    source: str
    planned: int
    present: int
    done: int
    failed: int
    missing: int
    stale: int
    damaged: int


@dataclass(frozen=True)
class Rerun:
    """What the folder's own file says of runs that were trained again: ``again`` of ``planned``, ``wrong`` of them."""

    again: int
    wrong: int
    planned: int


@dataclass(frozen=True)
class GradeRow:
    """One folder.

    ``who`` are names of the roster. ``problems`` counts those of the spec, None where there is none to read; ``first``
    is the first of them with its place. ``gate`` is what the leakage gate said when the runs were made. ``look`` is
    what a person should look at, ``ungraded`` why something could not be judged. ``traces`` are hashes of
    whole records, the same in two folders for the same record.
    """

    folder: str
    who: tuple[str, ...] = ()
    kind: str = ""
    title: str = ""
    problems: int | None = None
    first: str = ""
    parts: tuple[PartMark, ...] = ()
    counts: AnswerCounts | None = None
    slides: int | None = None
    runs: RunCounts | None = None
    gate: str | None = None
    verdicts: dict[str, int] | None = None
    claims: dict[str, int] | None = None
    rerun: Rerun | None = None
    look: tuple[str, ...] = ()
    ungraded: tuple[str, ...] = field(default=())
    traces: tuple[str, ...] = ()

    @property
    def has_problems(self) -> bool:
        """Whether the spec cannot be used as it is, or records cannot be trusted."""
        return self.problems is None or self.problems > 0 or bool(self.runs and self.runs.damaged)
