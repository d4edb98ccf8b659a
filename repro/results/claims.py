"""The claims of a spec against our runs: what the paper is really about."""

from collections.abc import Mapping
from dataclasses import replace

from repro.results.blank_row import partial_reasons
from repro.results.bounds import cut_difference
from repro.results.claim import ClaimVerdict, Comparison, Sample, compare
from repro.results.claim_folds import OTHER_ITEMS, shared_folds
from repro.results.gate import invalid_reasons
from repro.results.metric_info import MetricInfo, UnknownMetric, metric_info
from repro.results.results import ClaimResult
from repro.results.runs_by_experiment import Read, Runs, end_reader
from repro.results.same_items import other_items
from repro.results.undefined_notes import undefined_seeds
from repro.results.values import at_duration, is_undefined
from repro.results.view_noise import Predictions
from repro.results.wording import amount, decimals, fixed, listed, several
from repro.runs.record import Record
from repro.spec.experiment import Duration
from repro.spec.spec import Claim, Spec


def claim_result(
    spec: Spec, claim: Claim, gathered: Mapping[str, Runs], predictions: Predictions | None = None
) -> ClaimResult:
    """Judge one claim, each step of an order and each point of the training by itself.

    It holds where every step does; it is reversed where every step is, and fails where any step fails or is reversed.
    Where an experiment is less than the full recipe, or two were not tested on the same items, it is PARTIAL: numbers,
    and nothing proved. One whose experiments have not run is "not run yet".
    """
    pairs = (
        list(zip(claim.experiments, claim.experiments[1:], strict=False))
        if claim.kind == "order"
        else [(claim.experiments[0], claim.experiments[1])]
    )
    steps: list[Comparison] = []
    unit = ""
    for method, other in pairs:
        for at in claim.at or (None,):
            step, unit = _step(spec, claim, method, other, at, gathered)
            steps.append(step)
    partial = sorted({r for name in claim.experiments for r in partial_reasons(spec, name)})
    unlike = [text for pair in pairs if (text := _unlike(spec, pair, gathered, predictions))]
    unlike += [f"{name} is no valid result" for name in claim.experiments if _is_invalid(spec, name, gathered)]
    if partial or unlike:
        steps = [step if step.mean is None else replace(step, verdict=ClaimVerdict.PARTIAL) for step in steps]
    verdict = together([s.verdict for s in steps])
    deciding = _deciding(verdict, steps)
    notes: tuple[str, ...] = (f"partial: {'; '.join(partial)}",) if partial else ()
    differs = dict.fromkeys(word for name in claim.experiments for word in spec.differs.get(name, ()))
    if differs:
        notes += (f"recipe differs: {', '.join(differs)}",)
    on_folds = (shared_folds(pair, gathered).note for pair in pairs)
    without = (text for name in claim.experiments for text in _without_value(spec, claim, name, gathered))
    notes += tuple(dict.fromkeys(note for note in (*on_folds, *unlike, *without) if note))
    return ClaimResult(
        claim=claim,
        text=claim_text(spec, claim, unit),
        verdict=verdict,
        deciding=deciding,
        steps=tuple(steps),
        sentence=claim_sentence(verdict, deciding, steps, unit),
        unit=unit,
        notes=notes,
    )


def _deciding(verdict: ClaimVerdict, steps: list[Comparison]) -> Comparison:
    """The step that a claim's verdict hangs on."""
    if verdict is ClaimVerdict.HOLDS:
        return min(steps, key=_slack)
    no = (ClaimVerdict.FAILS, ClaimVerdict.REVERSED) if verdict is ClaimVerdict.FAILS else ()
    exact = next((step for step in steps if step.verdict is verdict), None)
    return exact or next(step for step in steps if step.verdict in no)


def compare_pair(
    spec: Spec, claim: Claim, gathered: Mapping[str, Runs], predictions: Predictions | None = None
) -> tuple[Comparison, str, str]:
    """The two experiments of a claim at the selected end, the unit, and why they are not like against like."""
    pair = (claim.experiments[0], claim.experiments[1])
    step, unit = _step(spec, claim, *pair, None, gathered)
    return step, unit, _unlike(spec, pair, gathered, predictions)


