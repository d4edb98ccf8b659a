"""When a part is due, how late it came: compared as moments, over changes of the clocks too."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repro.publish.assignments.due import lateness, moment, span, until
from repro.publish.assignments.read_course import load_course

EASTERN = ZoneInfo("America/New_York")
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.timezones())


def due(tmp_path: Path, day: str, **more: str) -> datetime:
    """The date of 10a in a course of New York."""
    lines = [f"{word}: {value}" for word, value in {"zone": "America/New_York", **more}.items()]
    (tmp_path / "course.yaml").write_text("\n".join([*lines, f"dates: {{10a: {day}}}"]))
    found = load_course(tmp_path / "course.yaml").assignments["10a"].parts[0].due
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("day", "moment_utc"),
    [
        ("2026-03-07", "2026-03-08T04:59"),  # the night before clocks go forward: EST, five hours
        ("2026-03-08", "2026-03-09T03:59"),  # that evening: EDT, four
        ("2026-10-31", "2026-11-01T03:59"),  # the night before they go back
        ("2026-11-01", "2026-11-02T04:59"),
        ("2026-12-04", "2026-12-05T04:59"),
    ],
)
def test_a_day_ends_by_the_clock_on_the_wall(day: str, moment_utc: str, tmp_path: Path) -> None:
    assert due(tmp_path, day).astimezone(UTC) == datetime.fromisoformat(f"{moment_utc}+00:00")


def test_an_hour_that_is_there_twice_is_the_first_and_one_that_is_left_out_is_a_moment(tmp_path: Path) -> None:
    assert due(tmp_path, "2026-11-01 01:30").astimezone(UTC) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert due(tmp_path, "2026-03-08 02:30").astimezone(UTC) == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("submitted", "minutes"),
    [("23:58", 0), ("23:59", 0), ("23:59:01", 1 / 60), ("2026-12-05 00:00", 1), ("2026-12-05T05:59+01:00", 0),
     ("2026-12-05T06:00+01:00", 1), ("2026-12-04T23:59-04:00", 0), ("2026-12-06 23:59", 2 * 24 * 60)],
)  # fmt: skip
def test_late_is_late_at_the_minute(submitted: str, minutes: float, tmp_path: Path) -> None:
    text = submitted if submitted.startswith("2026") else f"2026-12-04 {submitted}"
    (tmp_path / "course.yaml").write_text(
        f"zone: America/New_York\ndates: {{10a: 2026-12-04}}\nroster: {{ada: {{submitted: {{10a: {text}}}}}}}\n"
    )
    course = load_course(tmp_path / "course.yaml")
    part = course.assignments["10a"].parts[0]
    assert part.due is not None
    late = lateness(part.due, course.roster["ada"].submitted["10a", 1])
    assert late == timedelta(minutes=minutes)


def test_hours_between_are_real_ones_where_the_clocks_change(tmp_path: Path) -> None:
    """From 23:59 on Saturday to 23:59 on Sunday are 23 hours in March and 25 in November."""
    for day, next_day, hours in (("2026-03-07", 8, 23), ("2026-10-31", 1, 25)):
        at = due(tmp_path, day)
        month = at.month if hours == 23 else 11
        assert lateness(at, datetime(2026, month, next_day, 23, 59, tzinfo=EASTERN)) == timedelta(hours=hours)


@given(MOMENTS, MOMENTS)
def test_lateness_is_never_below_zero_and_is_the_difference_of_moments(one: datetime, other: datetime) -> None:
    late = lateness(one, other)
    assert late >= timedelta(0)
    assert late == max(timedelta(0), other.astimezone(UTC) - one.astimezone(UTC))
    assert (late == timedelta(0)) or (lateness(other, one) == timedelta(0))


@given(MOMENTS, st.timezones(), st.timezones(), st.integers(-10_000, 10_000))
def test_the_zone_in_which_a_moment_is_written_changes_nothing(
    at: datetime, one: ZoneInfo, other: ZoneInfo, minutes: int
) -> None:
    came = at.astimezone(UTC) + timedelta(minutes=minutes)
    assert lateness(at.astimezone(one), came.astimezone(other)) == lateness(at, came)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 12, 4, 23, 59, tzinfo=EASTERN), "Fri 4 Dec 2026, 11:59 PM EST"),
        (datetime(2026, 7, 4, 0, 5, tzinfo=EASTERN), "Sat 4 Jul 2026, 12:05 AM EDT"),
        (datetime(2026, 7, 4, 12, 0, tzinfo=EASTERN), "Sat 4 Jul 2026, 12:00 PM EDT"),
        (datetime(2026, 7, 4, 12, 0, tzinfo=UTC), "Sat 4 Jul 2026, 12:00 PM UTC"),
    ],
)
def test_a_moment_in_words(at: datetime, said: str) -> None:
    assert moment(at) == said


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "0 minutes"), (1, "1 minute"), (59, "59 minutes"), (60, "1 hour"), (119, "1 hour"), (120, "2 hours"),
     (24 * 60 - 1, "23 hours"), (24 * 60, "1 day"), (3 * 24 * 60, "3 days")],
)  # fmt: skip
def test_a_span(minutes: int, said: str) -> None:
    assert span(timedelta(minutes=minutes)) == said


def test_until_says_before_and_after_over_a_change_of_clocks() -> None:
    before = datetime(2026, 10, 31, 23, 59, tzinfo=EASTERN)
    after = datetime(2026, 11, 1, 23, 59, tzinfo=EASTERN)
    assert until(after, before) == "in 1 day"
    assert until(before, after) == "1 day ago"
    assert until(datetime(2026, 11, 1, 22, 58, tzinfo=EASTERN), before) == "in 23 hours"  # 23 h 59 min: one came twice
