"""The row of one reported number: our runs read the way the paper picked its number, judged, put into words."""

from dataclasses import replace
from math import isfinite

from repro.results.blank_row import blank_row, not_yet, partial_reasons, row_notes
from repro.results.bounds import cut, cut_difference
from repro.results.exact_row import exact_row
from repro.results.expected_row import expected_row
from repro.results.folds import fold_scores, reported_folds
from repro.results.gate import invalid_reasons
from repro.results.inputs import Inputs
from repro.results.margin import Margin, margin
from repro.results.margin_widening import on_its_own_data, widening
from repro.results.metric_info import COUNTED, MetricInfo, UnknownMetric, metric_info
from repro.results.plain_row import plain_row
from repro.results.row import Interval, Row, Verdict
from repro.results.runs_by_experiment import Runs
from repro.results.seed_noise import item_sd
from repro.results.selection import SelectedValues, select_values
from repro.results.sentences import not_run_sentence, sentence
from repro.results.standard_metric import standard_note
from repro.results.tied_items import ItemGroups, tied_items
from repro.results.undefined_notes import undefined_notes, undefined_seeds
from repro.results.values import items_behind
from repro.results.verdict import Judgement, judge
from repro.results.view_noise import Predictions
from repro.results.wording import short
from repro.runs.record import Record
from repro.spec.experiment import Experiment
from repro.spec.spec import Reported, Spec
from repro.spec.tied_by import tied_by
from repro.spec.view_recipe import ViewRecipe, view_recipe


def reported_row(spec: Spec, reported: Reported, runs: Runs, predictions: Predictions | None = None) -> Row:
    """The row of a reported number. ``runs`` may be empty; ``reported.number`` may be None."""
    name = reported.experiment
    experiment = spec.experiments[name]
    if experiment.not_run is not None:
        words = not_run_sentence(experiment.not_run)
        return blank_row(spec, name, reported.metric, reported.unit, words, reported=reported)
    try:
        metric = metric_info(experiment, reported.metric, spec.folder)
    except UnknownMetric as error:
        words = f"not a valid comparison: {error}"
        row = blank_row(spec, name, reported.metric, reported.unit, words, reported=reported)
        return replace(row, verdict=Verdict.INVALID, verdict_default=Verdict.INVALID) if reported.number else row
    if metric.name in COUNTED:
        return exact_row(spec, reported, runs, metric)
    if reported.expected:
        return expected_row(spec, reported, runs, metric, predictions)
    if reported.number is None:
        return plain_row(spec, name, metric, runs, unit=reported.unit, reported=reported, predictions=predictions)
    if not runs.done and not runs.failed:
        row = blank_row(spec, name, reported.metric, reported.unit, not_yet(runs), reported=reported)
        sign = 1.0 if metric.direction == "max" else -1.0
        notes = row_notes(spec, name, runs) if runs.lacking else ()
        return replace(row, extra={"sign": sign}, notes=notes, folds_planned=len(runs.folds))
    picked = select_values(reported, runs, metric)
    bound = margin_of(spec, reported, metric)
    tied = _tied(experiment, reported, runs, metric, predictions)
    inputs = _inputs(spec, reported, runs, metric, picked, bound, predictions, tied)
    widened = widening(experiment, metric, runs, reported, bound)
    notes = widened + undefined_notes(spec, name, metric, runs, reported.unit, predictions)
    notes += standard_note(experiment, metric, runs, predictions)
    row = _row(spec, reported, runs, metric, picked, bound, judge(inputs), tied, notes)
    return replace(row, widened=widened)


def margin_of(spec: Spec, reported: Reported, metric: MetricInfo) -> Margin:
    """The margin of a reported number, with the paper's own baseline, from the same table where it stands there."""
    assert reported.number is not None
    same = [
        r
        for r in spec.reported
        if r.experiment == spec.baseline and r.metric == reported.metric and r.unit == reported.unit and r.number
    ]
    same.sort(key=lambda r: r.where != reported.where)
    baseline = same[0].number.value if same and same[0].number and reported.experiment != spec.baseline else None
    return margin(
        reported.number.value,
        reported.number.half_width,
        scale=metric.scale(reported.unit),
        baseline=baseline,
        declared=reported.margin,
    )


def viewing_of(experiment: Experiment, view: str) -> ViewRecipe:
    """How a view is looked at; one that the experiment has not as a plain one."""
    return view_recipe(experiment, view) if view in experiment.views else ViewRecipe(view)


def half_width(reported: Reported) -> float:
    """Half-width of rounding, or the reading error of a number read off a figure."""
    assert reported.number is not None
    return reported.number.half_width if reported.reading_error is None else reported.reading_error


