"""The verdict: did the number hold up? One pure function of what is known, each rule in the order it is tested.

The rule asks whether our mean is *equivalent* to the reported number within a margin that was fixed before anything
ran (two one-sided tests at 5 %, Schuirmann 1987), with the paper's own noise in the standard error (Welch's degrees of
freedom), because a printed number is one draw too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import inf, sqrt
from typing import Literal

from repro.results import quantiles
from repro.results.estimate import Estimate, Reading, estimates, is_exact, plain_sd
from repro.results.inputs import Inputs
from repro.results.row import Interval, Verdict

Term = Literal["seeds", "items", "rounding", "split"]


class VerdictReason(StrEnum):
    """Why the verdict is what it is; each has its own sentence."""

    INVALID = "invalid"
    PARTIAL = "partial"
    NO_RUN = "no run finished"
    UNDEFINED = "undefined on these items"
    ONE_RUN = "one run"
    ITEMS_UNKNOWN = "noise of other test items unknown"
    REPRODUCED = "reproduced"
    EXCEEDS = "exceeds"
    NOT_REPRODUCED = "not reproduced"
    UNDECIDABLE = "undecidable"
    READING_ERROR = "the reading error rules"
    TOO_MANY_FAILED = "too many failed"
    TOO_FEW_LEFT = "too few left"
    CONSISTENT = "consistent"
    CONFLICT = "in conflict"


@dataclass(frozen=True)
class Judgement:
    """A verdict with all that was reckoned on the way, in the printed unit; ``d`` and its intervals are oriented so
    that a plus means better than reported.

    None stands for what cannot be had: an interval from one run, for example. ``sd`` is that of our values as they
    are, ``estimate.s`` the floored one. ``needed`` is the least number of runs at which the question would be settled
    at the same difference and sd, None for "none at this difference". ``consistent`` says whether the reported number
    lies in ``pi95``. ``rules`` names the largest part of what no run of ours can shrink.
    """

    inputs: Inputs
    verdict: Verdict
    because: VerdictReason
    verdict_default: Verdict
    verdict_half_margin: Verdict
    verdict_twice_margin: Verdict
    failed_seeds: tuple[int, ...]
    k: int
    mean: float | None = None
    sd: float | None = None
    ci95: Interval | None = None
    d: float | None = None
    ci90: Interval | None = None
    ci95_d: Interval | None = None
    pi95: Interval | None = None
    estimate: Estimate | None = None
    consistent: bool | None = None
    needed: int | None = None
    rules: Term | None = None
    reading: Reading | None = None
    warnings: tuple[str, ...] = ()

    @property
    def tau(self) -> float | None:
        """Sd that other test items bring, in the printed unit."""
        return None if self.estimate is None else sqrt(self.estimate.tau2)

    @property
    def p_below(self) -> float | None:
        """One-sided p value against "not worse than the margin allows"; what Holm's footnote corrects."""
        if self.estimate is None:
            return None
        if self.estimate.se == 0:
            return 0.0 if self.estimate.d < -self.inputs.margin else 1.0
        return quantiles.t_below(self.estimate.df, (self.estimate.d + self.inputs.margin) / self.estimate.se)


def judge(inputs: Inputs) -> Judgement:
    """Judge one reported number. See ``Inputs`` for units and ``Judgement`` for what comes back.

    Never raises on odd numbers (no run, one run, NaN, equal values, a unit that cannot be): each has its verdict.
    """
    k = len(inputs.finished)
    tau2 = item_noise(inputs)
    mean = sum(inputs.finished) / k if k else None
    sd = plain_sd(inputs.finished) if k > 1 or (k == 1 and is_exact(inputs)) else None
    invalid = inputs.invalid + ((inputs.unit_mismatch,) if inputs.unit_mismatch else ())
    enough = k >= 2 or is_exact(inputs)
    candidates = estimates(inputs, tau2 or 0.0) if enough else []

    def at(margin: float) -> tuple[Verdict, VerdictReason, Estimate | None]:
        estimate = candidates[0] if candidates else None
        if invalid:
            return Verdict.INVALID, VerdictReason.INVALID, estimate
        if inputs.partial:
            return Verdict.PARTIAL, VerdictReason.PARTIAL, estimate
        if k and inputs.reading_error is not None and inputs.reading_error > margin * (1 + 1e-9):
            return Verdict.UNDECIDABLE, VerdictReason.READING_ERROR, estimate
        if not candidates:
            none = VerdictReason.UNDEFINED if inputs.undefined else VerdictReason.NO_RUN
            return Verdict.INCONCLUSIVE, VerdictReason.ONE_RUN if k else none, None
        if tau2 is None:
            return Verdict.INCONCLUSIVE, VerdictReason.ITEMS_UNKNOWN, None
        return weakest((*decide(e, margin, len(inputs.failed)), e) for e in candidates)

    verdict, because, estimate = at(inputs.margin)
    default = inputs.margin if inputs.margin_default is None else inputs.margin_default
    known = estimate is not None and tau2 is not None
    ci95_d = estimate.interval(0.95) if estimate and known else None
    return Judgement(
        inputs=inputs,
        verdict=verdict,
        because=because,
        verdict_default=at(default)[0],
        verdict_half_margin=at(inputs.margin / 2)[0],
        verdict_twice_margin=at(inputs.margin * 2)[0],
        failed_seeds=inputs.failed,
        k=k,
        mean=mean,
        sd=sd,
        ci95=interval_of_mean(inputs.finished) if not is_exact(inputs) else None,
        d=estimate.d if estimate else (None if mean is None else inputs.sign * (mean - inputs.value)),
        ci90=estimate.interval(0.90) if estimate and known else None,
        ci95_d=ci95_d,
        pi95=_around_mean(estimate, ci95_d),
        estimate=estimate if known else None,
        consistent=None if ci95_d is None else ci95_d[0] <= 0 <= ci95_d[1],
        needed=estimate.runs_needed(inputs.margin) if estimate and known else None,
        rules=largest_term(estimate) if estimate and known else None,
        reading=estimate.reading if estimate else None,
        warnings=warnings(inputs),
    )


