"""What is wrong with a spec: problems with their places, and the one exception that carries them all."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from repro.spec.foreign_names import hint
from repro.spec.place import Place

MOST_SIGNS = 200
"""Signs of a name for which a near one is looked for."""

SURE = 0.8
"""A known name that is so near is meant, whatever the word is elsewhere."""


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
    """Say that a name is unknown and which valid one is nearest, or what stands for a word of another framework.

    Never lists all.

    >>> unknown("optimizer", "Adm", ["Adam", "SGD"])
    "unknown optimizer 'Adm'; did you mean 'Adam'?"
    >>> unknown("optimizer", "xyz", ["Adam", "SGD"])
    "unknown optimizer 'xyz'"
    >>> unknown("layer", "Dense", ["Linear", "ReLU"])
    "unknown layer 'Dense'; write Linear: {out_features: 64} in a list of layers"
    >>> unknown("layer", "Relu", ["ReLU", "Reduce"])
    "unknown layer 'Relu'; did you mean 'ReLU'?"
    """
    names = list(known)
    if len(name) > MOST_SIGNS:  # looking for near ones takes time with the square of it
        return f"unknown {kind} {f'{name[:MOST_SIGNS]}...'!r}"
    message = f"unknown {kind} {name!r}"
    if not _closest(name, names, SURE) and (elsewhere := hint(name, kind)):
        return f"{message}; {elsewhere}"
    close = _closest(name, names, 0.6)
    if close:
        return f"{message}; did you mean {close!r}?"
    elsewhere = hint(name, kind, near=True)
    return f"{message}; {elsewhere}" if elsewhere else message


def _closest(name: str, names: list[str], cutoff: float) -> str | None:
    """The name that is most like this one, if any is; capitals count only where several are as near."""
    same = [candidate for candidate in names if candidate.casefold() == name.casefold()]
    close = get_close_matches(name, same or names, n=1, cutoff=0.0 if same else cutoff)
    if not close:
        lower = {n.lower(): n for n in names}
        close = [lower[m] for m in get_close_matches(name.lower(), list(lower), n=1, cutoff=cutoff)]
    return close[0] if close else None


def unknown_of(kind: str, name: str, known: Iterable[str]) -> str:
    """Say that a name is unknown and which there are, for names that are few.

    >>> unknown_of("assignment", "8c", ["8a", "10a"]), unknown_of("assignment", "10b", ["10a"])
    ("unknown assignment '8c'; there are 8a, 10a", "unknown assignment '10b'; did you mean '10a'? There is 10a")
    """
    names = list(known)
    message = unknown(kind, name, names)
    if not names:
        return f"{message}; there is none"
    verb = "there is" if len(names) == 1 else "there are"
    return (
        f"{message} {verb.capitalize()} {', '.join(names)}"
        if message.endswith("?")
        else f"{message}; {verb} {', '.join(names)}"
    )
