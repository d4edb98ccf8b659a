"""Every corner case that the rule names, each by itself."""

import math

import pytest

from repro.results.inputs import Inputs
from repro.results.row import Verdict
from repro.results.sentences import sentence
from repro.results.verdict import VerdictReason, judge

NAN = float("nan")


def ask(values, **changes):
    fields = {
        "value": 90.0, "half_width": 0.05, "margin": 2.0, "items": 1000, "same_test_items": True, "runs": 1,
    }  # fmt: skip
    return judge(Inputs(values=tuple(values), **{**fields, **changes}))


def test_no_run_at_all() -> None:
    judged = ask([])
    assert (judged.verdict, judged.because) == (Verdict.INCONCLUSIVE, VerdictReason.NO_RUN)
    assert judged.mean is None
    assert sentence(judged, "percent") == "not run yet"


def test_one_run_has_no_interval() -> None:
    judged = ask([90.0])
    assert (judged.verdict, judged.because) == (Verdict.INCONCLUSIVE, VerdictReason.ONE_RUN)
    assert (judged.ci90, judged.ci95, judged.pi95, judged.sd, judged.needed) == (None, None, None, None, None)
    assert judged.d == 0.0
    assert "only one run finished" in sentence(judged, "percent")


def test_two_runs_can_say_no_but_not_yes() -> None:
    yes = ask([90.0, 90.01], runs=30)
    assert (yes.verdict, yes.because) == (Verdict.INCONCLUSIVE, VerdictReason.TOO_FEW_LEFT)
    assert yes.ci90 is not None
    assert yes.needed == 3
    assert ask([50.0, 50.1], runs=30).verdict is Verdict.NOT_REPRODUCED


def test_all_seeds_equal_and_not_wired_is_warned_of() -> None:
    judged = ask([90.0] * 5)
    assert judged.warnings == ("all seeds give exactly the same result: nothing was drawn, or the seed is not wired",)
    assert judged.sd == 0.0
    assert judged.estimate is not None
    assert judged.estimate.s == pytest.approx(100 / (math.sqrt(12) * 1000))  # the floor of a proportion of 1000 items


def test_all_seeds_equal_in_an_unbounded_metric_have_no_floor() -> None:
    judged = ask([90.0] * 5, scale="unbounded", proportion=False)
    assert judged.estimate is not None
    assert judged.estimate.s == 0.0
    assert judged.estimate.df == math.inf
    assert judged.verdict is Verdict.REPRODUCED
    assert judged.warnings


def test_all_seeds_equal_though_wired_is_said_otherwise() -> None:
    judged = ask([90.0] * 5, wired=True)
    assert judged.warnings == ("all seeds give the same score, though their runs differ",)


def test_a_deterministic_experiment_needs_one_run() -> None:
    judged = ask([90.5], deterministic=True)
    assert judged.verdict is Verdict.REPRODUCED
    assert judged.warnings == ()
    assert judged.estimate is not None
    assert judged.estimate.s == 0.0
    half = 1.6448536269514722 * 0.05 / math.sqrt(3)  # z, and nothing but rounding
    assert judged.ci90 == pytest.approx((0.5 - half, 0.5 + half))
    assert "no random part" in sentence(judged, "percent")


def test_a_deterministic_experiment_with_other_items_keeps_their_noise() -> None:
    judged = ask([90.5], deterministic=True, same_test_items=False)
    assert judged.tau == pytest.approx(1.3212, abs=1e-4)
    assert judged.verdict is Verdict.UNDECIDABLE


def test_said_to_be_deterministic_but_it_is_not() -> None:
    judged = ask([90.0, 90.6, 90.2], deterministic=True)
    assert judged.warnings == ("said to have no random part, but its runs differ",)
    assert judged.estimate is not None
    assert judged.estimate.s > 0


def test_a_nan_seed_is_a_failed_seed() -> None:
    judged = ask([90.0, NAN, 90.4, 89.8], seeds=(0, 1, 2, 3), runs=30)
    assert judged.failed_seeds == (1,)
    assert judged.k == 3
    assert judged.mean == pytest.approx(90.0666667)
    assert judged.verdict is Verdict.REPRODUCED


def test_two_failed_seeds_take_a_yes_back() -> None:
    clean = ask([90.0, 90.1, 90.2, 89.9], runs=30)
    judged = ask([90.0, 90.1, 90.2, 89.9, math.inf], seeds=(0, 1, 2, 3, 4), failed_seeds=(7,), runs=30)
    assert clean.verdict is Verdict.REPRODUCED
    assert judged.failed_seeds == (4, 7)
    assert (judged.verdict, judged.because) == (Verdict.INCONCLUSIVE, VerdictReason.TOO_MANY_FAILED)
    assert "seeds 4 and 7 failed" in sentence(judged, "percent")


def test_failed_seeds_do_not_take_a_no_back() -> None:
    assert ask([80.0, 80.1, 80.2], failed_seeds=(7, 8), runs=30).verdict is Verdict.NOT_REPRODUCED