def _inputs(
    spec: Spec,
    reported: Reported,
    runs: Runs,
    metric: MetricInfo,
    picked: SelectedValues,
    bound: Margin,
    predictions: Predictions | None,
    tied: ItemGroups | None,
) -> Inputs:
    assert reported.number is not None
    experiment = spec.experiments[reported.experiment]
    view = viewing_of(experiment, metric.view)
    same_items = reported.same_test_items and not view.picks_itself
    counts = [sum(items_behind(r, metric) or 0 for r in records) for records in runs.done.values()]
    fewest = min(counts, default=0)
    sd = None
    if not metric.binomial and not same_items and predictions is not None:
        sd = item_sd(experiment, metric, runs, predictions)
    drawn = experiment.splits.seed == "run" and not runs.folds
    return Inputs(
        value=reported.number.value,
        half_width=half_width(reported),
        reading_error=reported.reading_error,
        margin=bound.value,
        margin_default=bound.default,
        values=tuple(picked.values.values()),
        seeds=tuple(picked.values),
        failed_seeds=runs.failed_seeds,
        undefined=undefined_seeds(metric, runs),
        direction=metric.direction,
        scale=metric.scale(reported.unit),
        proportion=metric.binomial,
        runs=reported.runs,
        spread=reported.number.spread,
        spread_kind=reported.spread.kind if reported.spread else "unknown",
        spread_over=reported.spread.over if reported.spread else "seeds",
        best_of=(reported.runs or 1) if reported.selection == "best_of_m" else None,
        same_test_items=same_items,
        items=fewest or None,
        items_reported=None if view.mean_over else reported.items,
        item_sd=None if sd is None else metric.printed(sd, reported.unit),
        design_effect=1.0 if tied is None else tied.effect,
        deterministic=runs.constant,
        wired=_wired(runs.records),
        split_ratio=_split_ratio(runs, metric) if drawn else None,
        folds=len(runs.folds),
        partial=partial_reasons(spec, reported.experiment),
        invalid=invalid_reasons(experiment, runs.records) + on_its_own_data(experiment, metric.view),
    )


def _tied(
    experiment: Experiment, reported: Reported, runs: Runs, metric: MetricInfo, predictions: Predictions | None
) -> ItemGroups | None:
    """How test items are tied together, where the noise of a share of them asks for it; None where they are not."""
    same = reported.same_test_items and not viewing_of(experiment, metric.view).picks_itself
    if same or not metric.binomial or tied_by(experiment.splits) is None:
        return None
    groups = None if predictions is None else tied_items(experiment, metric, runs, predictions)
    return groups or ItemGroups(groups=1, size=0.0, icc=None)


def _wired(records: list[Record]) -> bool | None:
    """True when runs of several seeds are known to have ended in different weights or predictions, on the same fold."""
    for fold in {r.fold for r in records}:
        same = [r for r in records if r.fold == fold]
        for prints in ([r.weights_sha256 for r in same], [r.predictions_sha256 for r in same]):
            if len({p for p in prints if p}) > 1:
                return True
    return None


def _split_ratio(runs: Runs, metric: MetricInfo) -> float | None:
    """Test over training items, where each run drew its own split; None where the records do not say."""
    for record in runs.records:
        for views in record.metrics.values():
            if "test" in views and "train" in views:
                return views["test"].n / views["train"].n
    return None


def _row(
    spec: Spec,
    reported: Reported,
    runs: Runs,
    metric: MetricInfo,
    picked: SelectedValues,
    bound: Margin,
    judged: Judgement,
    tied: ItemGroups | None,
    left_out: tuple[str, ...] = (),
) -> Row:
    assert reported.number is not None
    name = reported.experiment
    sign = judged.inputs.sign
    finished = {s: v for s, v in picked.values.items() if isfinite(v)}
    scale = metric.bounds(reported.unit)
    row = blank_row(spec, name, reported.metric, reported.unit, sentence(judged, reported.unit), reported=reported)
    return replace(
        row,
        values=tuple(finished.values()),
        seeds=tuple(finished),
        failed_seeds=tuple(seed for seed in judged.failed_seeds if seed not in judged.inputs.undefined),
        mean=judged.mean,
        sd=judged.sd,
        ci95=cut(judged.ci95, scale, finished.values()),
        difference=None if judged.d is None else sign * judged.d,
        ci90_difference=cut_difference(_oriented(judged.ci90, sign), scale),
        pi95=cut(judged.pi95, scale, finished.values()),
        margin=bound.value,
        margin_rule=bound.rule,
        verdict=judged.verdict,
        verdict_default=judged.verdict_default,
        verdict_half_margin=judged.verdict_half_margin,
        verdict_twice_margin=judged.verdict_twice_margin,
        notes=_notes(spec, reported, runs, picked, bound, judged, tied) + left_out,
        extra=_extra(judged, bound, picked, tied),
        folds=fold_scores(spec, name, runs, picked.read, metric, unit=reported.unit, reported=reported, seeds=finished),
        folds_planned=len(runs.folds),
    )


