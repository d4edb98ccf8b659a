"""The claims of a proposal before anything runs: how many seeds each needs, and what the planned ones will show."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from repro.results.claims import claim_text
from repro.results.expected_spread import sd_over_seeds, seeds_of
from repro.results.metric_info import MetricInfo, UnknownMetric, metric_info
from repro.results.power import MOST, WANTED, Kind, chance, chance_of_all, least, pairs_needed
from repro.results.wording import amount, listed, several
from repro.runs.make_plan import is_constant
from repro.spec.spec import Claim, Reported, Spec


@dataclass(frozen=True)
class Side:
    """What is expected of one experiment, in the metric's natural unit, more being better.

    ``sd`` is over seeds, 0 for a ``constant`` one, None where none is stated. ``why`` says what is missing.
    """

    name: str
    mean: float | None
    sd: float | None
    constant: bool
    seeds: tuple[int, ...]
    why: str = ""
    note: str = ""


@dataclass(frozen=True)
class StepPower:
    """Two experiments of a claim. ``chance`` is that of HOLDS with the ``planned`` pairs of runs, ``needed`` the pairs
    that reach ``WANTED``; both None where ``why`` says that it cannot be known, ``needed`` also where none suffice.
    """

    method: str
    other: str
    difference: float | None
    sd: float | None
    planned: int
    chance: float | None
    needed: int | None
    why: str = ""


@dataclass(frozen=True)
class ClaimPower:
    """A claim and what may be hoped for. With several steps the claim's own numbers are for all of them together."""

    claim: Claim
    text: str
    unit: str
    steps: tuple[StepPower, ...]
    planned: int
    chance: float | None
    needed: int | None
    sentence: str
    notes: tuple[str, ...] = ()


def claim_powers(spec: Spec) -> tuple[ClaimPower, ...]:
    """Every claim of a spec, in its order."""
    return tuple(_power(spec, claim) for claim in spec.claims)


def _power(spec: Spec, claim: Claim) -> ClaimPower:
    sides = [_side(spec, claim, name) for name in claim.experiments]
    unit = _unit(spec, claim)
    kind: Kind = "same" if claim.kind == "same" else "beats"
    threshold = (claim.within if kind == "same" else claim.by) or 0.0
    steps = tuple(_step(spec, method, other, kind, threshold, unit, claim) for method, other in pairwise(sides))
    planned = min(step.planned for step in steps)
    overall, needed = _together(sides, steps, threshold, planned)
    return ClaimPower(
        claim=claim,
        text=claim_text(spec, claim, unit),
        unit=unit,
        steps=steps,
        planned=planned,
        chance=overall,
        needed=needed,
        sentence=_sentence(steps, kind, threshold, unit, planned, overall, needed),
        notes=tuple(dict.fromkeys(side.note for side in sides if side.note)),
    )


def _unit(spec: Spec, claim: Claim) -> str:
    for name in claim.experiments:
        kind = _measured(spec, claim, name)
        if kind is not None:
            return kind.natural_unit
    return ""


def _measured(spec: Spec, claim: Claim, name: str) -> MetricInfo | None:
    try:
        return metric_info(spec.experiments[name], claim.metric, spec.folder)
    except UnknownMetric:
        return None


def _side(spec: Spec, claim: Claim, name: str) -> Side:
    experiment = spec.experiments[name]
    title = experiment.title or name
    constant = is_constant(experiment)
    side = Side(name, None, None, constant, tuple(dict.fromkeys(experiment.seeds)))
    kind = _measured(spec, claim, name)
    if kind is None:
        return _because(side, f"{title} does not measure {claim.metric}")
    rows = [r for r in spec.reported if r.experiment == name and r.metric == kind.key and r.number is not None]
    if not rows:
        return _because(side, f"nothing is expected of {title} on {kind.key.removeprefix('test/')}")
    row = next((r for r in rows if r.number is not None and r.number.spread is not None), rows[0])
    assert row.number is not None
    scale = 100.0 if kind.proportion and row.unit == "fraction" else 1.0
    sign = 1.0 if kind.direction == "max" else -1.0
    mean = sign * scale * row.number.value
    if constant:
        return Side(name, mean, 0.0, constant, side.seeds, note=f"{title} has no random part: one run")
    sd = sd_over_seeds(row, seeds_of(experiment))
    if sd is None:
        return Side(name, mean, None, constant, side.seeds, why=_no_spread(row, title))
    return Side(name, mean, scale * sd, constant, side.seeds, note=_read_as(row, title))


def _because(side: Side, why: str) -> Side:
    return Side(side.name, None, None, side.constant, side.seeds, why=why)


def _no_spread(row: Reported, title: str) -> str:
    assert row.number is not None
    if row.number.spread is not None:
        return f"the spread of {title} is over folds; over seeds none is stated"
    return f"no spread over seeds is stated for {title}, such as {row.number.text} ± 2"


def _read_as(row: Reported, title: str) -> str:
    if row.spread is None or row.spread.kind == "unknown":
        how = "spread: {kind: sd, over: seeds}"
        return f"what ± means is not said of {title}: read as the sd over seeds ({how} says so)"
    return ""


