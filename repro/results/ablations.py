"""An ablation beside what it was made from: what it changes, and the paired difference, without a claim."""

from collections.abc import Mapping

from repro.results.claims import compare_pair
from repro.results.row import Row
from repro.results.runs_by_experiment import Runs
from repro.results.view_noise import Predictions
from repro.results.wording import amount, decimals, fixed, several
from repro.spec.spec import Claim, Spec


def ablation_notes(
    spec: Spec, row: Row, gathered: Mapping[str, Runs], predictions: Predictions | None
) -> tuple[str, ...]:
    """For the row of an experiment that is ``like`` another: nothing where a claim on the same metric names both."""
    ablation = spec.ablations.get(row.experiment)
    if ablation is None or row.mean is None or "exact" in row.extra or ablation.parent not in gathered:
        return ()
    pair = {row.experiment, ablation.parent}
    if any(pair <= set(claim.experiments) and claim.metric == row.metric for claim in spec.claims):
        return ()
    parent_claim = Claim(kind="beats", experiments=(row.experiment, ablation.parent), by=0.0, metric=row.metric)
    step, unit, unlike = compare_pair(spec, parent_claim, gathered, predictions)
    if step.mean is None:
        return ()
    parent = spec.experiments[ablation.parent].title or ablation.parent
    comparison = "exactly as good as" if step.mean == 0 else f"{amount(abs(step.mean), unit)} {_word(step.mean)} than"
    text = f"{', '.join(ablation.changes) or 'as it is'}: {comparison} {parent}"
    if step.ci95 is not None and not step.exact:
        places = decimals(max(step.ci95[1] - step.ci95[0], abs(step.ci95[1]) / 100))
        low, high = (fixed(x, places, sign=True) for x in step.ci95)
        text += f", between {low} and {high} (95 %, {several(step.pairs, 'pair')})"
    elif not step.exact:
        text += ", from one pair of runs"
    return (f"{text}; {unlike}" if unlike else text,)


def _word(mean: float) -> str:
    return "better" if mean > 0 else "worse"