def together(verdicts: list[ClaimVerdict]) -> ClaimVerdict:
    """The verdict of a claim from those of its steps."""
    if len(set(verdicts)) == 1:
        return verdicts[0]
    if any(v in (ClaimVerdict.FAILS, ClaimVerdict.REVERSED) for v in verdicts):
        return ClaimVerdict.FAILS
    return next((v for v in (ClaimVerdict.PARTIAL, ClaimVerdict.NOT_RUN) if v in verdicts), ClaimVerdict.NOT_SHOWN)


def _unlike(spec: Spec, pair: tuple[str, str], gathered: Mapping[str, Runs], predictions: Predictions | None) -> str:
    """Why a pair is not like against like; empty where it is."""
    note = shared_folds(pair, gathered).note
    return note if OTHER_ITEMS in note else other_items(spec, pair, gathered, predictions)


def _is_invalid(spec: Spec, name: str, gathered: Mapping[str, Runs]) -> bool:
    runs = gathered.get(name)
    return runs is not None and bool(invalid_reasons(spec.experiments[name], runs.records))


def _without_value(spec: Spec, claim: Claim, name: str, gathered: Mapping[str, Runs]) -> list[str]:
    """Seeds and folds of an experiment that the metric has no value on, and that are compared with nothing."""
    runs, experiment = gathered.get(name), spec.experiments[name]
    if runs is None or claim.at:
        return []
    try:
        kind = metric_info(experiment, claim.metric, spec.folder)
    except UnknownMetric:
        return []
    texts = [f"seed {seed} of {name} has no value ({why})" for seed, why in undefined_seeds(kind, runs).items()]
    folds = sorted(_folds_without_value(spec, claim, name, gathered))
    return texts + ([f"{_of(folds)} left out: no value of {name} there"] if folds else [])


def _of(folds: list[int]) -> str:
    return f"fold{'s' * (len(folds) > 1)} {listed(folds)}"


def claim_text(spec: Spec, claim: Claim, unit: str) -> str:
    """The claim in words, with the experiments' printed names."""
    names = [spec.experiments[n].title or n for n in claim.experiments]
    on = claim.metric.removeprefix("test/")
    at = f", after {listed([str(a) for a in claim.at])}" if claim.at else ""
    if claim.kind == "same":
        return f"{names[0]} and {names[1]} differ by at most {amount(claim.within or 0.0, unit)} on {on}{at}"
    by = f" by at least {amount(claim.by, unit)}" if claim.by else ""
    if claim.kind == "order":
        return f"{' beats '.join(names)}{', each' + by if by else ''} on {on}{at}"
    return f"{names[0]} beats {names[1]}{by} on {on}{at}"


def claim_sentence(verdict: ClaimVerdict, step: Comparison, steps: list[Comparison], unit: str) -> str:
    """What came of a claim, in one sentence about the step that decides it."""
    where = f"after {step.at} " if step.at else ""
    if verdict is ClaimVerdict.NOT_RUN:
        return step.missing
    if step.mean is None:
        return f"can't tell: {step.missing}"
    finding = where + _found(step, unit)
    if verdict is ClaimVerdict.PARTIAL:
        agree = "" if step.exact else f"; {step.agree} of {several(step.pairs, 'seed')} agree"
        agree = ", from one pair of runs" if step.ci95 is None else agree
        return f"numbers only, nothing proved: {finding}{_interval(step)}{agree}"
    if step.ci95 is None:
        return f"can't tell: {finding}, but from one pair of runs nobody knows how much that varies"
    agree = "" if step.exact else f"; {step.agree} of {several(step.pairs, 'seed')} agree"
    verdict_text = {
        ClaimVerdict.HOLDS: "yes: significantly, " if step.significant and step.kind == "beats" else "yes: ",
        ClaimVerdict.FAILS: "no: ",
        ClaimVerdict.REVERSED: "no, the other way round: ",
        ClaimVerdict.NOT_SHOWN: "can't tell: ",
    }[step.verdict if verdict is not ClaimVerdict.HOLDS else verdict]
    closest = "at every step, the closest being: " if len(steps) > 1 and verdict is ClaimVerdict.HOLDS else ""
    return f"{verdict_text}{closest}{finding}{_interval(step)}{agree}"


