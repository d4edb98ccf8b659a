"""What the publisher tells the command that started it, a line of JSON each."""

import json
from dataclasses import asdict, dataclass
from typing import Literal


@dataclass(frozen=True)
class WorkerMessage:
    """``kind`` says what ``text`` is: a ``note`` for the user, where to look (``where``), or the work at hand.

    ``arrived`` of ``total`` W&B runs are where they belong; both are 0 where nothing is sent
    anywhere, and ``total`` is -1 where it ended before it knew.
    """

    kind: Literal["note", "where", "doing", "over"]
    text: str = ""
    arrived: int = 0
    total: int = 0

    def line(self) -> str:
        """As text."""
        return json.dumps(asdict(self)) + "\n"

    @classmethod
    def read(cls, line: str) -> "WorkerMessage | None":
        """From text; None where it is none, as anything may print there."""
        try:
            return cls(**json.loads(line))
        except (ValueError, TypeError):
            return None
