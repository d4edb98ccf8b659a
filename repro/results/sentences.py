"""One plain sentence for each verdict, for a reader who knows little statistics."""

from collections.abc import Callable

from repro.results.verdict import Judgement, VerdictReason
from repro.results.wording import amount, grouped, listed, several, short
from repro.spec.spec import Spec


def sentence(judgement: Judgement, unit: str) -> str:
    """What the verdict means, in one sentence without a full stop.

    ``unit`` is the printed one: ``percent`` (spoken of in points), ``fraction``, ``count`` or a word.
    """
    return SENTENCES[judgement.because](judgement, unit)


def exact_sentence(difference: float, margin: float, unit: str) -> str:
    """The sentence for a number that is counted and not measured, such as parameters."""
    if difference == 0:
        return "exactly the paper's number"
    far = grouped(abs(difference))
    more = "more" if difference > 0 else "fewer"
    allowed = f", and {grouped(margin)} are allowed"
    return f"{far} {more} than in the paper{allowed}" if margin else f"{far} {more} than in the paper: not the same"


def not_run_sentence(why: str) -> str:
    """The sentence for a row of the paper that nobody trains."""
    return f"not run here: {why}" if why else "not run here"


def no_number_sentence(spec: Spec, *, has_values: bool, yet: str = "not run yet") -> str:
    """The sentence for an experiment of ours that the paper prints no number for, or of which nothing was expected."""
    nothing = "nothing was expected of this" if spec.kind == "proposal" else "the paper prints no number"
    if has_values:
        return nothing if spec.kind == "proposal" else f"{nothing} for this"
    return f"{nothing}; {yet}"


def _invalid(j: Judgement, unit: str) -> str:
    reasons = [*j.inputs.invalid, *([j.inputs.unit_mismatch] if j.inputs.unit_mismatch else [])]
    return f"not a valid comparison: {'; '.join(reasons)}"


def _partial(j: Judgement, unit: str) -> str:
    return f"numbers only, nothing proved: this run differs from the paper's recipe ({'; '.join(j.inputs.partial)})"


def _no_run(j: Judgement, unit: str) -> str:
    if not j.failed_seeds:
        return "not run yet"
    seeds = "seed" if len(j.failed_seeds) == 1 else "seeds"
    return f"can't tell: no run finished ({seeds} {listed(j.failed_seeds)} failed)"


def _undefined(j: Judgement, unit: str) -> str:
    why = " or ".join(dict.fromkeys(j.inputs.undefined.values()))
    return f"can't tell: the metric has no value on these test items ({why})"


def _failed(j: Judgement) -> str:
    """``seeds 1 and 2 failed``, or have no value."""
    seeds = f"seed{'s' * (len(j.failed_seeds) > 1)} {listed(j.failed_seeds)}"
    if not j.inputs.undefined:
        return f"{seeds} failed"
    return f"{seeds} {'have' if len(j.failed_seeds) > 1 else 'has'} no value"


def _one_run(j: Judgement, unit: str) -> str:
    failed = f" ({_failed(j)})" if j.failed_seeds else ""
    noun, differ = ("seed", "seeds") if j.inputs.folds else ("run", "runs")
    over = f" over {_folds(j)}" if j.inputs.folds else ""
    return (
        f"can't tell: only one {noun} finished{over}{failed}, so nobody knows how much {differ} differ; at least 3 are "
        "needed"
    )


def _folds(j: Judgement) -> str:
    folds = j.inputs.folds
    return f"all {folds} folds" if folds > 1 else "its one fold"


def _ours(j: Judgement, k: int) -> str:
    """So many of our runs; with folds a run is a seed over all of them."""
    return several(k, "seed" if j.inputs.folds else "run")


def _items_unknown(j: Judgement, unit: str) -> str:
    if j.inputs.design_effect is None:
        return (
            "can't tell: the paper's test items are not ours, and ours are tied together in groups; how alike the "
            "items of a group are is unknown here (no predictions with groups, or one group only)"
        )
    return (
        "can't tell: the paper's test items are not ours, and how much that alone changes the number is unknown "
        "here (no predictions to measure it from)"
    )


def _reproduced(j: Judgement, unit: str) -> str:
    assert j.ci90 is not None
    most = max(abs(j.ci90[0]), abs(j.ci90[1]))
    once = ", from the one run it takes (no random part)" if j.estimate is not None and j.estimate.exact else ""
    return f"holds up: at most {amount(most, unit)} from the paper, and {short(j.inputs.margin)} would be allowed{once}"


