"""Several people's runs of one experiment as one result; who counts how much, and what is counted once only."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from repro.results.bounds import bounds, cut
from repro.results.contribution import Contribution, Draw
from repro.results.estimate import plain_sd
from repro.results.random_effects import ONE_SEED, Effect, random_effects
from repro.results.row import Interval
from repro.results.same_records import same_records
from repro.results.wording import amount, decimals, fixed, listed, several


@dataclass(frozen=True)
class Part:
    """What one person brings: the mean and sd of the ``values`` that count, by ``seeds``, and the weight, of 1.

    With nothing that counts ``mean`` is None and ``weight`` 0; ``why`` says what was left out.
    """

    who: str
    values: tuple[float, ...]
    seeds: tuple[int, ...]
    mean: float | None
    sd: float | None
    weight: float
    why: str = ""


@dataclass(frozen=True)
class Pooled:
    """One experiment on one metric over several people, as values are stored (proportions in percent).

    ``mean`` and ``ci95`` are over people, by :mod:`repro.results.random_effects`; the interval is None where the runs
    cannot bear one. ``tau`` is the sd over people beyond their seeds. ``sentence`` says all of it, ``notes`` what was
    left out or counted once. ``rungs`` are those of the people's specs, each once.
    """

    fingerprint: str
    experiment: str
    title: str
    metric: str
    unit: str
    direction: Literal["max", "min"]
    rungs: tuple[str, ...]
    mean: float
    ci95: Interval | None
    tau: float | None
    parts: tuple[Part, ...]
    sentence: str
    notes: tuple[str, ...] = ()

    @property
    def people(self) -> int:
        """Those whose runs count."""
        return sum(part.mean is not None for part in self.parts)

    @property
    def runs(self) -> int:
        """Values that count."""
        return sum(len(part.values) for part in self.parts)


def pooled(shares: Sequence[Contribution]) -> list[Pooled]:
    """One result for each experiment and metric that two or more people have runs of, in the order of the shares.

    Runs that found the same to the last bit are one sample, whoever trained them, and count for the first in order.
    Runs that a leak makes invalid do not count.
    """
    groups: dict[tuple[str, str], list[Contribution]] = {}
    for share in shares:
        groups.setdefault((share.fingerprint, share.metric), []).append(share)
    results = [_pool(group) for group in groups.values() if len({share.who for share in group}) > 1]
    return [result for result in results if result is not None]


def _pool(group: Sequence[Contribution]) -> Pooled | None:
    counted, why = _counted(group)
    people = [who for who, draws in counted.items() if draws]
    if not people:
        return None
    constant = all(share.constant for share in group)
    effect = random_effects(
        [
            {
                -at if constant else draw.seed: draw.value for draw in counted[who]
            }  # without a random part no seed is shared
            for at, who in enumerate(people)
        ]
    )
    values = [draw.value for who in people for draw in counted[who]]
    effect = replace(effect, ci95=cut(effect.ci95, bounds(group[0].unit), values))
    weights = dict(zip(people, effect.weights, strict=True))
    parts = tuple(_part(who, draws, weights.get(who, 0.0), why[who]) for who, draws in counted.items())
    first = group[0]
    return Pooled(
        fingerprint=first.fingerprint,
        experiment=first.experiment,
        title=first.title,
        metric=first.metric,
        unit=first.unit,
        direction=first.direction,
        rungs=tuple(dict.fromkeys(share.rung for share in group)),
        mean=effect.mean,
        ci95=effect.ci95,
        tau=effect.tau,
        parts=parts,
        sentence=_sentence(effect, parts, first.unit),
        notes=(*(f"{who}: {reason}" for who, reason in why.items() if reason), *_on_seeds(effect, parts)),
    )


def _counted(group: Sequence[Contribution]) -> tuple[dict[str, list[Draw]], dict[str, str]]:
    """The draws that count, by person, and of each person what does not and why."""
    first_owner: dict[tuple[str, ...], str] = {}
    traces: set[str] = set()
    of_each: dict[str, list[str]] = {share.who: [] for share in group}
    again: dict[tuple[str, str], int] = {}
    counted: dict[str, list[Draw]] = {share.who: [] for share in group}
    why: dict[str, list[str]] = {share.who: [] for share in group}
    for share in group:
        if share.invalid:
            why[share.who].append(f"{several(len(share.draws), 'run')} not counted: {share.invalid[0]}")
            continue
        of_each[share.who] += [trace for draw in share.draws for trace in draw.traces]
        for draw in share.draws:
            same_as = first_owner.get(draw.numbers)
            if not traces.isdisjoint(draw.traces):
                pass  # another's record too: all who hold it are told below
            elif same_as is not None:
                pair = (same_as, share.who)
                again[pair] = again.get(pair, 0) + 1
            elif all(draw.seed != other_draw.seed for other_draw in counted[share.who]):
                counted[share.who].append(draw)
            else:
                why[share.who].append(f"seed {draw.seed} is there twice with other numbers; the first counts")
            first_owner.setdefault(draw.numbers, share.who)
            traces.update(draw.traces)
        if share.failed:
            seeds = f"seed{'s' * (len(share.failed) > 1)} {listed(share.failed)}"
            why[share.who].append(f"{seeds} failed")
    for who, lines in same_records(of_each).items():
        why[who] += [f"{line}; counted once" for line in lines]
    for (first, other), number in again.items():
        runs = f"{several(number, 'run')} equal to the last bit, trained again; one sample, counted once"
        for who in dict.fromkeys((first, other)) if first != other else ():
            why[who].append(f"{first} and {other} have {runs}")
    return counted, {who: "; ".join(reasons) for who, reasons in why.items()}


def _part(who: str, draws: Sequence[Draw], weight: float, why: str) -> Part:
    values = tuple(draw.value for draw in draws)
    mean = sum(values) / len(values) if values else None
    return Part(
        who, values, tuple(d.seed for d in draws), mean, plain_sd(values) if len(values) > 1 else None, weight, why
    )


def _sentence(effect: Effect, parts: Sequence[Part], unit: str) -> str:
    people = [part for part in parts if part.mean is not None]
    runs = sum(len(part.values) for part in people)
    ends = effect.ci95
    places = max(1, decimals((ends[1] - ends[0]) / 2 if ends and ends[1] > ends[0] else abs(effect.mean) / 10))
    counted = f"{'1 person' if len(people) == 1 else f'{len(people)} people'}, {several(runs, 'run')}"
    text = f"{counted}: {fixed(effect.mean, places)}"
    if ends is None:
        return f"{text}, without an interval: {effect.why}"
    text = f"{text}, 95 % interval {fixed(ends[0], places)} to {fixed(ends[1], places)}"
    if len(people) == 1:
        return f"{text}, over seeds alone"
    if effect.tau is None:
        return f"{text}; one run each, so what people differ by cannot be told from seeds"
    if round(effect.tau, places) == 0:
        return f"{text}; people differ by no more than their seeds"
    return f"{text}; people differ by {amount(effect.tau, unit)} (sd) beyond their seeds"


def _on_seeds(effect: Effect, parts: Sequence[Part]) -> tuple[str, ...]:
    """What sharing seeds does to the interval, where it does."""
    if effect.why == ONE_SEED or effect.shared is None or effect.shared < 0.05:
        return ()
    people = sum(part.mean is not None for part in parts)
    if people < 2:
        return ()
    share = round(100 * effect.shared)
    text = f"people share seeds, and runs of one seed have {share} % of their variance in common"
    return (f"{text}: the interval is wider for it",)