def _found(step: Comparison, unit: str) -> str:
    assert step.mean is not None
    if step.kind == "same":
        return f"they are {amount(abs(step.mean), unit)} apart"
    return (
        f"{step.method} is {amount(abs(step.mean), unit)} {'better' if step.mean >= 0 else 'worse'} than {step.other}"
    )


def _interval(step: Comparison) -> str:
    if step.ci95 is None or step.exact:
        return " (neither has a random part)" if step.exact else ""
    places = decimals(max(step.ci95[1] - step.ci95[0], abs(step.ci95[1]) / 100))
    low, high = (fixed(x, places, sign=True) for x in step.ci95)
    return f", between {low} and {high} with 95 % confidence"


def _slack(step: Comparison) -> float:
    """How far a step that holds is from not holding."""
    if step.ci95 is None:
        return 0.0
    if step.kind == "same":
        return step.threshold - max(abs(step.ci95[0]), abs(step.ci95[1]))
    return step.ci95[0] - step.threshold


def _step(
    spec: Spec, claim: Claim, method: str, other: str, at: Duration | None, gathered: Mapping[str, Runs]
) -> tuple[Comparison, str]:
    samples: list[Sample] = []
    kind: MetricInfo | None = None
    shared = shared_folds((method, other), gathered)
    missing, folds = shared.missing, shared.folds
    gone = {fold for name in (method, other) for fold in _folds_without_value(spec, claim, name, gathered)}
    if gone:
        both = folds or gathered[method].folds or gathered[other].folds
        folds = tuple(fold for fold in both if fold not in gone)
        missing = missing or ("" if folds else f"no fold has a value of both {method} and {other}")
    for name in (method, other):
        experiment = spec.experiments[name]
        if experiment.not_run is not None:
            missing = missing or f"{name} is not run"
            samples.append(Sample({}))
            continue
        try:
            kind = metric_info(experiment, claim.metric, spec.folder)
        except UnknownMetric as error:
            missing = missing or str(error)
            samples.append(Sample({}))
            continue
        runs = gathered.get(name)
        sample = Sample({}) if runs is None else runs.sample(_reader(kind, at), kind, folds)
        if not sample.values and not missing:
            unkept = runs is not None and runs.done and at is not None
            none = "has no seed with all its folds" if runs is not None and runs.lacking else "has no finished run"
            missing = f"{name} kept no {kind.key} at {at}" if unkept else f"{name} {none}"
        samples.append(sample)
    not_run = [n for n in (method, other) if _has_not_run(spec, n, gathered)]
    if not_run:
        missing = f"{listed(not_run)} {'have' if len(not_run) > 1 else 'has'} not run"
    if missing:
        samples = [Sample({}), Sample({})]
    comparison = compare(
        samples[0],
        samples[1],
        kind="same" if claim.kind == "same" else "beats",
        threshold=(claim.within if claim.kind == "same" else claim.by) or 0.0,
        direction=kind.direction if kind else "max",
        names=(method, other),
        at=str(at) if at else "",
        missing=missing,
    )
    if kind is not None:
        comparison = replace(comparison, ci95=cut_difference(comparison.ci95, kind.bounds(kind.natural_unit)))
    if not_run:
        comparison = replace(comparison, verdict=ClaimVerdict.NOT_RUN)
    return comparison, (kind.natural_unit if kind else "")


def _folds_without_value(spec: Spec, claim: Claim, name: str, gathered: Mapping[str, Runs]) -> set[int]:
    """Folds in which some seed of an experiment has no value of the claim's metric at the selected end."""
    runs, experiment = gathered.get(name), spec.experiments[name]
    if runs is None or claim.at:
        return set()
    try:
        kind = metric_info(experiment, claim.metric, spec.folder)
    except UnknownMetric:
        return set()
    return {r.fold for r in runs.records if r.fold is not None and is_undefined(r, kind)}


def _has_not_run(spec: Spec, name: str, gathered: Mapping[str, Runs]) -> bool:
    """Whether an experiment that is to be run has no run at all, not even one that failed."""
    runs = gathered.get(name)
    return spec.experiments[name].not_run is None and (runs is None or not (runs.done or runs.failed or runs.lacking))


def _reader(kind: MetricInfo, at: Duration | None) -> Read:
    def read(record: Record) -> float:
        return at_duration(record, kind.key, at) if at else end_reader(kind)(record)

    return read