def _exceeds(j: Judgement, unit: str) -> str:
    assert j.d is not None
    return (
        f"better than the paper by {amount(j.d, unit)}, more than the {short(j.inputs.margin)} allowed: "
        "look for leakage first"
    )


def _not_reproduced(j: Judgement, unit: str) -> str:
    assert j.d is not None
    assert j.ci95_d is not None
    least = amount(abs(j.ci95_d[1]), unit)
    return (
        f"does not hold up: {amount(-j.d, unit)} worse than the paper, at least {least} with 95 % confidence, "
        f"and {short(j.inputs.margin)} would be allowed"
    )


def _undecidable(j: Judgement, unit: str) -> str:
    return f"nobody can tell, however often we run it: {_largest(j, unit)}"


def _reading_error(j: Judgement, unit: str) -> str:
    return (
        f"nobody can tell, however often we run it: the reading error rules, as the paper's number is only known to "
        f"± {amount(j.inputs.reading_error or 0.0, unit)}, and {short(j.inputs.margin)} would be allowed"
    )


def _too_many_failed(j: Judgement, unit: str) -> str:
    return f"can't tell: the finished runs agree with the paper, but {_failed(j)}, and leaving those out may flatter"


def _too_few_left(j: Judgement, unit: str) -> str:
    return f"can't tell: agrees with the paper, but on {_ours(j, j.k)} only; a yes needs 3"


def _consistent(j: Judgement, unit: str) -> str:
    return f"can't tell: {_largest_of_all(j, unit)}; the paper's number is one we could get; {_needed(j)}"


def _conflict(j: Judgement, unit: str) -> str:
    assert j.d is not None
    worse = "worse" if j.d < 0 else "better"
    return (
        f"can't tell for sure: {amount(abs(j.d), unit)} {worse} than the paper and hardly chance, but it may still be "
        f"within the {short(j.inputs.margin)} allowed; {_needed(j)}"
    )


def _needed(j: Judgement) -> str:
    if j.needed is None:
        return "at this difference no number of runs would settle it"
    return f"{_ours(j, j.needed)} would settle it if they went on like this"


def _largest(j: Judgement, unit: str) -> str:
    """The largest part of what no run of ours can shrink."""
    e = j.estimate
    assert e is not None
    if j.rules == "items":
        n = j.inputs.items_reported or j.inputs.items
        return f"other test items alone shift the number by {amount(e.tau2**0.5, unit)} ({n} items in the paper's test)"
    if j.rules == "rounding":
        return f"the paper's number is only known to ± {amount(j.inputs.half_width, unit)}"
    if j.rules == "split":
        return "every run drew its own split, and splits differ"
    differ = "seeds" if j.inputs.folds else "runs"
    times = "once" if e.k0 == 1 else f"{e.k0} times"
    return f"the paper ran {times}, and {differ} differ by {amount(e.s if e.s0 is None else e.s0, unit)}"


def _largest_of_all(j: Judgement, unit: str) -> str:
    """The largest part of the whole standard error, our own runs among them."""
    e = j.estimate
    assert e is not None
    measured = e.s**2 / e.k
    if measured <= max(e.v_paper, e.tau2, e.h2, e.v_split):
        return _largest(j, unit)
    over = f", each over {_folds(j)}," if j.inputs.folds else ""
    return f"our {_ours(j, e.k)}{over} differ by {amount(e.s, unit)} each"


SENTENCES: dict[VerdictReason, Callable[[Judgement, str], str]] = {
    VerdictReason.INVALID: _invalid,
    VerdictReason.PARTIAL: _partial,
    VerdictReason.NO_RUN: _no_run,
    VerdictReason.UNDEFINED: _undefined,
    VerdictReason.ONE_RUN: _one_run,
    VerdictReason.ITEMS_UNKNOWN: _items_unknown,
    VerdictReason.REPRODUCED: _reproduced,
    VerdictReason.EXCEEDS: _exceeds,
    VerdictReason.NOT_REPRODUCED: _not_reproduced,
    VerdictReason.UNDECIDABLE: _undecidable,
    VerdictReason.READING_ERROR: _reading_error,
    VerdictReason.TOO_MANY_FAILED: _too_many_failed,
    VerdictReason.TOO_FEW_LEFT: _too_few_left,
    VerdictReason.CONSISTENT: _consistent,
    VerdictReason.CONFLICT: _conflict,
}
"""Each reason's sentence."""