def test_all_seeds_failed() -> None:
    judged = ask([], failed_seeds=(0, 1))
    assert judged.because is VerdictReason.NO_RUN
    assert sentence(judged, "percent") == "can't tell: no run finished (seeds 0 and 1 failed)"


@pytest.mark.parametrize("end", [0.0, 100.0])
def test_a_number_at_the_end_of_the_scale(end) -> None:
    judged = ask([end] * 3, value=end, margin=0.5, same_test_items=False)
    assert judged.tau is not None
    assert 0 < judged.tau < 0.3  # (correct + 2) / (n + 4) keeps some noise where p (1 - p) has none
    assert judged.verdict in set(Verdict)


def test_less_is_better_turns_everything_round() -> None:
    worse = ask([12.0, 12.1, 12.2], value=9.0, direction="min", runs=30)
    better = ask([6.0, 6.1, 6.2], value=9.0, direction="min", runs=30)
    assert (worse.verdict, better.verdict) == (Verdict.NOT_REPRODUCED, Verdict.EXCEEDS)
    assert worse.d == pytest.approx(-3.1)
    assert worse.pi95 is not None
    assert worse.pi95[0] < 12.1 < worse.pi95[1]  # PI95 stays in the paper's own direction
    assert "worse than the paper" in sentence(worse, "percent")


def test_an_unbounded_metric() -> None:
    judged = ask([251.0, 252.0, 250.5, 251.5], value=250.0, half_width=0.5, margin=12.5, scale="unbounded",
                 proportion=False)  # fmt: skip
    assert judged.verdict is Verdict.REPRODUCED


def test_an_unbounded_metric_on_other_items_needs_a_bootstrap() -> None:
    without = ask([251.0, 252.0, 250.5], value=250.0, margin=12.5, scale="unbounded", proportion=False,
                  same_test_items=False)  # fmt: skip
    assert (without.verdict, without.because) == (Verdict.INCONCLUSIVE, VerdictReason.ITEMS_UNKNOWN)
    assert without.ci90 is None
    given = ask([251.0, 252.0, 250.5], value=250.0, margin=12.5, scale="unbounded", proportion=False,
                same_test_items=False, item_sd=2.0, items_reported=500)  # fmt: skip
    assert given.tau == pytest.approx(2.0 * math.sqrt(1 + 1000 / 500))
    assert given.because is not VerdictReason.ITEMS_UNKNOWN


@pytest.mark.parametrize("value", [92.3, -1.2])
def test_percent_under_the_unit_fraction_is_refused(value) -> None:
    judged = ask([0.92, 0.93, 0.92], value=value, scale="fraction", margin=0.02)
    assert judged.verdict is Verdict.INVALID
    assert "is no fraction" in sentence(judged, "fraction")


def test_no_percentage_of_a_whole_is_refused() -> None:
    assert ask([92.0, 93.0, 92.0], value=923.0).verdict is Verdict.INVALID


def test_a_spread_of_unknown_kind_gives_the_weakest_verdict() -> None:
    """Read as an sd the 20 runs settle it; read as a standard error they do not."""
    values = [90.2, 90.3, 90.1, 90.4, 90.2]
    by_kind = {k: ask(values, runs=20, spread=1.0, spread_kind=k, margin=1.7).verdict for k in ("sd", "se", "ci95")}
    assert by_kind == {
        "sd": Verdict.REPRODUCED, "se": Verdict.INCONCLUSIVE, "ci95": Verdict.REPRODUCED,
    }  # fmt: skip
    unknown = ask(values, runs=20, spread=1.0, spread_kind="unknown", margin=1.7)
    assert (unknown.verdict, unknown.reading) == (Verdict.INCONCLUSIVE, "se")


def test_inconclusive_is_weaker_than_undecidable_and_that_weaker_than_a_no() -> None:
    readings = {
        k: ask([87.0, 87.1, 86.9], runs=4, spread=0.5, spread_kind=k, margin=0.45) for k in ("sd", "se", "ci95")
    }
    unknown = ask([87.0, 87.1, 86.9], runs=4, spread=0.5, spread_kind="unknown", margin=0.45)
    rank = [Verdict.INCONCLUSIVE, Verdict.UNDECIDABLE, Verdict.NOT_REPRODUCED]
    assert unknown.verdict is min((r.verdict for r in readings.values()), key=rank.index)


def test_a_paper_sd_behind_one_run_or_an_unstated_number_is_taken_as_known() -> None:
    for runs in (1, None):
        judged = ask([90.2, 90.3, 90.1, 90.4], runs=runs, spread=0.8)
        e = judged.estimate
        assert e is not None
        assert e.f == pytest.approx(math.sqrt(0.8**2 + 0.05**2 / 3))
        ours = e.s**2 / 4
        assert e.df == pytest.approx(e.se**4 / (ours**2 / 3))  # the paper's term has left df
    known = ask([90.2, 90.3, 90.1, 90.4], runs=5, spread=0.8).estimate
    assert known is not None
    assert known.df == pytest.approx(known.se**4 / ((known.s**2 / 4) ** 2 / 3 + (0.8**2 / 5) ** 2 / 4))


