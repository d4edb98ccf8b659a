"""The row of a number that is counted and not measured: parameters and multiply-adds."""

from dataclasses import replace
from math import isfinite

from repro.results.blank_row import blank_row, not_yet, partial_reasons, row_notes
from repro.results.margin import DECLARED, default_margin
from repro.results.margin_widening import reading_error_text
from repro.results.metric_info import MetricInfo
from repro.results.row import Row, Verdict
from repro.results.runs_by_experiment import Runs, end_reader
from repro.results.sentences import exact_sentence, no_number_sentence
from repro.results.wording import grouped
from repro.spec.spec import Reported, Spec


def exact_row(spec: Spec, reported: Reported, runs: Runs, metric: MetricInfo) -> Row:
    """Compare counts: REPRODUCED within the margin or the rounding of the printed number, whichever is more.

    The default margin is that rounding (or reading error) alone. All runs of an experiment count the same; where they
    do not, the row is INVALID. A reading error above the declared margin, or without one above 5 % of the number,
    makes the row UNDECIDABLE.
    """
    name = reported.experiment
    counts = {s: v for s, v in runs.values(end_reader(metric), metric).items() if isfinite(v)}
    row = blank_row(
        spec, name, reported.metric, reported.unit, no_number_sentence(spec, has_values=bool(counts)), reported=reported
    )
    values = tuple(counts.values())
    row = replace(
        row,
        values=values,
        seeds=tuple(counts),
        failed_seeds=runs.failed_seeds,
        mean=values[0] if values else None,
        sd=0.0 if values else None,
        notes=row_notes(spec, name, runs),
        extra={"sign": 0.0, "exact": 1.0},
        folds_planned=len(runs.folds),
    )
    if reported.number is None:
        return row
    rounding = reported.number.half_width if reported.reading_error is None else reported.reading_error
    margin = max(rounding, reported.margin or 0.0)
    row = replace(row, margin=margin, margin_rule=DECLARED if reported.margin else "the rounding")
    if not values:
        return replace(row, sentence=not_yet(runs))
    difference = values[0] - reported.number.value
    read = reported.reading_error
    allowed = default_margin(reported.number.value, reported.number.half_width, scale="unbounded")[0]
    most = allowed if reported.margin is None else max(reported.margin, reported.number.half_width)
    verdicts = [
        _verdict(spec, name, values, difference, bound, settles=read is None or read <= limit)
        for bound, limit in (
            (margin, most),
            (rounding, allowed),
            (max(rounding, margin / 2), most / 2),
            (margin * 2, most * 2),
        )
    ]
    wide = margin > rounding
    words = exact_sentence(difference, margin if wide else 0.0, reported.unit)
    if verdicts[0] is Verdict.INVALID:
        words = "not a valid comparison: its runs do not have the same number"
    if verdicts[0] is Verdict.UNDECIDABLE:
        words = (
            "nobody can tell: the reading error rules, as the paper's number is only known to "
            f"± {grouped(rounding)}, and {grouped(most)} would be allowed"
        )
    if verdicts[0] is Verdict.PARTIAL:
        words = f"{words} (partial: {'; '.join(partial_reasons(spec, name))})"
    return replace(
        row,
        difference=difference,
        verdict=verdicts[0],
        verdict_default=verdicts[1],
        verdict_half_margin=verdicts[2],
        verdict_twice_margin=verdicts[3],
        sentence=words,
        notes=row.notes + (("wide margin",) if wide else ()) + (widened := reading_error_text(reported, most)),
        widened=widened,
    )


def _verdict(
    spec: Spec, name: str, values: tuple[float, ...], difference: float, margin: float, *, settles: bool
) -> Verdict:
    if len(set(values)) > 1:
        return Verdict.INVALID
    if partial_reasons(spec, name):
        return Verdict.PARTIAL
    if not settles:
        return Verdict.UNDECIDABLE
    return Verdict.REPRODUCED if abs(difference) <= margin else Verdict.NOT_REPRODUCED
