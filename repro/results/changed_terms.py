"""What was changed after results were there, row by row: from what to what. No change is laid to a row that has none.

Records say what was promised of their experiment when they started. Those of before schema 3 keep only a hash of all
that was promised in the study: what was added since is found by leaving it out and comparing hashes; what else was
changed they do not say, and then it is said of the table, not of a row.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import isclose

from repro.results.margin import DECLARED
from repro.results.metric_info import COUNTED, UnknownMetric, metric_info
from repro.results.reported_row import half_width, margin_of
from repro.results.runs_by_experiment import Runs
from repro.results.wording import listed, short
from repro.runs.identity import numbers_sha256, seeds_sha256
from repro.runs.record import Record
from repro.spec.spec import Claim, Reported, Spec, Spread

AFTER = "after seeing results"
STAMP = f"margin changed {AFTER}"
_ADDED = f"reported number added {AFTER}"

_FIELDS = ("unit", "runs", "spread", "selection", "same_test_items", "items", "reading_error")
_MOST_LEFT_OUT = 3
"""So many experiments, and so many claims, that old records may not know are looked for."""


@dataclass
class TermChanges:
    """Notes for rows, by the place of their number in ``spec.reported``, for claims by theirs in ``spec.claims``, and
    what must be said of the whole table.
    """

    rows: dict[int, tuple[str, ...]] = field(default_factory=dict)
    claims: dict[int, tuple[str, ...]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def changed_terms(spec: Spec, terms: str, gathered: Mapping[str, Runs]) -> TermChanges:
    """What of a spec's reported numbers, margins, claims and seeds is not what was promised when its runs started."""
    notes, used = _Notes(), {name: _all(runs) for name, runs in gathered.items()}
    called = {str(r.promise.get("experiment")): name for name, records in used.items() for r in records if r.promise}
    silent: dict[str, list[str]] = defaultdict(list)
    for name, record in ((name, record) for name, records in used.items() for record in records):
        then = _then(record, called) if record.promise else None
        if then is not None:
            notes.against(spec, name, then)
        elif record.terms != terms:
            silent[record.terms].append(name)
    unsaid = 0
    for old, names in silent.items():
        since = _added_since(spec, old)
        if since is None:
            unsaid += len(names)
            continue
        for name in names:
            for index, text in since.rows.items():
                notes.rows[index][text] += spec.reported[index].experiment == name
            for index in since.claims:
                notes.claims[index][name][f"claimed {AFTER}"] = None
    return _changed(spec, notes, {name: len(records) for name, records in used.items()}, unsaid)


def _changed(spec: Spec, notes: "_Notes", runs: Mapping[str, int], unsaid: int) -> TermChanges:
    """``runs`` counts those of each experiment, ``unsaid`` those that do not say what was changed."""
    rows, claims = {}, {}
    for index, texts in sorted(notes.rows.items()):
        total = runs[spec.reported[index].experiment]
        counted = [t if n == total else f"{t} ({n} of {total} runs were there)" for t, n in texts.items() if n]
        if counted:
            rows[index] = tuple(counted)
    for index, by_name in sorted(notes.claims.items()):
        names = spec.claims[index].experiments
        if all(by_name.get(name) for name in names):  # where one had not run, nobody had seen the result
            claims[index] = tuple(dict.fromkeys(text for name in names for text in by_name[name]))
    lines = [f"{_row_name(spec.reported[i])}: {'; '.join(texts)}" for i, texts in rows.items()]
    lines += [f"claim {' and '.join(spec.claims[i].experiments)}: {'; '.join(t)}" for i, t in claims.items()]
    if unsaid:
        lines.append(
            f"{STAMP}, or a reported number, a claim or seeds: they are not those in force when {unsaid} of "
            f"{sum(runs.values())} runs started, and records of before do not say which"
        )
    return TermChanges(rows, claims, (*lines, *notes.gone))


@dataclass(frozen=True)
class _Then:
    """What a record says was promised of its experiment, under today's names."""

    baseline: str
    reported: tuple[Reported, ...]
    claims: tuple[Claim, ...]
    seeds: tuple[int, ...]
    under: tuple[str, ...]


