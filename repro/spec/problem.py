"""What is wrong with a spec: problems with their places, and the one exception that carries them all."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from repro.spec.place import Place


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, where it stands and what to do about it.

    >>> from repro.spec.place import Place
    >>> str(Problem(Place("x/paper.yaml", 14, 11), "optimizer.Adm", "unknown optimizer 'Adm'; did you mean 'Adam'?"))
    "x/paper.yaml:14:11: optimizer.Adm: unknown optimizer 'Adm'; did you mean 'Adam'?"
    """

    place: Place
    key: str
    text: str

    def __str__(self) -> str:
        where = f"{self.place}: " if str(self.place) else ""
        return f"{where}{self.key}: {self.text}" if self.key else f"{where}{self.text}"


class SpecError(Exception):
    """A spec that cannot be used. Holds every problem found, sorted by file, line and column."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        unique = {str(p): p for p in problems}
        order = sorted(unique.values(), key=lambda p: (p.place.file, p.place.line, p.place.column, p.key, p.text))
        self.problems: tuple[Problem, ...] = tuple(order)
        super().__init__("\n".join(str(p) for p in self.problems))


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """Say that a name is unknown and which valid one is nearest. Never lists all.

    >>> unknown("optimizer", "Adm", ["Adam", "SGD"])
    "unknown optimizer 'Adm'; did you mean 'Adam'?"
    >>> unknown("optimizer", "xyz", ["Adam", "SGD"])
    "unknown optimizer 'xyz'"
    """
    names = list(known)
    close = get_close_matches(name, names, n=1, cutoff=0.6)
    if not close:
        lower = {n.lower(): n for n in names}
        close = [lower[m] for m in get_close_matches(name.lower(), list(lower), n=1, cutoff=0.6)]
    return f"unknown {kind} {name!r}" + (f"; did you mean {close[0]!r}?" if close else "")
