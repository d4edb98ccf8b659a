"""Reading a scalar as the type its field wants. The field decides the type, never the look of the value.

Every function takes the text as written and raises ValueError with a sentence that says what was wrong and what to
write. No value is ever guessed: ``4,000``, ``1_000`` and ``010`` are no numbers.
"""

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Literal, TypeVar

from repro.spec.experiment import Cadence, Duration
from repro.spec.problem import unknown
from repro.spec.spec import Number

N = TypeVar("N", int, float)

LARGEST = 2**63 - 1
"""Largest whole number that a spec may hold."""

_NUMBER = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,4})?")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_PLUS_MINUS = re.compile(r"±|\+-|\+/-")
MOST_SIGNS = 400
"""Signs of one number."""


def whole(text: str, *, least: int | None = None) -> int:
    """A whole number: ``60000``, ``-3``, ``1e6``.

    >>> whole("1e6")
    1000000
    >>> whole("4,000")
    Traceback (most recent call last):
    ValueError: expected a whole number, got '4,000'; write 4000
    """
    value = _decimal(text, "a whole number")
    if value != value.to_integral_value() or ("." in text and "e" not in text.lower()):
        near = f"; write {int(value)}" if value == value.to_integral_value() else ""
        raise ValueError(f"expected a whole number, got {text!r}{near}")
    if abs(value) > LARGEST:
        raise ValueError(f"{text} is too large")
    return _at_least(int(value), least, text)


def number(text: str, *, least: float | None = None, above: float | None = None) -> float:
    """A number: ``0.1``, ``.94``, ``1e-3``, ``2``. At least ``least``, more than ``above``.

    >>> number("1e-3")
    0.001
    """
    value = float(_decimal(text, "a number"))
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"{text} is too large")
    if above is not None and value <= above:
        raise ValueError(f"expected a number above {above:g}, got {text}")
    return _at_least(value, least, text)


def _at_least(value: N, least: float | None, text: str) -> N:
    if least is not None and value < least:
        raise ValueError(f"expected at least {least:g}, got {text}")
    return value


def _decimal(text: str, expected: str) -> Decimal:
    if len(text) > MOST_SIGNS:
        raise ValueError(f"expected {expected}, got {shown(text)}, {len(text):,} signs long")
    if _NUMBER.fullmatch(text):
        try:
            value = Decimal(text)
        except InvalidOperation:
            raise ValueError(f"expected {expected}, got {text!r}") from None
        if abs(value.adjusted()) > 400:
            raise ValueError(f"{text} is too {'large' if value.adjusted() > 0 else 'small'}")
        return value
    raise ValueError(f"expected {expected}, got {shown(text)}{_number_hint(text)}")


def _number_hint(text: str) -> str:
    plain = re.sub(r"[,_' ](?=[0-9]{3}\b)", "", text)
    if plain != text and _NUMBER.fullmatch(plain):
        return f"; write {plain}"
    if re.fullmatch(r"[-+]?0[0-9_]+(\.[0-9]*)?", text):
        return f"; write {text.lstrip('+-0') or '0'}, without leading zeros"
    share = text[:-1].rstrip()
    if text.endswith("%") and _NUMBER.fullmatch(share):
        return f"; write {share}, percent is the unit"
    if re.fullmatch(r"\(.*\)", text):
        return f"; a list is written in brackets: [{text[1:-1]}]"
    if re.fullmatch(r"[0-9]+,[0-9]+", text):
        return f"; write {text.replace(',', '.')}, with a point"
    return ""


def shown(text: str) -> str:
    """A text in quotes, cut where it is long, for a message.

    >>> shown("x" * 100)
    "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...'"
    """
    return repr(str(text) if len(text) <= 64 else f"{text[:61]}...")


def truth(text: str) -> bool:
    """``true`` or ``false``, nothing else.

    >>> truth("yes")
    Traceback (most recent call last):
    ValueError: expected true or false, got 'yes'; write true
    """
    if text in ("true", "false"):
        return text == "true"
    hint = {"yes": "true", "on": "true", "1": "true", "no": "false", "off": "false", "0": "false"}
    meant = hint.get(text.lower()) or (text.lower() if text.lower() in ("true", "false") else "")
    raise ValueError(f"expected true or false, got {shown(text)}" + (f"; write {meant}" if meant else ""))


def word(text: str, choices: Iterable[str]) -> str:
    """One of a few fixed words.

    >>> word("shufled", ["shuffled", "fixed"])
    Traceback (most recent call last):
    ValueError: unknown word 'shufled'; did you mean 'shuffled'?
    """
    known = list(choices)
    if text in known:
        return str(text)
    message = unknown("word", str(text), known)
    raise ValueError(message if "; " in message or len(known) > 6 else f"{message}; write {_either(known)}")


def _either(known: list[str]) -> str:
    return known[0] if len(known) == 1 else f"{', '.join(known[:-1])} or {known[-1]}"


