"""What a verification found, as plain values: a row for each record, and one for each run that was trained again."""

from dataclasses import dataclass
from typing import Literal

from repro.runs.record import Environment

State = Literal["ok", "in part", "wrong", "not checked", "failed run", "no record"]
Judged = Literal["bitwise equal", "inside", "wrong", "cannot judge"]


@dataclass(frozen=True)
class Row:
    """One planned run and what its record is worth, before anything is trained.

    ``wrong`` says what is not as the spec and the data have it, one sentence each; ``unchecked`` what could not be
    looked at and why; ``remarks`` what a reader should know and what proves nothing. ``sha256`` is the record's.
    """

    id: str
    experiment: str
    seed: int
    state: State
    wrong: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    sha256: str | None = None


@dataclass(frozen=True)
class DrawnRun:
    """A run that is about to be trained again; ``seconds`` is what it took where its record was made."""

    id: str
    experiment: str
    seed: int
    seconds: float
    position: int
    total: int


@dataclass(frozen=True)
class RetrainedRun:
    """One run that was trained again.

    ``elsewhere`` names what differs between the record's environment and this one. Where it is empty every byte must
    be equal; else the test value of ``metric`` is judged by ``interval``, where 95 % of new seeds should fall, and all
    other scores and curves by how far seeds lie apart (:mod:`repro.runs.verify.learning_curves`). ``remarks`` prove
    nothing.
    """

    id: str
    experiment: str
    seed: int
    judged: Judged
    text: str
    elsewhere: tuple[str, ...] = ()
    metric: str = ""
    recorded: float | None = None
    again: float | None = None
    interval: tuple[float, float] | None = None
    seconds: float = 0.0
    sha256: str | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verification:
    """All of it. ``seed`` repeats the draw; ``pool`` is how many runs it was drawn from."""

    spec: str
    rung: str
    source: str
    rows: tuple[Row, ...]
    retrained: tuple[RetrainedRun, ...]
    seed: int
    pool: int
    environment: Environment
    notes: tuple[str, ...] = ()

    def count(self, *states: State) -> int:
        """How many rows are in any of these states."""
        return sum(row.state in states for row in self.rows)

    @property
    def checked(self) -> int:
        """Records of which something was held against the data: whole, in part, or found wrong."""
        return self.count("ok", "in part", "wrong")

    @property
    def wrong(self) -> int:
        """Runs that are wrong on either count, each once."""
        bad = {row.id for row in self.rows if row.state == "wrong"}
        return len(bad | {again.id for again in self.retrained if again.judged == "wrong"})

    @property
    def is_right(self) -> bool:
        """Whether something was checked and nothing is wrong."""
        return self.checked > 0 and self.wrong == 0


Event = Row | DrawnRun | RetrainedRun