def test_a_standard_error_means_the_same_however_many_runs_stand_behind_it() -> None:
    for runs in (None, 5, 50):
        e = ask([90.2, 90.3, 90.1], runs=runs, spread=0.4, spread_kind="se").estimate
        assert e is not None
        assert e.v_paper == pytest.approx(0.4**2)


def test_a_95_percent_interval_is_turned_back_into_an_sd() -> None:
    e = ask([90.2, 90.3, 90.1], runs=5, spread=0.4, spread_kind="ci95").estimate
    assert e is not None
    assert e.s0 == pytest.approx(0.4 * math.sqrt(5) / 2.7764451)
    alone = ask([90.2, 90.3, 90.1], runs=None, spread=0.4, spread_kind="ci95").estimate
    assert alone is not None
    assert alone.s0 == pytest.approx(0.4 / 1.9599640)


def test_a_spread_over_folds_never_enters() -> None:
    plain = ask([90.2, 90.3, 90.1])
    folds = ask([90.2, 90.3, 90.1], spread=9.0, spread_over="folds")
    assert folds.ci90 == plain.ci90


def test_repeated_random_splits_add_the_test_over_train_share() -> None:
    plain = ask([90.2, 90.8, 89.9, 90.4]).estimate
    drawn = ask([90.2, 90.8, 89.9, 90.4], split_ratio=0.25).estimate
    assert plain is not None
    assert drawn is not None
    assert drawn.se**2 - plain.se**2 == pytest.approx(drawn.s**2 * 0.25)


def test_partial_comes_before_everything_but_invalid() -> None:
    partial = ask([90.0, 90.1, 90.2], runs=30, partial=("rung smoke",))
    assert partial.verdict is Verdict.PARTIAL
    assert partial.ci90 is not None
    assert (partial.verdict_half_margin, partial.verdict_default) == (Verdict.PARTIAL, Verdict.PARTIAL)
    assert "rung smoke" in sentence(partial, "percent")
    invalid = ask([90.0, 90.1], partial=("rung smoke",), invalid=("leakage gate failed: x",))
    assert invalid.verdict is Verdict.INVALID
    assert "leakage gate failed: x" in sentence(invalid, "percent")
    assert ask([90.0], partial=("rung smoke",)).verdict is Verdict.PARTIAL


def test_the_best_of_m_loses_its_luck_before_it_is_compared() -> None:
    values = [89.0, 90.0, 91.0]  # sd 1
    plain = ask(values, value=91.16)
    fair = ask(values, value=91.16, best_of=5, runs=1)
    assert plain.d == pytest.approx(-1.16)
    assert fair.d == pytest.approx(0.0, abs=1e-9)
    lower = ask([9.0, 10.0, 11.0], value=8.84, best_of=5, direction="min")
    assert lower.d == pytest.approx(0.0, abs=1e-9)


def test_the_best_of_m_is_the_result_of_one_run() -> None:
    assert ask([89.0, 90.0, 91.0], best_of=10, runs=10).inputs.k0 == 1


def test_a_wide_margin_keeps_the_verdict_at_the_default_beside_it() -> None:
    judged = ask([88.9, 89.0, 89.1, 89.0], margin=3.0, margin_default=0.5, runs=30)
    assert judged.verdict is Verdict.REPRODUCED
    assert judged.verdict_default is Verdict.NOT_REPRODUCED


def test_undecidable_says_which_term_rules() -> None:
    seeds = ask([89.0, 91.0, 90.0, 88.0, 92.0], margin=0.5)
    assert (seeds.verdict, seeds.rules) == (Verdict.UNDECIDABLE, "seeds")
    assert "the paper ran once, and runs differ by 1.6 points" in sentence(seeds, "percent")
    rounding = ask([90.0, 90.1, 90.2], half_width=5.0, margin=2.0)
    assert (rounding.verdict, rounding.rules) == (Verdict.UNDECIDABLE, "rounding")
    items = ask([90.0, 90.1, 90.2], margin=0.5, items=100, same_test_items=False)
    assert (items.verdict, items.rules) == (Verdict.UNDECIDABLE, "items")


def test_inconclusive_says_whether_the_paper_fits() -> None:
    consistent = ask([89.0, 91.0, 90.0])
    assert consistent.because is VerdictReason.CONSISTENT
    conflict = ask([87.7, 87.72, 87.68], runs=30, margin=2.26)
    assert conflict.because is VerdictReason.CONFLICT
    assert conflict.consistent is False
    assert "hardly chance" in sentence(conflict, "percent")


def test_every_reason_has_its_own_sentence() -> None:
    from repro.results.sentences import SENTENCES

    assert set(SENTENCES) == set(VerdictReason)
    assert len(set(SENTENCES.values())) == len(SENTENCES)


def test_inputs_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="2 values but 1 seeds"):
        Inputs(value=1, half_width=0, margin=1, values=(1, 2), seeds=(0,))
    with pytest.raises(ValueError, match="cannot be negative"):
        Inputs(value=1, half_width=0, margin=-1, values=())
    with pytest.raises(ValueError, match="at least one run"):
        Inputs(value=1, half_width=0, margin=1, values=(), runs=0)