def _step(spec: Spec, method: Side, other: Side, kind: Kind, threshold: float, unit: str, claim: Claim) -> StepPower:
    planned = _pairs(method, other)
    why = next((side.why for side in (method, other) if side.mean is None), "")
    if claim.at:
        why = why or f"what is expected after {listed([str(at) for at in claim.at])} is not stated with a spread"
    if why or method.mean is None or other.mean is None:
        return StepPower(method.name, other.name, None, None, planned, None, None, why)
    difference = method.mean - other.mean
    hopeless = _hopeless(difference, threshold, kind, unit)
    if hopeless:
        sd = _sd(method, other)
        known = None if sd is None else chance(planned, difference, sd, threshold, kind)
        return StepPower(method.name, other.name, difference, sd, planned, known, None, hopeless)
    if method.constant and other.constant:
        return StepPower(method.name, other.name, difference, 0.0, 1, 1.0, 1)
    sd = _sd(method, other)
    if sd is None:
        why = "; ".join(side.why for side in (method, other) if side.why)
        return StepPower(method.name, other.name, difference, None, planned, None, None, why)
    needed = pairs_needed(difference, sd, threshold, kind)
    return StepPower(
        method.name, other.name, difference, sd, planned, chance(planned, difference, sd, threshold, kind), needed
    )


def _pairs(method: Side, other: Side) -> int:
    """Pairs of runs that the planned seeds make; one without a random part goes with every seed of the other."""
    if method.constant or other.constant:
        return 1 if method.constant and other.constant else len((other if method.constant else method).seeds)
    return len(set(method.seeds) & set(other.seeds))


def _sd(method: Side, other: Side) -> float | None:
    """Sd of the paired differences, the seeds of the two taken to be independent."""
    if method.sd is None or other.sd is None:
        return None
    return float((method.sd**2 + other.sd**2) ** 0.5)


def _hopeless(difference: float, threshold: float, kind: Kind, unit: str) -> str:
    """Why no number of seeds will show the claim, should things come as expected; empty where some may."""
    if kind == "same":
        if abs(difference) < threshold:
            return ""
        apart, within = amount(abs(difference), unit), amount(threshold, unit)
        return f"expected to be {apart} apart, no less than the {within} allowed: no number of seeds will show it"
    if difference > threshold:
        return ""
    if difference < 0:
        return f"expected to be {amount(-difference, unit)} worse: no number of seeds will show it"
    more = f"no more than the {amount(threshold, unit)} claimed" if threshold else "none at all"
    return f"the expected difference is {amount(difference, unit)}, {more}: no number of seeds will show it"


def _together(
    sides: Sequence[Side], steps: Sequence[StepPower], threshold: float, planned: int
) -> tuple[float | None, int | None]:
    """Chance and need of the whole claim, which holds where every step does."""
    if len(steps) == 1:
        return steps[0].chance, steps[0].needed
    if any(step.chance is None for step in steps):
        return None, None
    means = [side.mean for side in sides if side.mean is not None]
    sds = [side.sd for side in sides if side.sd is not None]
    if all(step.needed == 1 for step in steps):
        return 1.0, 1
    now = chance_of_all(planned, means, sds, threshold)
    if any(step.needed is None for step in steps):
        return now, None
    return now, least(lambda pairs: chance_of_all(pairs, means, sds, threshold))


def _sentence(
    steps: Sequence[StepPower],
    kind: Kind,
    threshold: float,
    unit: str,
    planned: int,
    overall: float | None,
    needed: int | None,
) -> str:
    why = next((step.why for step in steps if step.why), "")
    if why:
        return f"{'' if 'no number' in why else 'not known: '}{why}"
    assert overall is not None
    if all(step.sd == 0 and step.needed == 1 for step in steps):
        return "neither has a random part: one run of each decides"
    tight = min(steps, key=lambda step: (step.difference or 0.0) - threshold)
    assert tight.difference is not None
    if kind == "same":
        hoped = f"expected to be {amount(abs(tight.difference), unit)} apart, with {amount(threshold, unit)} allowed"
    else:
        closest = "at the closest step " if len(steps) > 1 else ""
        hoped = f"{closest}{amount(tight.difference, unit)} are expected, more than {amount(threshold, unit)} claimed"
    takes = f"takes {several(needed, 'seed')}" if needed is not None else f"takes more than {MOST} seeds"
    if planned == 0:
        has = "the two have no seed in common"
    elif planned == 1:
        has = "one is planned, and from one pair of runs nobody knows how much that varies"
    else:
        has = f"the {planned} planned give {percent(overall)}"
    return f"{hoped}; to see it with {percent(WANTED)} certainty {takes}, {has}"


def percent(share: float) -> str:
    """A probability in whole percent; what is not certain is never 100, nor 0 what may be.

    >>> percent(0.8349), percent(0.9999), percent(0.0004), percent(1.0), percent(0.0)
    ('83 %', '> 99 %', '< 1 %', '100 %', '0 %')
    """
    if 0 < share < 0.005:
        return "< 1 %"
    return "> 99 %" if 0.995 <= share < 1 else f"{100 * share:.0f} %"