def _then(record: Record, called: Mapping[str, str]) -> _Then | None:
    """None where it cannot be read."""
    try:
        reported = tuple(Reported.model_validate_json(json.dumps(row)) for row in record.promise["reported"])
        claims = tuple(Claim.model_validate_json(json.dumps(claim)) for claim in record.promise["claims"])
        seeds = tuple(int(seed) for seed in record.promise["seeds"])
        baseline, under = str(record.promise["baseline"]), tuple(map(str, record.promise["under"]))
    except (KeyError, TypeError, ValueError):
        return None

    def now(name: str) -> str:
        return called.get(name, name)

    return _Then(
        now(baseline),
        tuple(row.model_copy(update={"experiment": now(row.experiment)}) for row in reported),
        tuple(claim.model_copy(update={"experiments": tuple(map(now, claim.experiments))}) for claim in claims),
        seeds,
        under,
    )


class _Notes:
    """What was found, with the number of runs that it was found in."""

    def __init__(self) -> None:
        self.rows: dict[int, Counter[str]] = defaultdict(Counter)
        self.claims: dict[int, dict[str, dict[str, None]]] = defaultdict(lambda: defaultdict(dict))
        self.gone: dict[str, None] = {}

    def against(self, spec: Spec, name: str, then: _Then) -> None:
        """Hold what was promised then against what the spec says now."""
        left = [row for row in then.reported if row.experiment == name]
        old = spec.model_copy(update={"reported": then.reported, "baseline": then.baseline})
        seeds = then.under == (spec.rung, *spec.overrides) and then.seeds != spec.experiments[name].seeds
        for index, now in enumerate(spec.reported):
            if now.experiment != name:
                continue
            before = _same_number(now, left)
            if before is None:
                self.rows[index][_ADDED] += 1
                continue
            left.remove(before)
            for text in _differences(spec, old, now, before):
                self.rows[index][text] += 1
            if seeds:
                self.rows[index][_from_to("seeds", listed(then.seeds), listed(spec.experiments[name].seeds))] += 1
        for row in left:
            self.gone[f"{_row_name(row)}: reported number taken out {AFTER}: {_text(row)}"] = None
        self._claims(spec, name, then)

    def _claims(self, spec: Spec, name: str, then: _Then) -> None:
        left = list(then.claims)
        for index, now in enumerate(spec.claims):
            if name not in now.experiments:
                continue
            same = [claim for claim in left if _what(claim) == _what(now)]
            if not same:
                self.claims[index][name][f"claimed {AFTER}"] = None
                continue
            before = next((claim for claim in same if _threshold(claim) == _threshold(now)), same[0])
            left.remove(before)
            if _threshold(before) != _threshold(now):
                word = "within" if now.kind == "same" else "by"
                changed = _from_to(word, _threshold(before), _threshold(now))
                self.claims[index][name][changed] = None
        for claim in left:
            self.gone[f"claim {' and '.join(claim.experiments)} on {claim.metric}: taken out {AFTER}"] = None


def _same_number(now: Reported, before: Sequence[Reported]) -> Reported | None:
    """The number that this one was, by metric, and of several of one metric by unit and place in the paper."""
    same = [row for row in before if row.metric == now.metric]
    return max(same, key=lambda row: (row.where == now.where, row.unit == now.unit), default=None)


def _differences(spec: Spec, old: Spec, now: Reported, before: Reported) -> Iterator[str]:
    if _number(now) != _number(before):
        yield _from_to("reported number", _text(before), _text(now))
    for word in _FIELDS:
        earlier, other = getattr(before, word), getattr(now, word)
        if earlier != other:
            yield _from_to(word.replace("_", " "), _shown(earlier), _shown(other))
    margins = _margin(old, before), _margin(spec, now)
    if all(margins) and not isclose(margins[0][0], margins[1][0], rel_tol=1e-9):
        yield _from_to("margin", *(f"{short(value)} ({rule})" for value, rule in margins))
    elif not all(margins) and before.margin != now.margin:
        yield _from_to("margin", _shown(before.margin), _shown(now.margin))