def own_name(text: str) -> str:
    """A name that the author gives: lower-case letters, digits, ``_`` and ``-``.

    >>> own_name("My model")
    Traceback (most recent call last):
    ValueError: 'My model' is no name; write names in lower-case letters, digits, - and _, such as 'my-model'
    """
    if _NAME.fullmatch(text) and text != "none":
        return str(text)
    if text == "none":
        raise ValueError("'none' means that there is none; take another name")
    near = re.sub(r"[^a-z0-9_]+", "-", text.lower()).strip("-_")
    such = f", such as {near!r}" if near and near != "none" else ""
    raise ValueError(f"{shown(text)} is no name; write names in lower-case letters, digits, - and _{such}")


def is_own_name(text: str) -> bool:
    """True for a name as the author gives it, False for a class name or anything else."""
    return bool(_NAME.fullmatch(text))


def duration(text: str) -> Duration:
    """A number and its unit: ``250 steps``, ``1 epoch``.

    >>> str(duration("250 steps"))
    '250 steps'
    >>> duration("250")
    Traceback (most recent call last):
    ValueError: expected a number of steps or epochs, got '250'; write '250 steps' or '250 epochs'
    """
    parts = text.split()
    units: dict[str, Literal["steps", "epochs"]] = {
        "step": "steps",
        "epoch": "epochs",
        "steps": "steps",
        "epochs": "epochs",
    }
    if len(parts) == 2 and parts[1] in units:
        return Duration(number=whole(parts[0], least=1), unit=units[parts[1]])
    hint = ""
    if len(parts) == 1 and _NUMBER.fullmatch(text):
        hint = f"; write '{text} steps' or '{text} epochs'"
    elif len(parts) == 2 and _NUMBER.fullmatch(parts[0]):
        hint = f"; {unknown('unit', parts[1], units)}"
    raise ValueError(f"expected a number of steps or epochs, got {shown(text)}{hint}")


def cadence(text: str) -> Cadence:
    """A number of steps, epochs, seconds or minutes: ``500 steps``, ``2 minutes``.

    >>> str(cadence("2 minutes"))
    '120 seconds'
    >>> cadence("2 hours")
    Traceback (most recent call last):
    ValueError: expected a number of steps, epochs, seconds or minutes, got '2 hours'; unknown unit 'hours'
    """
    parts = text.split()
    units = ("steps", "epochs", "seconds", "minutes")
    unit = next((u for u in units if parts[1:] in ([u], [u[:-1]])), None)
    if unit is None:
        hint = f"; {unknown('unit', parts[1], units)}" if len(parts) == 2 and _NUMBER.fullmatch(parts[0]) else ""
        raise ValueError(f"expected a number of {', '.join(units[:-1])} or {units[-1]}, got {shown(text)}{hint}")
    number = whole(parts[0], least=1)
    if unit == "minutes":
        return Cadence(number=60 * number, unit="seconds")
    return Cadence(number=number, unit=unit)


def time_limit(text: str) -> int:
    """Seconds, from a whole number of seconds, minutes or hours: ``10 minutes``, ``1 hour``.

    >>> time_limit("10 minutes"), time_limit("1 hour")
    (600, 3600)
    >>> time_limit("600")
    Traceback (most recent call last):
    ValueError: expected a number of seconds, minutes or hours, got '600'; write '600 seconds'
    """
    parts = text.split()
    units = {"seconds": 1, "minutes": 60, "hours": 3600}
    unit = next((unit for unit in units if parts[1:] in ([unit], [unit[:-1]])), None)
    if unit is None:
        hint = ""
        if len(parts) == 1 and _NUMBER.fullmatch(text):
            hint = f"; write '{text} seconds'"
        elif len(parts) == 2 and _NUMBER.fullmatch(parts[0]):
            hint = f"; {unknown('unit', parts[1], units)}"
        raise ValueError(f"expected a number of seconds, minutes or hours, got {shown(text)}{hint}")
    return whole(parts[0], least=1) * units[unit]


def limit_words(seconds: int) -> str:
    """What :func:`time_limit` reads, in the largest unit that fits.

    >>> limit_words(3600), limit_words(600), limit_words(90), limit_words(1)
    ('1 hour', '10 minutes', '90 seconds', '1 second')
    """
    units = {"hour": 3600, "minute": 60, "second": 1}
    unit = next(unit for unit, size in units.items() if not seconds % size)
    number = seconds // units[unit]
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def reported_number(text: str) -> Number:
    """A number as printed, perhaps with a spread: ``1.60``, ``795000``, ``95.82 ± 1.49``, ``70 +- 2``.

    >>> reported_number("1.60").half_width
    0.005
    >>> reported_number("95.82 +- 1.49").spread
    1.49
    """
    parts = [part.strip() for part in _PLUS_MINUS.split(text)]
    if len(parts) > 2:
        raise ValueError(f"expected a number such as 95.82 ± 1.49, got {shown(text)}")
    value = _decimal(parts[0], "a number")
    spread = number(parts[1], least=0) if len(parts) == 2 else None
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    half = Decimal(5).scaleb(exponent - 1)
    return Number(text=str(text), value=number(parts[0]), half_width=float(half), spread=spread)
