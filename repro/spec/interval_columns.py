"""Which columns of a table say from when to when an item lasts in its file, however they are spelt.

``start`` and ``end``, ``Start (s)``, ``onset`` and ``duration``, ``begin_ms``, ``Anfang`` ...: understood where they
can mean one thing only. Where they can't there is a question, with the column's name: a stretch that is passed over in
silence would make its whole file the item.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from repro.spec import scalars

_START = frozenset(
    [
        "start",
        "starts",
        "begin",
        "begins",
        "beginning",
        "onset",
        "tstart",
        "tbegin",
        "tmin",
        "xmin",
        "startzeit",
        "anfang",
        "beginn",
        "debut",
        "inicio",
        "inizio",
        "comeco",
        "principio",
    ]
)
_END = frozenset(
    [
        "end",
        "ends",
        "ending",
        "stop",
        "stops",
        "finish",
        "tend",
        "tstop",
        "tmax",
        "xmax",
        "ende",
        "endzeit",
        "schluss",
        "fin",
        "fine",
        "fim",
        "einde",
    ]
)
_DURATION = frozenset(
    ["duration", "dur", "length", "len", "delta", "dauer", "duree", "duracion", "durata", "duracao", "duur"]
)
_PAIRS = (("from", "to"), ("in", "out"), ("t0", "t1"), ("t1", "t2"), ("von", "bis"), ("de", "a"), ("left", "right"))
"""Words that mean a stretch only where both are there and hold numbers that fit."""
_BESIDE = frozenset(
    [
        "time",
        "times",
        "timestamp",
        "timecode",
        "at",
        "of",
        "the",
        "position",
        "pos",
        "point",
        "clip",
        "segment",
        "seg",
        "event",
        "interval",
        "stretch",
        "audio",
        "sound",
        "file",
        "zeit",
        "temps",
        "tiempo",
        "tempo",
        "relative",
        "rel",
    ]
)
_UNITS: Mapping[str, str] = {
    **dict.fromkeys(
        ["s", "sec", "secs", "second", "seconds", "sek", "sekunden", "secondes", "segundos", "secondi"], "s"
    ),
    **dict.fromkeys(["ms", "msec", "msecs", "millis", "millisecond", "milliseconds"], "ms"),
    **dict.fromkeys(["min", "mins", "minute", "minutes"], "min"),
    **dict.fromkeys(
        [
            "sample",
            "samples",
            "smp",
            "frame",
            "frames",
            "idx",
            "index",
            "hop",
            "hops",
            "bar",
            "bars",
            "beat",
            "beats",
            "tick",
            "ticks",
        ],
        "count",
    ),
}
_SECONDS = {"s": 1.0, "ms": 0.001, "min": 60.0, "": 1.0}
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_HAS_DIGIT = re.compile(r"[0-9]")
_DATE = re.compile(r"[0-9]{4}[-/.][0-9]{2}[-/.][0-9]{2}")


class AmbiguousInterval(ValueError):
    """The columns can mean several things; ``column`` is the one to look at."""

    def __init__(self, column: str, text: str) -> None:
        super().__init__(text)
        self.column = column


@dataclass(frozen=True, slots=True)
class IntervalColumns:
    """``start`` and ``end`` or ``duration`` (the other one is ""), and by what a cell is multiplied to be seconds."""

    start: str
    end: str
    duration: str
    start_scale: float = 1.0
    last_scale: float = 1.0

    @property
    def last(self) -> str:
        """The column of the end or of the duration."""
        return self.end or self.duration

    @property
    def unit(self) -> str:
        """What the cells are, in words."""
        return {_SECONDS["ms"]: "milliseconds", _SECONDS["min"]: "minutes"}.get(self.start_scale, "seconds")

    def seconds(self, start: str, last: str) -> tuple[float, float]:
        """The stretch of two cells, in seconds; ValueError where one is no number, or negative."""
        first, second = scalars.number(start, least=0), scalars.number(last, above=0)
        first, second = (_scaled(n, by) for n, by in ((first, self.start_scale), (second, self.last_scale)))
        return first, first + second if self.duration else second


def _scaled(number: float, by: float) -> float:
    """Thousandths are divided, as 0.001 is no exact number."""
    return number / 1000 if by == _SECONDS["ms"] else number * by


def interval_columns(cells: Mapping[str, Sequence[str]]) -> IntervalColumns | None:
    """The columns that say a stretch, None where none do.

    Raises:
        StretchQuestion: they may do so and may not, or in several ways.

    >>> columns = interval_columns({"path": ["a.wav"], "Start Time [ms]": ["100"], "Duration [ms]": ["250"]})
    >>> columns.seconds("100", "250")
    (0.1, 0.35)

    """
    words = {name: _word(name) for name, column in cells.items() if any(map(_HAS_DIGIT.search, column))}
    words |= {name: (name, "") for name in ("start", "end") if name in cells}
    starts = ["start"] if "start" in cells else [n for n, (word, _) in words.items() if word in _START]
    ends = ["end"] if "end" in cells else [n for n, (word, _) in words.items() if word in _END]
    durations = [n for n, (word, _) in words.items() if word in _DURATION]
    offsets = [n for n, (word, _) in words.items() if word == "offset"]
    if not starts and not ends:
        starts, ends = _pair(words, cells)
    if offsets and starts and not ends:
        ends = offsets
    elif offsets and not starts and not ends:
        starts = offsets
    if _are_dates([*starts, *ends], cells) or not (starts or ends):
        return None
    for which, names in (("begins", starts), ("ends", ends)):
        if len(names) > 1:
            text = f"{_listed(names)} may each say where a stretch {which}; call the right one"
            raise AmbiguousInterval(names[0], f"{text} {'start' if names is starts else 'end'} and rename the others")
    if not starts or not (ends or durations):
        raise _alone((starts or ends)[0], bool(starts))
    if not ends and len(durations) > 1:
        text = (
            f"{_listed(durations)} may each say how long a stretch is; call the right one duration, rename the others"
        )
        raise AmbiguousInterval(durations[0], text)
    start, last = starts[0], (ends or durations)[0]
    return _of_units(start, last, words, ends=bool(ends))


def _of_units(start: str, last: str, words: Mapping[str, tuple[str, str]], *, ends: bool) -> IntervalColumns:
    units = [words[start][1], words[last][1]]
    for name, unit in zip((start, last), units, strict=True):
        if unit == "count":
            text = f"{name!r} seems to count samples or frames; write start and end in seconds"
            raise AmbiguousInterval(name, text)
    if {"s", ""} != set(units) and units[0] != units[1]:
        text = f"{start!r} and {last!r} seem to be of different units; write start and end in seconds"
        raise AmbiguousInterval(start, text)
    scales = [_SECONDS[unit] for unit in units]
    return IntervalColumns(start, last if ends else "", "" if ends else last, *scales)


def _alone(name: str, starts: bool) -> AmbiguousInterval:
    if name in ("start", "end"):
        return AmbiguousInterval("start", "columns start and end go together, both in seconds")
    which, other = ("start", "an end or a duration") if starts else ("end", "a start")
    return AmbiguousInterval(
        name,
        f"{name!r} seems to be the {which} of a stretch, and no column says {other}; write start and end in seconds, "
        "or give it another name if it is none",
    )


def _pair(words: Mapping[str, tuple[str, str]], cells: Mapping[str, Sequence[str]]) -> tuple[list[str], list[str]]:
    by_word = {word: name for name, (word, _) in words.items()}
    for start_word, end_word in _PAIRS:
        if start_word in by_word and end_word in by_word:
            first, last = by_word[start_word], by_word[end_word]
            if _fit(cells[first], cells[last]):
                return [first], [last]
    return [], []


def _fit(first: Sequence[str], last: Sequence[str]) -> bool:
    """Whether cells are numbers, and each second one is larger than the first."""
    try:
        rows = [(float(a), float(b)) for a, b in zip(first, last, strict=True) if a or b]
    except ValueError:
        return False
    return bool(rows) and all(0 <= a < b for a, b in rows)


def _are_dates(names: Sequence[str], cells: Mapping[str, Sequence[str]]) -> bool:
    some = [cell for name in names for cell in cells[name] if cell]
    return bool(some) and all(_DATE.search(cell) for cell in some)


def _word(name: str) -> tuple[str, str]:
    """The telling word of a column's name and its unit, both "" where it is something else.

    >>> _word("Start Time [ms]"), _word("event_onset"), _word("endSec"), _word("start_date"), _word("Début (s)")
    (('start', 'ms'), ('onset', ''), ('end', 's'), ('', ''), ('debut', 's'))
    """
    plain = unicodedata.normalize("NFKD", _CAMEL.sub(" ", name)[:200]).casefold()
    tokens = re.findall(r"[a-z]+[0-9]?|[0-9]+", "".join(c for c in plain if not unicodedata.combining(c)))
    unit = ""
    if len(tokens) > 1 and tokens[-1] in _UNITS:
        unit = _UNITS[tokens.pop()]
    telling = [token for token in tokens if token not in _BESIDE]
    if len(telling) == 2 and telling[1] == "offset":
        telling.pop()
    return (telling[0], unit) if len(telling) == 1 else ("", "")


def _listed(names: Sequence[str]) -> str:
    return " and ".join(map(repr, names))
