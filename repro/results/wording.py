"""How numbers and small lists are put into words and tables, the same everywhere."""

from collections.abc import Sequence
from math import floor, isfinite, log10

POINTS = "percent"
MINUS = "−"


def amount(value: float, unit: str) -> str:
    """A distance in words: ``1.6 points`` for percent, ``0.016`` for a fraction, ``3 BPM`` for anything else.

    >>> amount(1.6, "percent"), amount(1.0, "percent"), amount(0.016, "fraction"), amount(3, "BPM")
    ('1.6 points', '1 point', '0.016', '3 BPM')
    """
    number = short(value)
    if unit == POINTS:
        return f"{number} point" if number == "1" else f"{number} points"
    return number if unit in ("", "fraction", "count") else f"{number} {unit}"


def short(value: float) -> str:
    """A number with two significant digits, three from 10 on; never in e-notation.

    >>> short(1.649), short(0.0213), short(12.34), short(1234.5), short(2.0)
    ('1.6', '0.021', '12.3', '1234', '2')
    """
    if not isfinite(value) or value == 0:
        return "0" if value == 0 else str(value)
    text = fixed(value, 1 if 10 <= abs(value) < 100 else decimals(value))
    return text.rstrip("0").rstrip(".") if "." in text else text


def decimals(scale: float, digits: int = 2) -> int:
    """How many decimals show ``digits`` significant digits of a number of this size; 0 to 8.

    >>> decimals(0.42), decimals(3.1), decimals(120.0)
    (2, 1, 0)
    """
    if not isfinite(scale) or scale == 0:
        return 0
    return max(0, min(8, digits - 1 - floor(log10(abs(scale)))))


def fixed(value: float, places: int, *, sign: bool = False) -> str:
    """A number with so many decimals; no ``-0.0``; with ``sign`` a plus or a true minus in front.

    >>> fixed(-0.04, 1), fixed(1.25, 1, sign=True), fixed(-3.0, 1, sign=True)
    ('0.0', '+1.2', '−3.0')
    """
    text = f"{value:.{places}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    elif sign and value > 0:
        text = f"+{text}"
    return text.replace("-", MINUS)


def grouped(value: float) -> str:
    """A whole number with thin groups of three: ``60,000``; other numbers as :func:`short`.

    >>> grouped(60000.0), grouped(12.5)
    ('60,000', '12.5')
    """
    return f"{int(value):,}".replace("-", MINUS) if float(value).is_integer() else short(value)


def listed(names: Sequence[object]) -> str:
    """A list in words.

    >>> listed([1]), listed([1, 2]), listed([1, 2, 3])
    ('1', '1 and 2', '1, 2 and 3')
    """
    words = [str(n) for n in names]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def several(number: int, word: str) -> str:
    """A count with its word.

    >>> several(1, "run"), several(3, "run")
    ('1 run', '3 runs')
    """
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def duration(seconds: float, places: int = 1) -> str:
    """Seconds as people say them: with so many decimals below ten, one fewer below a minute.

    >>> duration(0.42), duration(42), duration(59.9), duration(400), duration(4000)
    ('0.4 s', '42 s', '1 min 0 s', '6 min 40 s', '1 h 7 min')
    >>> duration(0.4198, 2), duration(42.31, 2), duration(59.99, 2)
    ('0.42 s', '42.3 s', '1 min 0 s')
    """
    if round(seconds, places) < 10:
        return f"{seconds:.{places}f} s"
    if round(seconds, places - 1) < 60:
        return f"{seconds:.{places - 1}f} s"
    if round(seconds) < 3600:
        return f"{round(seconds) // 60} min {round(seconds) % 60} s"
    return f"{round(seconds / 60) // 60} h {round(seconds / 60) % 60} min"
