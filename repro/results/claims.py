"""The claims of a spec against our runs: what the paper is really about."""

from collections.abc import Mapping

from repro.results.blank_row import partial_reasons
from repro.results.claim import ClaimVerdict, Comparison, Sample, compare
from repro.results.claim_folds import shared_folds
from repro.results.gathered import Read, Runs, end_reader
from repro.results.measured import Measured, UnknownMetric, measured
from repro.results.results import ClaimResult
from repro.results.values import at_duration
from repro.results.wording import amount, decimals, fixed, listed, several
from repro.runs.record import Record
from repro.spec.experiment import Duration
from repro.spec.spec import Claim, Spec


def claim_result(spec: Spec, claim: Claim, gathered: Mapping[str, Runs]) -> ClaimResult:
    """Judge one claim, each step of an order and each point of the training by itself.

    It holds where every step does; it is reversed where every step is, and fails where any step fails or is reversed.
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
    verdict = together([s.verdict for s in steps])
    deciding = next((s for s in steps if s.verdict is verdict), None) or next(
        s for s in steps if s.verdict is not ClaimVerdict.HOLDS
    )
    if verdict is ClaimVerdict.HOLDS:
        deciding = min(steps, key=_slack)
    partial = sorted({r for name in claim.experiments for r in partial_reasons(spec, name)})
    notes: tuple[str, ...] = (f"partial: {'; '.join(partial)}",) if partial else ()
    differs = dict.fromkeys(word for name in claim.experiments for word in spec.differs.get(name, ()))
    if differs:
        notes += (f"recipe differs: {', '.join(differs)}",)
    on_folds = (shared_folds(pair, gathered).note for pair in pairs)
    notes += tuple(dict.fromkeys(note for note in on_folds if note))
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


def together(verdicts: list[ClaimVerdict]) -> ClaimVerdict:
    """The verdict of a claim from those of its steps."""
    if len(set(verdicts)) == 1:
        return verdicts[0]
    if any(v in (ClaimVerdict.FAILS, ClaimVerdict.REVERSED) for v in verdicts):
        return ClaimVerdict.FAILS
    return ClaimVerdict.NOT_SHOWN


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
    if step.mean is None:
        return f"can't tell: {step.missing}"
    found = where + _found(step, unit)
    if step.ci95 is None:
        return f"can't tell: {found}, but from one pair of runs nobody knows how much that varies"
    agree = "" if step.exact else f"; {step.agree} of {several(step.pairs, 'seed')} agree"
    said = {
        ClaimVerdict.HOLDS: "yes: significantly, " if step.significant and step.kind == "beats" else "yes: ",
        ClaimVerdict.FAILS: "no: ",
        ClaimVerdict.REVERSED: "no, the other way round: ",
        ClaimVerdict.NOT_SHOWN: "can't tell: ",
    }[step.verdict if verdict is not ClaimVerdict.HOLDS else verdict]
    closest = "at every step, the closest being: " if len(steps) > 1 and verdict is ClaimVerdict.HOLDS else ""
    return f"{said}{closest}{found}{_interval(step)}{agree}"


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
    kind: Measured | None = None
    shared = shared_folds((method, other), gathered)
    missing = shared.missing
    for name in (method, other):
        experiment = spec.experiments[name]
        if experiment.not_run is not None:
            missing = missing or f"{name} is not run"
            samples.append(Sample({}))
            continue
        try:
            kind = measured(experiment, claim.metric, spec.folder)
        except UnknownMetric as error:
            missing = missing or str(error)
            samples.append(Sample({}))
            continue
        runs = gathered.get(name)
        sample = Sample({}) if runs is None else runs.sample(_reader(kind, at), kind, shared.folds)
        if not sample.values and not missing:
            unkept = runs is not None and runs.done and at is not None
            none = "has no seed with all its folds" if runs is not None and runs.lacking else "has no finished run"
            missing = f"{name} kept no {kind.key} at {at}" if unkept else f"{name} {none}"
        samples.append(sample)
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
    return comparison, (kind.natural_unit if kind else "")


def _reader(kind: Measured, at: Duration | None) -> Read:
    def read(record: Record) -> float:
        return at_duration(record, kind.key, at) if at else end_reader(kind)(record)

    return read