def _margin(spec: Spec, reported: Reported) -> tuple[float, str]:
    """The margin in force and what ruled it; empty where there is none."""
    experiment = spec.experiments.get(reported.experiment)
    if experiment is None or reported.number is None or reported.expected:
        return ()  # type: ignore[return-value]
    if reported.metric in COUNTED:
        margin = max(half_width(reported), reported.margin or 0.0)
        return margin, DECLARED if reported.margin else "the rounding"
    try:
        bound = margin_of(spec, reported, metric_info(experiment, reported.metric, spec.folder))
    except UnknownMetric:
        return ()  # type: ignore[return-value]
    return bound.value, bound.rule


@dataclass(frozen=True)
class _AddedTerms:
    rows: Mapping[int, str]
    claims: frozenset[int]


def _added_since(spec: Spec, terms: str) -> _AddedTerms | None:
    """What must be left out of the spec to have the terms of an old record; None where nothing that was tried does."""
    experiments = list(spec.experiments.values())
    for new in _some(range(len(experiments)), _MOST_LEFT_OUT):
        if seeds_sha256(experiment for i, experiment in enumerate(experiments) if i not in new) != terms[32:]:
            continue
        names = {experiments[i].name for i in new}
        rows = [i for i, row in enumerate(spec.reported) if row.experiment not in names]
        claims = [i for i, claim in enumerate(spec.claims) if not names & set(claim.experiments)]
        more = [i for i, claim in enumerate(spec.claims) if names & set(claim.experiments)]
        for few in _some(claims, _MOST_LEFT_OUT):
            known = [spec.claims[i] for i in claims if i not in few]
            for changed, reported in _with_one_changed(spec, rows):
                if numbers_sha256(reported, known) == terms[:32]:
                    return _AddedTerms(changed, frozenset((*few, *more)))
    return None


def _with_one_changed(spec: Spec, rows: Sequence[int]) -> Iterator[tuple[Mapping[int, str], list[Reported]]]:
    """The numbers as they are, with one left out, or with one whose margin was not declared."""
    numbers = [spec.reported[i] for i in rows]
    yield {}, numbers
    for place, index in enumerate(rows):
        row = numbers[place]
        yield {index: _ADDED}, [*numbers[:place], *numbers[place + 1 :]]
        if row.margin is not None:
            plain = row.model_copy(update={"margin": None})
            before, now = _margin(spec, plain), _margin(spec, row)
            shown = (f"{short(value)} ({rule})" for value, rule in (before, now)) if before and now else ("?", "?")
            yield {index: _from_to("margin", *shown)}, [*numbers[:place], plain, *numbers[place + 1 :]]


def _some(of: Sequence[int], most: int) -> Iterator[tuple[int, ...]]:
    """None of them, each, each two, up to ``most``."""
    for count in range(min(most, len(of)) + 1):
        yield from combinations(of, count)


def _from_to(what: str, before: str, other: str) -> str:
    return f"{what} changed {AFTER}: from {before} to {other}"


def _shown(value: object) -> str:
    if value is None:
        return "not stated"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value.kind} over {value.over}" if isinstance(value, Spread) else str(value)


def _number(row: Reported) -> object:
    return None if row.number is None else (row.number.value, row.number.spread, row.number.folds, row.number.text)


def _text(row: Reported) -> str:
    return "none" if row.number is None else row.number.text


def _what(claim: Claim) -> object:
    return claim.kind, claim.experiments, claim.metric, claim.at


def _threshold(claim: Claim) -> str:
    return f"{(claim.within if claim.kind == 'same' else claim.by) or 0.0:g}"


def _row_name(row: Reported) -> str:
    return f"{row.experiment}, {row.metric.removeprefix('test/')}"


def _all(runs: Runs) -> list[Record]:
    return [r for group in (runs.done, runs.failed) for seed in group for r in group[seed]]
