"""Scores without a value (recall without a positive item): what our numbers leave out, and the pooled form."""

from collections.abc import Mapping, Sequence
from math import isfinite, isnan

from repro.results.folds import names_of
from repro.results.metric_info import MetricInfo
from repro.results.pooled_folds import pooled_over_folds
from repro.results.runs_by_experiment import Runs, end_reader
from repro.results.values import at_end, is_undefined, undefined_of
from repro.results.view_noise import Predictions
from repro.results.wording import fixed, listed, several
from repro.runs.record import LEAVES_OUT, Record, Undefined
from repro.spec.experiment import Experiment
from repro.spec.keywords import VIEWS
from repro.spec.spec import Spec
from repro.spec.view_recipe import ViewRecipe, view_recipe

NAMED = 4
"""So many of what is left out are named in a row; the records name more."""

TEXTS = 3
"""So many different texts about single runs are shown in a row."""

_ALWAYS_DEFINED = frozenset(
    {
        "", "Accuracy", "ErrorRate", "HammingDistance", "ExactMatch", "CalibrationError", "HingeLoss",
        "MeanSquaredError", "MeanAbsoluteError", "MeanSquaredLogError", "LogCoshError", "MinkowskiDistance",
    }
)  # fmt: skip


def undefined_seeds(metric: MetricInfo, runs: Runs) -> dict[int, str]:
    """Finished seeds that have no value at all, with the reason."""
    seeds = {}
    for seed, records in sorted(runs.done.items()):
        if all(is_undefined(record, metric) for record in records):
            seeds[seed] = listed(list(dict.fromkeys(undefined_of(r, metric)[0].why for r in records)))
    return seeds


def undefined_notes(
    spec: Spec, name: str, metric: MetricInfo, runs: Runs, unit: str, predictions: Predictions | None = None
) -> tuple[str, ...]:
    """What the values of a row leave out, each text once, with the pooled form beside a mean over groups or folds."""
    experiment = spec.experiments[name]
    names = names_of(spec, experiment) if runs.folds else ()
    notes = list(_by_text(metric, runs, names))
    if notes and (value := pooled(experiment, metric, runs, predictions)) is not None:
        over = "folds" if runs.folds else "groups"
        places = 4 if unit == "fraction" else 2
        notes.append(f"pooled over the items of all {over} instead: {fixed(metric.printed(value, unit), places)}")
    if _may_count_as_zero(experiment, metric, runs.records):
        notes.append("its records are of when a score without a value counted as 0; repro verify works them out again")
    return tuple(notes)


def pooled(experiment: Experiment, metric: MetricInfo, runs: Runs, predictions: Predictions | None) -> float | None:
    """The metric on the items of all groups, or folds, together, the mean over seeds, as stored; None where that is
    not known or says nothing more.
    """
    if not runs.done or not metric.view:
        return None
    if runs.folds and predictions is not None:
        return pooled_over_folds(experiment, metric, runs, predictions)
    plain = _without_groups(experiment, metric.view)
    if plain is None:
        return None
    read = end_reader(MetricInfo(plain, metric.name, metric.class_name, metric.direction, metric.proportion, False))
    values = [value for record in runs.records if isfinite(value := read(record))]
    return sum(values) / len(values) if values else None


def _without_groups(experiment: Experiment, view: str) -> str | None:
    """The view of the same items, looked at together; None where there is none, or this one is it."""
    if view not in experiment.views or (view_as := view_recipe(experiment, view)).mean_over is None:
        return None
    ungrouped = ViewRecipe(view_as.part, view_as.vote, view_as.only)
    return next((n for n in (*VIEWS, *experiment.views) if view_recipe(experiment, n) == ungrouped), None)


def _by_text(metric: MetricInfo, runs: Runs, names: Sequence[str]) -> list[str]:
    """Each text once; where it does not hold for all seeds, with those for which it does."""
    seeds_by_text: dict[str, list[int]] = {}
    for seed, records in sorted(runs.done.items()):
        called = {n: names[n - 1] if 0 < n <= len(names) else str(n) for n in runs.folds}
        for text in _texts(metric, records, called):
            seeds_by_text.setdefault(text, []).append(seed)
    notes = []
    for text, seeds in seeds_by_text.items():
        of = "" if len(seeds) == len(runs.done) else f"seed{'s' * (len(seeds) > 1)} {listed(seeds)}: "
        notes.append(f"{of}{text}")
    more = len(notes) - TEXTS
    return [*notes[:TEXTS], *([f"and so for {several(more, 'further text')} in the records"] if more > 0 else [])]


def _texts(metric: MetricInfo, records: Sequence[Record], folds: Mapping[int, str]) -> list[str]:
    """What one seed's value leaves out; ``folds`` are their names by number."""
    texts = []
    gone = [record for record in records if is_undefined(record, metric)]
    if gone and folds:
        names = listed([folds[r.fold or 0] for r in gone])
        why = " or ".join(dict.fromkeys(undefined_of(r, metric)[0].why for r in gone))
        rest = f"mean over {len(records) - len(gone)} of {several(len(folds), 'fold')}"
        texts.append(
            f"{rest}; undefined in fold{'s' * (len(gone) > 1)} {names}: {why}"
            if len(gone) < len(records)
            else f"undefined in every fold: {why}"
        )
    elif gone:
        texts.append(f"undefined: {undefined_of(gone[0], metric)[0].why}")
    inside: dict[str, list[int | None]] = {}
    for record in records:
        if not is_undefined(record, metric):
            for gap in undefined_of(record, metric):
                inside.setdefault(in_words(gap), []).append(record.fold)
    for text, where in inside.items():
        of = f"fold{'s' * (len(where) > 1)} {listed([folds[n or 0] for n in where])}: " if folds else ""
        texts.append(f"{of}{text}")
    return texts


def in_words(gap: Undefined) -> str:
    """What one value leaves out.

    >>> in_words(Undefined(kind="patient", count=15, total=20, names=("1", "14"), why="no item of AF"))
    'mean over 5 of 20 patients; 15 left out (1, 14 and 13 more): no item of AF'
    """
    if gap.kind == "value":
        return f"undefined: {gap.why}"
    kinds = "classes" if gap.kind == "class" else several(2, gap.kind).removeprefix("2 ")
    shown = list(gap.names[:NAMED])
    more = gap.count - len(shown)
    names = listed([*shown, f"{more} more"] if more else shown)
    return f"mean over {gap.total - gap.count} of {gap.total} {kinds}; {gap.count} left out ({names}): {gap.why}"


def _may_count_as_zero(experiment: Experiment, metric: MetricInfo, records: Sequence[Record]) -> bool:
    """Whether records are old enough, and the metric such, that what has no value may have entered it as 0."""
    old = [record for record in records if record.schema_version < LEAVES_OUT]
    entry = experiment.metrics.get(metric.name)
    if not old or entry is None or not metric.view:
        return False
    args: Mapping[str, object] = entry.args
    by_class = args.get("average") in ("macro", "weighted")
    if metric.class_name in _ALWAYS_DEFINED and not by_class:
        return False
    grouped = metric.view in experiment.views and view_recipe(experiment, metric.view).mean_over is not None
    values = [at_end(record, metric) for record in old]
    return by_class or grouped or any(value == 0 or isnan(value) for value in values)
