"""How long a person says something may take: ``90s``, ``30m``, ``2h``, ``1h30m``."""

import re

_SECONDS = {"h": 3600, "m": 60, "s": 1}
_FORM = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


class DurationError(ValueError):
    """A text that is no duration; the message has the nearest one."""


def read_duration(text: str) -> int:
    """Seconds.

    Raises:
        DurationError: another form, or no time at all.

    >>> read_duration("30m"), read_duration("1h30m"), read_duration("90s")
    (1800, 5400, 90)
    """
    match = _FORM.fullmatch(text)
    seconds = sum(int(n) * unit for n, unit in zip(match.groups("0"), _SECONDS.values(), strict=True)) if match else 0
    if seconds < 1:
        near = nearest(text)
        hint = f"; did you mean {near!r}?" if near else ""
        raise DurationError(f"{text!r} is no duration such as 90s, 30m, 2h or 1h30m{hint}")
    return seconds


def nearest(text: str) -> str:
    """What was meant, as far as it has numbers and units that can be told; nothing where it has none.

    A number without a unit is taken for minutes.

    >>> nearest("30 min"), nearest("1.5 hours"), nearest("90"), nearest("1:30"), nearest("soon")
    ('30m', '1h30m', '1h30m', '1h30m', '')
    """
    clock = re.fullmatch(r"\s*(\d+):(\d\d)\s*", text)
    if clock:
        return shown(int(clock[1]) * 3600 + int(clock[2]) * 60)
    seconds = 0.0
    for number, unit in re.findall(r"(\d+(?:[.,]\d+)?)\s*([a-z]?)", text.lower()):
        seconds += float(number.replace(",", ".")) * _SECONDS.get(unit or "m", 86400 if unit == "d" else 60)
    return shown(round(seconds)) if seconds >= 1 else ""


def shown(seconds: int) -> str:
    """The form that :func:`read_duration` reads.

    >>> shown(5400), shown(59), shown(7200)
    ('1h30m', '59s', '2h')
    """
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    return "".join(f"{n}{unit}" for n, unit in ((hours, "h"), (minutes, "m"), (left, "s")) if n)
