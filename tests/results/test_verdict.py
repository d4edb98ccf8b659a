"""The verdict against its worked example and a second implementation."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repro.results.inputs import Inputs
from repro.results.row import Verdict
from repro.results.verdict import VerdictReason, judge


def test_the_worked_example_to_1e_6(made) -> None:
    """r = 92.0, n = 300, same items, k = 5, m = 90.5, s = 1.0, k0 = 1, delta = 2. Digits from scipy.stats by hand."""
    judged = judge(
        Inputs(
            value=92.0, half_width=0.05, margin=2.0, values=made.spread_to(90.5, 1.0, 5), items=300, runs=1,
            same_test_items=True,
        )
    )  # fmt: skip
    assert judged.estimate is not None
    assert judged.estimate.se == pytest.approx(math.sqrt(1 / 5 + 1 + 0.05**2 / 3), abs=1e-9)
    assert judged.estimate.se == pytest.approx(1.0958254, abs=1e-6)
    assert judged.estimate.df == pytest.approx(4.0055575, abs=1e-6)
    assert judged.d == pytest.approx(-1.5, abs=1e-9)
    assert judged.ci90 == pytest.approx((-3.8352009, 0.8352009), abs=1e-6)
    assert judged.pi95 == pytest.approx((87.4591650, 93.5408350), abs=1e-6)
    assert judged.verdict is Verdict.INCONCLUSIVE
    assert judged.because is VerdictReason.CONSISTENT
    assert judged.consistent is True


@pytest.mark.parametrize(("whole", "scale"), [(100.0, "percent"), (1.0, "fraction")])
def test_the_noise_of_other_items_in_both_units(whole, scale, made) -> None:
    """r = 68 %, n0 = n1 = 1000, other items: tau = 2.09 points."""
    values = made.spread_to(0.68 * whole, 0.01 * whole, 5)
    judged = judge(
        Inputs(
            value=0.68 * whole, half_width=0.005 * whole, margin=0.02 * whole, values=values, items=1000, scale=scale
        )
    )
    assert judged.tau == pytest.approx(0.0208740 * whole, rel=1e-5)
    assert round(judged.tau / whole * 100, 2) == 2.09
    assert judged.verdict is Verdict.UNDECIDABLE
    assert judged.rules == "items"


CASES = st.fixed_dictionaries(
    {
        "k": st.integers(2, 20),
        "gap": st.floats(-12, 12),
        "sd": st.floats(0.0, 6.0),
        "centre": st.floats(15, 85),
        "delta": st.floats(0.05, 8),
        "h": st.sampled_from([0.0005, 0.05, 0.5]),
        "k0": st.sampled_from([None, 1, 2, 5, 30]),
        "s0": st.one_of(st.none(), st.floats(0.01, 5)),
        "same": st.booleans(),
        "n1": st.integers(20, 20_000),
        "n0": st.one_of(st.none(), st.integers(20, 20_000)),
        "more": st.booleans(),
        "scale": st.sampled_from(["percent", "fraction", "unbounded"]),
        "design": st.sampled_from([1.0, 3.5]),
        "failed": st.integers(0, 2),
        "seed": st.integers(0, 10_000),
    }
)


@settings(max_examples=400, deadline=None)
@given(case=CASES)
def test_the_oracle_agrees(case, oracle) -> None:
    whole = 1.0 if case["scale"] == "fraction" else 100.0
    unit = whole / 100
    proportion = case["scale"] != "unbounded"
    same = case["same"] or not proportion
    draws = np.random.default_rng(case["seed"]).normal(0, case["sd"], case["k"]) if case["sd"] > 1e-3 else 0.0
    values = tuple(float(v) * unit for v in case["centre"] + np.zeros(case["k"]) + draws)
    value = min(99.0, max(1.0, case["centre"] + case["gap"])) * unit
    s0 = None if case["s0"] is None else case["s0"] * unit
    expected = oracle.oracle(
        r=value, h=case["h"] * unit, delta=case["delta"] * unit, x=values, n1=case["n1"], n0=case["n0"], same=same,
        k0=case["k0"], s0=s0, more=case["more"], whole=whole, proportion=proportion, design=case["design"],
        failed=case["failed"],
    )  # fmt: skip
    judged = judge(
        Inputs(
            value=value, half_width=case["h"] * unit, margin=case["delta"] * unit, values=values, items=case["n1"],
            items_reported=case["n0"], same_test_items=same, runs=case["k0"], spread=s0, spread_kind="sd",
            direction="max" if case["more"] else "min", scale=case["scale"], proportion=proportion,
            design_effect=case["design"], failed_seeds=tuple(range(100, 100 + case["failed"])),
        )
    )  # fmt: skip
    assert judged.estimate is not None
    assert judged.verdict == expected["verdict"]
    assert judged.estimate.se == pytest.approx(expected["se"], rel=1e-9)
    assert judged.estimate.df == pytest.approx(expected["df"], rel=1e-7)
    assert judged.d == pytest.approx(expected["d"], rel=1e-9, abs=1e-9)
    assert judged.ci90 == pytest.approx(expected["ci90"], rel=1e-6, abs=1e-8)
    assert judged.pi95 == pytest.approx(expected["pi95"], rel=1e-6, abs=1e-8)
    assert judged.tau == pytest.approx(expected["tau"], rel=1e-9, abs=1e-12)
    assert judged.estimate.f == pytest.approx(expected["f"], rel=1e-9)
    assert judged.estimate.f_lo == pytest.approx(expected["f_lo"], rel=1e-9)
    assert judged.consistent == expected["inside"]


@settings(max_examples=60, deadline=None)
@given(gap=st.floats(-6, 6), sd=st.floats(0.05, 2), delta=st.floats(0.2, 6), k0=st.sampled_from([1, 3, 20]))
def test_runs_needed_is_the_least_k_that_settles_it(gap, sd, delta, k0, made) -> None:
    def at(k):
        values = made.spread_to(50.0, sd, k)
        inputs = Inputs(value=50.0 + gap, half_width=0.05, margin=delta, values=values, items=10_000, runs=k0,
                        same_test_items=True)  # fmt: skip
        return judge(inputs)

    needed = at(5).needed
    settled = {Verdict.REPRODUCED, Verdict.EXCEEDS, Verdict.NOT_REPRODUCED}
    tried = [k for k in (*range(2, 60), 100, 300, 1000) if at(k).verdict in settled]
    if needed is None:
        assert not tried
    else:
        assert at(needed).verdict in settled
        assert not [k for k in tried if k < needed]


def test_verdicts_at_half_and_twice_the_margin(made) -> None:
    judged = judge(
        Inputs(value=90.0, half_width=0.05, margin=1.0, values=made.spread_to(90.3, 0.2, 10), items=10_000, runs=10,
               same_test_items=True)
    )  # fmt: skip
    assert judged.verdict is Verdict.REPRODUCED
    assert judged.verdict_half_margin is Verdict.REPRODUCED
    far = judge(
        Inputs(value=92.0, half_width=0.05, margin=1.5, values=made.spread_to(90.0, 0.2, 10), items=10_000, runs=10,
               same_test_items=True, margin_default=0.4)
    )  # fmt: skip
    assert far.verdict is Verdict.NOT_REPRODUCED
    assert far.verdict_twice_margin is Verdict.REPRODUCED
    assert far.verdict_half_margin is Verdict.NOT_REPRODUCED
    assert far.verdict_default is Verdict.NOT_REPRODUCED