def decide(estimate: Estimate, margin: float, failed: int = 0) -> tuple[Verdict, VerdictReason]:
    """The verdicts that depend on numbers alone, each rule in its order. A yes needs 3 runs and at most one failed one.

    A yes takes the 90 % interval, which is two one-sided tests at 5 %; a no and an EXCEEDS the 95 % one, so that at
    the margin itself a yes is wrong in about 5 % of cases, and each of the others in about 2.5 %.

    Args:
        estimate: of the difference.
        margin: in the printed unit, at least 0.
        failed: seeds without a value.

    """
    low90, high90 = estimate.interval(0.90)
    low95, high95 = estimate.interval(0.95)
    if -margin < low90 and high90 < margin:
        if failed > 1:
            return Verdict.INCONCLUSIVE, VerdictReason.TOO_MANY_FAILED
        if estimate.k < 3 and not estimate.exact:
            return Verdict.INCONCLUSIVE, VerdictReason.TOO_FEW_LEFT
        return Verdict.REPRODUCED, VerdictReason.REPRODUCED
    if low95 > margin:
        return Verdict.EXCEEDS, VerdictReason.EXCEEDS
    if high95 < -margin:
        return Verdict.NOT_REPRODUCED, VerdictReason.NOT_REPRODUCED
    no_yes = quantiles.z(0.95) * estimate.f_lo >= margin
    no_no = abs(estimate.d) - quantiles.z(0.975) * estimate.f <= margin
    if no_yes and no_no:
        return Verdict.UNDECIDABLE, VerdictReason.UNDECIDABLE
    return Verdict.INCONCLUSIVE, VerdictReason.CONSISTENT if low95 <= 0 <= high95 else VerdictReason.CONFLICT


def weakest(
    judged: Iterable[tuple[Verdict, VerdictReason, Estimate]],
) -> tuple[Verdict, VerdictReason, Estimate]:
    """The verdict that claims least: "can't tell" before "nobody can tell" before a yes or a no; of equal ones the
    one with the widest interval.
    """
    claims = {Verdict.INCONCLUSIVE: 0, Verdict.UNDECIDABLE: 1}
    return min(judged, key=lambda j: (claims.get(j[0], 2), -j[2].se))


def item_noise(inputs: Inputs) -> float | None:
    """tau^2, the variance that other test items bring, in the printed unit squared; None where it cannot be known."""
    if inputs.same_test_items or not inputs.finished:
        return 0.0
    n1 = inputs.items
    n0 = inputs.items_reported or n1
    if not n1 or not n0:
        return None
    if inputs.item_sd is not None:
        return inputs.item_sd**2 * (1 + n1 / n0)
    if not inputs.proportion or inputs.design_effect is None:
        return None
    share = sum(inputs.finished) / len(inputs.finished) / inputs.unit_size
    p = (share * n1 + 2) / (n1 + 4)
    return inputs.unit_size**2 * inputs.design_effect * (p * (1 - p) / n0 + p * (1 - p) / n1)


def interval_of_mean(values: tuple[float, ...]) -> Interval | None:
    """95 % t interval of our own mean over seeds, in the unit of the values; None with fewer than two values.

    It is about our mean alone: what the paper's few runs, its items and its rounding add is in :class:`Estimate`.
    """
    k = len(values)
    if k < 2:
        return None
    mean = sum(values) / k
    half = quantiles.t(k - 1, 0.975) * plain_sd(values) / sqrt(k)
    return (mean - half, mean + half)


def largest_term(estimate: Estimate) -> Term:
    """Which part of ``f`` is largest: the paper's few runs, the test items, the rounding or the drawn splits."""
    terms: dict[Term, float] = {
        "seeds": estimate.v_paper,
        "items": estimate.tau2,
        "rounding": estimate.h2,
        "split": estimate.v_split,
    }
    return max(terms, key=lambda name: terms[name])


def warnings(inputs: Inputs) -> tuple[str, ...]:
    """What a reader must know beside the verdict: seeds that reach nothing, a deterministic run that is not."""
    values = inputs.finished
    if len(values) < 2:
        return ()
    if inputs.deterministic:
        return () if is_exact(inputs) else ("said to have no random part, but its runs differ",)
    if len(set(values)) > 1:
        return ()
    if inputs.wired:
        return ("all seeds give the same score, though their runs differ",)
    return ("all seeds give exactly the same result: nothing was drawn, or the seed is not wired",)


def _around_mean(estimate: Estimate | None, ci95_d: Interval | None) -> Interval | None:
    """Where the reported number should fall: our mean and the half-width of ``ci95_d``."""
    if estimate is None or ci95_d is None:
        return None
    half = (ci95_d[1] - ci95_d[0]) / 2
    return (-inf, inf) if half == inf else (estimate.mean - half, estimate.mean + half)
