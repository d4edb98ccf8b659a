"""From a spec and its records to the results: rows, claims and everything that must be said about them."""

from collections.abc import Sequence
from dataclasses import replace

from repro.results import holm
from repro.results.ablations import ablation_notes
from repro.results.blank_row import blank_row
from repro.results.changed_terms import changed_terms
from repro.results.claims import claim_result
from repro.results.leaks import leaks
from repro.results.metric_info import MetricInfo, UnknownMetric, metric_info
from repro.results.own_code_note import own_code_line
from repro.results.plain_row import plain_row
from repro.results.reported_row import reported_row
from repro.results.results import ClaimResult, RecordUsed, Results
from repro.results.row import Row
from repro.results.runs_by_experiment import Runs, gather
from repro.results.sentences import not_run_sentence
from repro.results.trivial_rows import chance_row, majority_row
from repro.results.view_noise import Predictions
from repro.runs.identity import terms as terms_of
from repro.runs.plan import Plan, id_of
from repro.runs.record import Environment, Record
from repro.spec.spec import Spec


def results(
    spec: Spec, plan: Plan | None, records: Sequence[Record], *, predictions: Predictions | None = None
) -> Results:
    """Everything that the table shows.

    Args:
        spec: the study at its rung.
        plan: the runs asked for; only their experiments and seeds are shown. None takes the records by their names.
        records: of any runs; what belongs to other experiments, seeds or rungs is left out.
        predictions: gives the kept ``predicted`` and ``target`` of a record; needed only for the noise of test items
            in metrics that are no share of items.

    Rows stand in the spec's order: reported numbers, rows of the paper that are not run, experiments without a
    reported number, then chance and majority.

    """
    gathered, warnings = gather(spec, plan, records)
    shown = [n for n, e in spec.experiments.items() if n in gathered or (e.not_run is not None and _whole(spec, plan))]
    rows = [
        reported_row(spec, r, gathered.get(r.experiment, Runs(())), predictions)
        for r in spec.reported
        if r.experiment in shown
    ]
    rows += _rest(spec, shown, gathered, rows, predictions)
    rows += _trivial(spec, gathered, rows)
    used = [r for runs in gathered.values() for r in _all(runs)]
    changed = changed_terms(spec, plan.terms if plan else terms_of(spec), gathered)
    warnings += changed.warnings
    places = {id(number): index for index, number in enumerate(spec.reported)}
    rows = [_stamp(row, changed.rows.get(places.get(id(row.reported), -1), ())) for row in rows]
    rows = [_stamp(row, ablation_notes(spec, row, gathered, predictions)) for row in rows]
    environments = tuple(dict.fromkeys(describe(r.environment) for r in used))
    if len(environments) > 1:
        warnings.append(f"runs come from {len(environments)} environments: {'; '.join(environments)}")
    together = [r for r in used if r.environment.devices > 1]
    if together:
        counts = " or ".join(map(str, sorted({r.environment.devices for r in together})))
        warnings.append(
            f"{len(together)} of {len(used)} runs were each trained by {counts} devices together: on the batches that "
            "one device would have, but not to the last bit"
        )
    over = holm.footnote(rows)
    claims = [
        _stamped(claim_result(spec, claim, gathered, predictions), changed.claims.get(index, ()))
        for index, claim in enumerate(spec.claims)
        if all(name in shown for name in claim.experiments)
    ]
    return Results(
        spec=spec.name,
        title=spec.work.title,
        rung=spec.rung,
        rows=tuple(rows),
        claims=tuple(claims),
        warnings=tuple(warnings),
        footnotes=tuple(filter(None, (over, own_code_line(spec, used)))),
        leaks=leaks((spec.experiments[n].title or n, r.gate) for n, runs in gathered.items() for r in _all(runs)),
        environments=environments,
        records=tuple(RecordUsed(run_id(r), r.numbers_sha256(), r.experiment, r.state) for r in used),
    )


def run_id(record: Record) -> str:
    """The id of the run that left a record, as in the names of its files."""
    return id_of(record.experiment, record.seed, record.fold, record.identity)


def describe(environment: Environment) -> str:
    """What a number may depend on beside the spec, in one line."""
    torch = environment.versions.get("torch", "")
    parts = [
        environment.device if environment.devices == 1 else f"{environment.devices} x {environment.device}",
        f"{environment.threads} thread{'s' * (environment.threads != 1)}",
        environment.precision,
    ]
    return ", ".join(parts + ([f"torch {torch}"] if torch else []) + [environment.capability])


def _whole(spec: Spec, plan: Plan | None) -> bool:
    """Whether all experiments were asked for."""
    planned = {run.experiment.name for run in plan.runs} if plan else set()
    return plan is None or all(e.not_run is not None or n in planned for n, e in spec.experiments.items())


def _all(runs: Runs) -> list[Record]:
    return [r for group in (runs.done, runs.failed) for seed in group for r in group[seed]]


def _stamp(row: Row, texts: tuple[str, ...]) -> Row:
    return replace(row, notes=(*row.notes, *texts)) if texts else row


def _stamped(claim: ClaimResult, texts: tuple[str, ...]) -> ClaimResult:
    return replace(claim, notes=(*claim.notes, *texts)) if texts else claim


def _rest(
    spec: Spec, shown: list[str], gathered: dict[str, Runs], rows: list[Row], predictions: Predictions | None
) -> list[Row]:
    """Rows of the paper that are not run, then each experiment's metrics without a reported number."""
    have = {row.experiment for row in rows}
    unrun: list[Row] = []
    rest: list[Row] = []
    for name in shown:
        experiment = spec.experiments[name]
        if experiment.not_run is not None:
            if name not in have:
                words = not_run_sentence(experiment.not_run)
                unrun.append(blank_row(spec, name, f"test/{experiment.main_metric}", "", words))
            continue
        for metric_name in experiment.metrics:
            if metric_name != experiment.main_metric and not gathered[name].done:
                continue  # one row is enough to say that nothing has run
            try:
                metric = metric_info(experiment, metric_name, spec.folder)
            except UnknownMetric as error:
                rest.append(blank_row(spec, name, f"test/{metric_name}", "", str(error)))
                continue
            if not any(row.experiment == name and row.metric == metric.key for row in rows):
                unit = _unit(metric, rows)
                rest.append(plain_row(spec, name, metric, gathered[name], unit=unit, predictions=predictions))
    return unrun + rest


def _trivial(spec: Spec, gathered: dict[str, Runs], rows: list[Row]) -> list[Row]:
    """Chance and majority, once for each main metric and number."""
    best: dict[tuple[str, str, float | None], Row] = {}
    for name, runs in gathered.items():
        experiment = spec.experiments[name]
        try:
            metric = metric_info(experiment, experiment.main_metric, spec.folder)
        except UnknownMetric:
            continue
        unit = _unit(metric, rows)
        candidates = [chance_row(spec, experiment, metric, unit)]
        if runs.done:
            candidates.append(majority_row(spec, experiment, metric, unit, next(iter(runs.done.values()))))
        for row in candidates:
            if row is not None:
                best.setdefault((row.experiment, row.metric, row.mean), row)
    return sorted(best.values(), key=lambda row: row.experiment)


def _unit(metric: MetricInfo, rows: list[Row]) -> str:
    """The unit in which the paper prints this metric, else the metric's own."""
    return next((row.unit for row in rows if row.metric == metric.key), metric.natural_unit)
