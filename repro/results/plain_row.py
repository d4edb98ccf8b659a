"""The row of a number that the paper does not print: what we measured, without a verdict."""

from dataclasses import replace
from math import isfinite

from repro.results.blank_row import blank_row, not_yet, row_notes
from repro.results.bounds import cut
from repro.results.estimate import plain_sd
from repro.results.folds import fold_scores
from repro.results.gate import invalid_reasons
from repro.results.margin_widening import of_view
from repro.results.metric_info import MetricInfo
from repro.results.row import Row
from repro.results.runs_by_experiment import Runs, end_reader
from repro.results.sentences import no_number_sentence
from repro.results.undefined_notes import undefined_notes, undefined_seeds
from repro.results.verdict import interval_of_mean
from repro.results.view_noise import Predictions
from repro.spec.spec import Reported, Spec


def plain_row(
    spec: Spec,
    name: str,
    metric: MetricInfo,
    runs: Runs,
    *,
    unit: str,
    reported: Reported | None = None,
    predictions: Predictions | None = None,
) -> Row:
    """Mean, sd and interval of our runs in ``unit``; NaN values count as failed seeds, scores without a value are left
    out and named.
    """
    read = {s: metric.printed(v, unit) for s, v in runs.values(end_reader(metric), metric).items()}
    finished = {s: v for s, v in read.items() if isfinite(v)}
    values = tuple(finished.values())
    without = undefined_seeds(metric, runs)
    failed = tuple(sorted({*runs.failed_seeds, *(read.keys() - finished.keys() - without.keys())}))
    row = blank_row(
        spec,
        name,
        metric.key,
        unit,
        no_number_sentence(spec, has_values=bool(values) or bool(without)),
        reported=reported,
    )
    if runs.lacking and not values:
        row = replace(row, sentence=no_number_sentence(spec, has_values=False, yet=not_yet(runs)))
    folds = fold_scores(spec, name, runs, end_reader(metric), metric, unit=unit, reported=reported, seeds=finished)
    return replace(
        row,
        values=values,
        seeds=tuple(finished),
        failed_seeds=failed,
        mean=sum(values) / len(values) if values else None,
        sd=plain_sd(values) if len(values) > 1 else None,
        ci95=None if runs.constant else cut(interval_of_mean(values), metric.bounds(unit), values),
        notes=row_notes(spec, name, runs)
        + (widened := of_view(spec.experiments[name], metric, runs.records))
        + undefined_notes(spec, name, metric, runs, unit, predictions)
        + invalid_reasons(spec.experiments[name], runs.records)
        + (("no random part: one run",) if runs.constant else ()),
        extra={"sign": 1.0 if metric.direction == "max" else -1.0},
        folds=folds,
        folds_planned=len(runs.folds),
        widened=widened,
    )