def _oriented(interval: Interval | None, sign: int) -> Interval | None:
    """An interval of d as one of ours minus reported."""
    return interval if interval is None or sign == 1 else (-interval[1], -interval[0])


def _notes(
    spec: Spec,
    reported: Reported,
    runs: Runs,
    picked: SelectedValues,
    bound: Margin,
    judged: Judgement,
    tied: ItemGroups | None,
) -> tuple[str, ...]:
    experiment = spec.experiments[reported.experiment]
    notes = list(row_notes(spec, reported.experiment, runs))
    notes += _notes_on_folds(spec, experiment, reported, runs)
    if tied is not None and tied.icc is not None and judged.tau:
        column = tied_by(experiment.splits)
        alike = f"ICC {short(tied.icc)} within {column}"
        notes.append(f"{tied.groups} groups of test items, {alike}: design effect {short(tied.effect or 1.0)}")
    if picked.biased:
        notes.append("selection-biased target")
    if reported.selection == "best_of_m" and reported.runs is None:
        notes.append("best of an unstated number of runs: nothing could be taken off")
    notes.extend(picked.notes)
    if bound.wide:
        notes.append("wide margin")
    if judged.inputs.deterministic and judged.estimate is not None and judged.estimate.exact:
        notes.append("no random part: one run")
    if reported.spread is not None and reported.spread.over == "folds" and reported.number and reported.number.spread:
        notes.append("the paper's ± is over folds and not used")
    elif judged.reading is not None and judged.inputs.spread_kind == "unknown":
        notes.append(f"the paper's ± is of unknown kind: read as {judged.reading}, the reading that claims least")
    view = viewing_of(experiment, reported.metric.rpartition("/")[0])
    if view.picks_itself:
        notes.append("each run is judged on the items that it picked itself: not the paper's test items")
    if view.mean_over is not None and judged.tau:
        notes.append(f"other test items: whole groups of {view.mean_over} redrawn")
    elif not reported.same_test_items and reported.items is None and judged.tau:
        notes.append("number of the paper's test items not stated: taken as ours")
    notes.extend(judged.warnings)
    return tuple(notes)


def _notes_on_folds(spec: Spec, experiment: Experiment, reported: Reported, runs: Runs) -> list[str]:
    """Why the paper's numbers of single folds do not stand beside ours, where it prints some and they do not."""
    number = reported.number
    if number is None or not number.folds or reported_folds(spec, experiment, runs, reported):
        return []
    folds_here = f"{len(runs.folds)} are run here" if runs.folds else "none are run here"
    return [f"the paper prints {len(number.folds)} folds, {folds_here}: not shown side by side"]


def _extra(judged: Judgement, bound: Margin, picked: SelectedValues, tied: ItemGroups | None) -> dict[str, float]:
    """Plain numbers for the JSON: what was reckoned on the way."""
    extra: dict[str, float] = {"sign": float(judged.inputs.sign), "k": float(judged.k), "k0": float(judged.inputs.k0)}
    extra["margin_default"] = bound.default
    extra["half_width"] = judged.inputs.half_width
    if judged.estimate is not None:
        e = judged.estimate
        extra |= {"se": e.se, "tau": e.tau2**0.5, "f": e.f, "f_lo": e.f_lo, "target": e.target, "sd_used": e.s}
        if isfinite(e.df):
            extra["df"] = e.df
        if e.s0 is not None:
            extra["sd_paper"] = e.s0
    if tied is not None and tied.icc is not None and tied.effect is not None:
        extra |= {"icc": tied.icc, "design_effect": tied.effect, "groups": float(tied.groups)}
    if judged.p_below is not None:
        extra["p_below"] = judged.p_below
    if judged.needed is not None:
        extra["runs_needed"] = float(judged.needed)
    if judged.consistent is not None:
        extra["consistent"] = float(judged.consistent)
    clean = [v for v in picked.clean.values() if isfinite(v)]
    if picked.biased and clean:
        extra["clean_mean"] = sum(clean) / len(clean)
        if judged.mean is not None:
            extra["optimism"] = judged.inputs.sign * (judged.mean - extra["clean_mean"])
    return extra
