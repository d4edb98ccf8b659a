"""When a part is due and when it came, in words."""

from datetime import UTC, datetime, timedelta

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def moment(when: datetime) -> str:
    """A moment in its own zone, with the zone's name.

    >>> from zoneinfo import ZoneInfo
    >>> moment(datetime(2026, 12, 4, 23, 59, tzinfo=ZoneInfo("America/New_York")))
    'Fri 4 Dec 2026, 11:59 PM EST'
    """
    clock = f"{when.hour % 12 or 12}:{when:%M} {'AM' if when.hour < 12 else 'PM'}"
    return f"{when:%a} {when.day} {when:%b %Y}, {clock} {when.tzname()}".rstrip()


def lateness(due: datetime, submitted: datetime) -> timedelta:
    """How long after it was due something came; zero where it came in time. Both are compared as moments, not clocks.

    >>> from zoneinfo import ZoneInfo
    >>> lateness(datetime(2026, 12, 4, 23, 59, tzinfo=ZoneInfo("America/New_York")),
    ...          datetime(2026, 12, 5, 4, 30, tzinfo=UTC))
    datetime.timedelta(0)
    """
    return max(timedelta(0), submitted.astimezone(UTC) - due.astimezone(UTC))


def until(due: datetime, now: datetime) -> str:
    """How long there is still, or how long ago it was.

    >>> until(datetime(2026, 12, 4, 12, tzinfo=UTC), datetime(2026, 12, 1, 12, tzinfo=UTC))
    'in 3 days'
    >>> until(datetime(2026, 12, 4, 12, tzinfo=UTC), datetime(2026, 12, 4, 13, 30, tzinfo=UTC))
    '1 hour ago'
    """
    left = due.astimezone(UTC) - now.astimezone(UTC)
    return f"in {span(left)}" if left > timedelta(0) else f"{span(-left)} ago"


def span(length: timedelta) -> str:
    """A length of time in its largest unit, rounded down.

    >>> span(timedelta(days=2, hours=5)), span(timedelta(minutes=61)), span(timedelta(seconds=5))
    ('2 days', '1 hour', '0 minutes')
    """
    for unit, name in ((_DAY, "day"), (_HOUR, "hour"), (_MINUTE, "minute")):
        count = length // unit
        if count or unit is _MINUTE:
            return f"{count} {name}" if count == 1 else f"{count} {name}s"
    raise AssertionError
