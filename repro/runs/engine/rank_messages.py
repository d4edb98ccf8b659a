"""What a worker and the ranks that it started tell each other, through pipes between our own processes."""

from dataclasses import dataclass

from repro.runs.engine.messages import RunTask
from repro.runs.plan import Run
from repro.training.outcome import Outcome


@dataclass(frozen=True)
class RankTask:
    """What a rank is to train, and with whom: number ``rank`` of ``ranks``, who meet at ``meet``."""

    task: RunTask
    rank: int
    ranks: int
    meet: str

    @property
    def run(self) -> Run:
        """The run."""
        return self.task.run


@dataclass(frozen=True)
class RankDone:
    """Rank 0 is through."""

    outcome: Outcome


@dataclass(frozen=True)
class RankFailed:
    """A rank cannot go on. ``follows`` says that it only lost the others, so the reason is one of theirs."""

    text: str
    follows: bool
