"""Scalars: the field decides the type, not the look of the value."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repro.spec import scalars


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("60000", 60000), ("-3", -3), ("1e6", 1_000_000), ("1E3", 1000), ("1.5e3", 1500), ("+7", 7), ("2e0", 2)],
)
def test_whole_numbers(text, value):
    assert scalars.whole(text) == value


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("4,000", "; write 4000"),
        ("1_000", "; write 1000"),
        ("1'000", "; write 1000"),
        ("010", "; write 10, without leading zeros"),
        ("2.0", "; write 2"),
        ("2.5", "'2.5'$"),
        ("1e-3", "'1e-3'$"),
        ("0x10", "'0x10'$"),
        ("ten", "'ten'$"),
        ("", "''$"),
        ("١٢", "'١٢'$"),
        ("inf", "'inf'$"),
        ("(1, 3)", r"a list is written in brackets: \[1, 3\]"),
        ("5 %", "; write 5, percent is the unit"),
    ],
)
def test_no_whole_numbers(text, hint):
    with pytest.raises(ValueError, match=f"expected a whole number, got .*{hint}"):
        scalars.whole(text)


@pytest.mark.parametrize("text", ["1e400", "1e30", "9223372036854775808", "1e9999"])
def test_too_large_whole_numbers(text):
    with pytest.raises(ValueError, match="is too large"):
        scalars.whole(text)


@pytest.mark.parametrize(
    ("text", "value"), [(".94", 0.94), ("1e-3", 0.001), ("5.", 5.0), ("-0.5", -0.5), ("2", 2.0), ("0", 0.0)]
)
def test_numbers(text, value):
    assert scalars.number(text) == value


@pytest.mark.parametrize("text", ["1e400", "nan", "inf", ".", "1,5", "01.5", "1_0.5", "1e", "--1"])
def test_no_numbers(text):
    with pytest.raises(ValueError, match=r"expected a number|too large"):
        scalars.number(text)


def test_bounds():
    with pytest.raises(ValueError, match="expected at least 1, got 0"):
        scalars.whole("0", least=1)
    with pytest.raises(ValueError, match="expected a number above 0, got 0"):
        scalars.number("0", above=0)


@settings(deadline=None)
@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_every_whole_number_reads_back(value):
    assert scalars.whole(str(value)) == value


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_reads_back(value):
    if abs(value) < 1e-300 and value:
        return
    assert scalars.number(repr(value)) == value


@pytest.mark.parametrize(
    ("text", "half"),
    [
        ("1.60", 0.005),
        ("1.6", 0.05),
        ("12.0", 0.05),
        ("32", 0.5),
        ("795000", 0.5),
        (".94", 0.005),
        ("1e6", 5e5),
        ("1.00", 0.005),
    ],
)
def test_a_printed_number_rounds_at_its_last_digit(text, half):
    number = scalars.reported_number(text)
    assert number.half_width == pytest.approx(half, rel=1e-12)
    assert number.text == text


@pytest.mark.parametrize("text", ["95.82 ± 1.49", "95.82±1.49", "95.82 +- 1.49", "95.82 +/- 1.49"])
def test_a_spread(text):
    number = scalars.reported_number(text)
    assert (number.value, number.spread, number.half_width) == (95.82, 1.49, 0.005)


@pytest.mark.parametrize("text", ["95.82 ±", "± 3", "1 ± 2 ± 3", "1 ± -2", "about 3"])
def test_no_printed_numbers(text):
    with pytest.raises(ValueError, match="expected"):
        scalars.reported_number(text)


@pytest.mark.parametrize(
    ("text", "shown"), [("250 steps", "250 steps"), ("1 epoch", "1 epoch"), ("1e3 steps", "1000 steps")]
)
def test_durations(text, shown):
    assert str(scalars.duration(text)) == shown


@pytest.mark.parametrize("text", ["250", "steps", "0 steps", "250 stpes", "2.5 epochs", "1 2 steps", "-3 epochs"])
def test_no_durations(text):
    with pytest.raises(ValueError, match="expected"):
        scalars.duration(text)


@pytest.mark.parametrize("text", ["cnn", "300", "lenet5-dense-c3", "a_b", "07"])
def test_names(text):
    assert scalars.own_name(text) == text


@pytest.mark.parametrize("text", ["CNN", "my net", "-a", "_a", "a.b", "none", "", "é", "a/b"])
def test_no_names(text):
    with pytest.raises(ValueError, match=r"none|is no name"):
        scalars.own_name(text)


def test_truth_and_words():
    assert scalars.truth("true") is True
    assert scalars.truth("false") is False
    for text, meant in (("yes", "true"), ("No", "false"), ("TRUE", "true"), ("0", "false")):
        with pytest.raises(ValueError, match=f"expected true or false, got '{text}'; write {meant}"):
            scalars.truth(text)
    with pytest.raises(ValueError, match="unknown word 'x'; write a, b or c"):
        scalars.word("x", ["a", "b", "c"])


@pytest.mark.parametrize(
    ("text", "seconds"), [("90 seconds", 90), ("1 second", 1), ("10 minutes", 600), ("2 hours", 7200), ("1 hour", 3600)]
)
def test_time_limits(text, seconds):
    assert scalars.time_limit(text) == seconds
    assert scalars.time_limit(scalars.limit_words(seconds)) == seconds


@pytest.mark.parametrize(
    "text", ["600", "10 min", "2.5 hours", "0 seconds", "-1 hours", "minutes", "1 2 hours", "3 epochs"]
)
def test_no_time_limits(text):
    with pytest.raises(ValueError, match="expected"):
        scalars.time_limit(text)
