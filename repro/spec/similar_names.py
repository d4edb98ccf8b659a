"""Names that are nearly the same: people mean one thing by them, and a table makes two of it."""

import re
import unicodedata
from collections.abc import Iterable


def composed(text: str) -> str:
    """The one Unicode form that names are compared in: letters with their marks in one piece (NFC)."""
    return unicodedata.normalize("NFC", text)


def similar(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Groups of names that differ in case, spaces, separators, invisible marks or the form of their letters only.

    >>> similar(["High", "low", "high", "a  b", "a_b", "-1", "1", "c", "c#"])
    [('High', 'high'), ('a  b', 'a_b')]
    """
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(_key(name), []).append(name)
    return [tuple(group) for group in groups.values() if len(group) > 1]


def shown_plainly(name: str) -> str:
    """A name in quotes, in which what cannot be seen is written out."""
    return repr("".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in name)).replace("\\\\", "\\")


def _key(name: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKC", name) if unicodedata.category(c) not in ("Cf", "Cc"))
    plain = unicodedata.normalize("NFKC", plain.strip().casefold())
    try:
        return f"number {float(plain.replace(',', '.'))}"
    except ValueError:
        return re.sub(r"[\s_-]+", " ", plain).strip() or plain
