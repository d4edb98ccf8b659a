"""What of a study Weights & Biases has: which runs arrived, as what, and under which ids."""

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from repro.disk.atomic_write import write_atomically
from repro.disk.untrusted_files import text_inside
from repro.publish.tracking.card import MOST_LETTERS, Card

MAX_BYTES = 2**26
"""Bytes of a book that are read."""


@dataclass(frozen=True)
class Arrival:
    """A run that arrived: the hash of what was sent, what the run had found, where it is to be seen."""

    sent: str
    found: str
    where: str


@dataclass(frozen=True)
class SentLog:
    """Kept beside the runs, as ``wandb.json``.

    ``salt`` makes ids of this folder's runs unlike those of everybody else's in the same project; with the run's
    identity it is the id, so that a run that is resumed, or sent again, is the same one. ``tries`` counts runs that
    were trained again and came out otherwise: these get a new id.
    """

    salt: str
    tries: Mapping[str, int] = field(default_factory=dict)
    online: Mapping[str, Arrival] = field(default_factory=dict)
    offline: Mapping[str, Arrival] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> "SentLog":
        """The book of a folder; a new one where there is none.

        Raises:
            ValueError: there is one, and it is damaged.

        """
        if not os.path.lexists(path):
            book = cls(secrets.token_hex(4))
            book.write(path)
            return book
        try:
            fields = json.loads(text_inside(path, path.parent, MAX_BYTES))
            arrivals = [
                {key: Arrival(**arrival) for key, arrival in fields[name].items()} for name in ("online", "offline")
            ]
            return cls(str(fields["salt"]), dict(fields["tries"]), *arrivals)
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            why = "Without it, what W&B has would be sent a second time, as new runs; delete it if that is wanted"
            raise ValueError(f"{path} is damaged. {why}") from error

    def write(self, path: Path) -> None:
        """Keep it."""
        write_atomically(path, json.dumps(asdict(self), indent=1, sort_keys=True) + "\n")

    def id(self, key: str) -> str:
        """The id of a run in W&B."""
        number = self.tries.get(key, 0)
        plain = "".join(sign if sign.isalnum() and sign.isascii() else "-" for sign in key)
        return f"{self.salt}-{plain}"[: MOST_LETTERS - 4] + (f"-{number}" if number else "")

    def again(self, key: str) -> "SentLog":
        """With a new id for a run that came out otherwise than what was sent."""
        return replace(self, tries={**self.tries, key: self.tries.get(key, 0) + 1})

    def has(self, key: str, arrival: Arrival, *, offline: bool) -> bool:
        """Whether this very thing has arrived, at this place."""
        known = (self.offline if offline else self.online).get(key)
        return known is not None and (known.sent, known.where) == (arrival.sent, arrival.where)

    def found(self, key: str) -> str:
        """What the run had found that was sent last; empty where none was."""
        return next((arrivals[key].found for arrivals in (self.online, self.offline) if key in arrivals), "")

    def with_arrival(self, key: str, arrival: Arrival, *, offline: bool) -> "SentLog":
        """With a run that arrived."""
        if offline:
            return replace(self, offline={**self.offline, key: arrival})
        return replace(self, online={**self.online, key: arrival})


def sent_sha256(card: Card) -> str:
    """The hash of what is sent of a run. Tables, pictures and artifacts follow from what the card says."""
    parts = [
        *(card.name, card.group, card.job_type, list(card.tags), card.notes),
        *(dict(card.config), dict(card.summary), len(card.rows)),
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()
