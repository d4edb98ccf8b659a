import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from repro.results import quantiles
from repro.results.best_of import PRINTED, best_of
from repro.results.margin import default_margin, margin


@settings(deadline=None)
@given(df=st.floats(1, 500), p=st.floats(0.001, 0.999))
def test_t_is_what_scipy_stats_gives(df, p) -> None:
    assert quantiles.t(df, p) == pytest.approx(stats.t.ppf(p, df), rel=1e-9, abs=1e-12)
    assert quantiles.t_below(df, 1.3) == pytest.approx(stats.t.cdf(1.3, df), rel=1e-9)


@settings(deadline=None)
@given(df=st.integers(1, 300), p=st.floats(0.01, 0.99))
def test_chi2_is_what_scipy_stats_gives(df, p) -> None:
    assert quantiles.chi2(df, p) == pytest.approx(stats.chi2.ppf(p, df), rel=1e-9)


def test_infinite_degrees_of_freedom_are_the_normal() -> None:
    assert quantiles.t(math.inf, 0.975) == pytest.approx(stats.norm.ppf(0.975), rel=1e-12)
    assert quantiles.t_below(math.inf, -1.0) == pytest.approx(stats.norm.cdf(-1.0), rel=1e-12)


@pytest.mark.parametrize(("m", "expected"), [(3, 0.85), (5, 1.16), (10, 1.54), (20, 1.87), (1, 0.0)])
def test_best_of_m_is_the_printed_number(m, expected) -> None:
    assert best_of(m) == expected


def test_best_of_other_m_lies_where_the_integral_puts_it() -> None:
    assert best_of(2) == pytest.approx(1 / math.sqrt(math.pi), abs=1e-6)  # known in closed form
    assert best_of(4) == pytest.approx(1.0293753730, abs=1e-6)  # tables of normal order statistics
    assert best_of(100) == pytest.approx(2.5075936, abs=1e-5)
    between = [best_of(m) for m in range(1, 25)]
    assert between == sorted(between)
    assert set(PRINTED) <= set(range(1, 25))


@pytest.mark.parametrize(
    ("value", "half", "baseline", "scale", "expected", "rule"),
    [
        (94.0, 0.5, 32.0, "percent", 1.2, "end of the scale"),
        (68.0, 0.5, 32.0, "percent", 2.0, "2 points"),
        (68.0, 0.5, 66.0, "percent", 1.0, "half the paper's distance"),
        (68.0, 0.5, 68.0, "percent", 2.0, "2 points"),  # equal to the baseline: left out
        (68.0, 0.5, None, "percent", 2.0, "2 points"),  # the baseline's own row, or none
        (0.95, 0.005, 12.0, "percent", 0.19, "end of the scale"),
        (0.8, 0.05, 0.95, "percent", 0.075, "half the paper's distance"),
        (100.0, 0.5, None, "percent", 0.5, "rounding"),
        (0.0, 0.05, None, "percent", 0.05, "rounding"),
        (0.68, 0.005, 0.32, "fraction", 0.02, "2 points"),
        (0.94, 0.005, 0.32, "fraction", 0.012, "end of the scale"),
        (200.0, 0.5, None, "unbounded", 10.0, "5 %"),
        (-200.0, 0.5, -210.0, "unbounded", 5.0, "half the paper's distance"),
        (0.0, 0.005, None, "unbounded", 0.005, "rounding"),
    ],
)
def test_default_margin(value, half, baseline, scale, expected, rule) -> None:
    found, said = default_margin(value, half, scale=scale, baseline=baseline)
    assert found == pytest.approx(expected)
    assert rule in said


def test_a_declared_margin_is_wide_only_above_the_default() -> None:
    wide = margin(94.0, 0.5, baseline=32.0, declared=2.0)
    assert (wide.value, wide.wide, wide.rule) == (2.0, True, "declared in the spec")
    assert wide.default == pytest.approx(1.2)
    assert not margin(94.0, 0.5, baseline=32.0, declared=1.2).wide
    assert not margin(94.0, 0.5, baseline=32.0, declared=0.4).wide
