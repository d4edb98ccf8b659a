"""The row of a number that a proposal expects: beside what was measured, with the difference and no verdict.

A verdict says whether a paper's number held up. Nobody has obtained this one, so there is nothing to reproduce.
"""

from dataclasses import replace

from repro.results.blank_row import partial_reasons
from repro.results.metric_info import MetricInfo
from repro.results.plain_row import plain_row
from repro.results.row import Row
from repro.results.runs_by_experiment import Runs
from repro.results.view_noise import Predictions
from repro.results.wording import amount
from repro.spec.spec import Reported, Spec


def expected_row(
    spec: Spec, expected: Reported, runs: Runs, metric: MetricInfo, predictions: Predictions | None = None
) -> Row:
    """What we measured of an experiment, beside what was expected of it."""
    row = plain_row(
        spec, expected.experiment, metric, runs, unit=expected.unit, reported=expected, predictions=predictions
    )
    if row.mean is None or expected.number is None:
        return replace(row, sentence="not run yet" if not runs.done and expected.number is not None else row.sentence)
    difference = row.mean - expected.number.value
    reasons = partial_reasons(spec, expected.experiment)
    notes = (f"partial: {'; '.join(reasons)}",) if reasons else ()
    return replace(row, difference=difference, sentence=_sentence(difference, row, metric), notes=(*row.notes, *notes))


def _sentence(difference: float, row: Row, metric: MetricInfo) -> str:
    if difference == 0:
        return "as expected"
    better = (difference > 0) == (metric.direction == "max")
    text = f"{amount(abs(difference), row.unit)} {'better' if better else 'worse'} than expected"
    if row.ci95 is None:
        return text
    expected = row.mean - difference if row.mean is not None else 0.0
    inside = row.ci95[0] <= expected <= row.ci95[1]
    return f"{text}; what was expected lies {'inside' if inside else 'outside'} our 95 % interval"
