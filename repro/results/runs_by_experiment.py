"""Sorting records: which ones belong to which experiment and seed, which failed, which are not there yet."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from math import isfinite

from repro.results.claim import Sample
from repro.results.metric_info import MetricInfo
from repro.results.values import at_end, is_undefined, items_behind, over_folds
from repro.runs.plan import Plan
from repro.runs.record import Record
from repro.spec.folds import chosen_folds
from repro.spec.read_dataset import facts_of
from repro.spec.spec import Spec

Read = Callable[[Record], float]


@dataclass
class Runs:
    """The records of one experiment. ``done`` and ``failed`` are by seed, a seed's records being its folds.

    ``planned`` are the seeds that should be there, ``folds`` each seed's folds in order, numbered from 1, empty where
    there are none. A seed with a failed fold counts as failed; one that only lacks folds stands in ``lacking``, with
    the folds that are not there, and counts as missing.
    """

    planned: tuple[int, ...]
    done: dict[int, list[Record]] = field(default_factory=dict)
    failed: dict[int, list[Record]] = field(default_factory=dict)
    folds: tuple[int, ...] = ()
    lacking: dict[int, tuple[int, ...]] = field(default_factory=dict)

    @property
    def records(self) -> list[Record]:
        """All finished records, seeds in order."""
        return [record for seed in sorted(self.done) for record in self.done[seed]]

    @property
    def failed_seeds(self) -> tuple[int, ...]:
        """Seeds that failed, in order."""
        return tuple(sorted(self.failed))

    @property
    def constant(self) -> bool:
        """True when the runs say that the experiment has no random part."""
        return bool(self.done) and all(r.constant for r in self.records)

    @property
    def missing(self) -> tuple[int, ...]:
        """Planned seeds without any record; a constant experiment misses none once it has run."""
        if self.constant:
            return ()
        return tuple(s for s in self.planned if s not in self.done and s not in self.failed)

    def values(self, read: Read, measured: MetricInfo, folds: Sequence[int] = ()) -> dict[int, float]:
        """Each finished seed's value, over those of its folds (or of those named) that have one; NaN without any."""
        return {
            seed: over_folds(
                (read(r), items_behind(r, measured))
                for r in records
                if (not folds or r.fold in folds) and not is_undefined(r, measured)
            )
            for seed, records in sorted(self.done.items())
        }

    def by_fold(self, read: Read) -> dict[int, dict[int, float]]:
        """``{fold: {seed: value}}`` of the finished seeds, folds and seeds in order; empty without folds."""
        return {
            fold: {seed: read(r) for seed, records in sorted(self.done.items()) for r in records if r.fold == fold}
            for fold in self.folds
        }

    def sample(self, read: Read, measured: MetricInfo, folds: Sequence[int] = ()) -> Sample:
        """Finite values by seed, over all folds or those named, for claims."""
        values = self.values(read, measured, folds)
        return Sample({s: v for s, v in values.items() if isfinite(v)}, self.constant)


def gather(spec: Spec, plan: Plan | None, records: Sequence[Record]) -> tuple[dict[str, Runs], list[str]]:
    """Sort records by experiment; also warnings about records that are left out.

    With a plan a record belongs to the run of the same identity, whatever its experiment was called when it ran.
    Without one it belongs by its own words: experiment, seed, and the spec's rung.
    """
    gathered, warnings = _by_plan(plan, records) if plan else _by_name(spec, records)
    return gathered, warnings


def end_reader(measured: MetricInfo) -> Read:
    """Reads the value at the chosen weights."""
    return lambda record: at_end(record, measured)


def _by_plan(plan: Plan, records: Sequence[Record]) -> tuple[dict[str, Runs], list[str]]:
    by_identity: dict[str, Record] = {}
    for record in records:
        known = by_identity.get(record.identity)
        if known is None or (known.state == "failed" and record.state == "done"):
            by_identity[record.identity] = record
    gathered: dict[str, Runs] = {}
    seeds: dict[str, list[int]] = defaultdict(list)
    for run in plan.runs:
        if run.seed not in seeds[run.experiment.name]:
            seeds[run.experiment.name].append(run.seed)
    for run in plan.runs:
        runs = gathered.setdefault(run.experiment.name, Runs(tuple(seeds[run.experiment.name])))
        if run.identity in by_identity:
            _place(runs, run.seed, by_identity[run.identity])
    for name, runs in gathered.items():
        _drop_incomplete(runs, {run.fold for run in plan.runs if run.experiment.name == name})
    return gathered, []


def _by_name(spec: Spec, records: Sequence[Record]) -> tuple[dict[str, Runs], list[str]]:
    gathered = {n: Runs(e.seeds) for n, e in spec.experiments.items() if e.not_run is None}
    planned = {name: _folds(spec, name) for name in gathered}
    warnings: list[str] = []
    by_run: dict[tuple[str, int, int | None], Record] = {}
    left_out = 0
    for record in records:
        runs = gathered.get(record.experiment)
        listed = runs is not None and (not runs.planned or record.seed in runs.planned or record.constant)
        folds = planned.get(record.experiment)
        if runs is None or not listed or record.rung != spec.rung or (folds and record.fold not in folds):
            left_out += 1
            continue
        key = (record.experiment, record.seed, record.fold)
        known = by_run.get(key)
        if known is not None and known.state == record.state == "done" and known.identity != record.identity:
            raise ValueError(
                f"two different runs of {record.experiment} with seed {record.seed}: "
                "give a plan to tell which one is meant"
            )
        if known is None or known.state == "failed":
            by_run[key] = record
    for (name, seed, _), record in by_run.items():
        _place(gathered[name], seed, record)
    for name, runs in gathered.items():
        _drop_incomplete(runs, planned[name] or {r.fold for r in runs.records})
    if left_out:
        warnings.append(f"{left_out} records of other experiments, seeds or rungs are not in this table")
    return gathered, warnings


def _place(runs: Runs, seed: int, record: Record) -> None:
    (runs.done if record.state == "done" else runs.failed).setdefault(seed, []).append(record)


def _drop_incomplete(runs: Runs, folds: Collection[int | None]) -> None:
    """A seed counts when all its folds are done; with a failed fold it is a failed seed, else it is still missing."""
    runs.folds = tuple(sorted(fold for fold in folds if fold is not None))
    for seed, records in list(runs.done.items()):
        present = {r.fold for r in records}
        if seed in runs.failed or present != set(folds):
            del runs.done[seed]
        if seed not in runs.failed and present != set(folds):
            runs.lacking[seed] = tuple(fold for fold in runs.folds if fold not in present)
        records.sort(key=lambda r: r.fold or 0)


def _folds(spec: Spec, name: str) -> Collection[int | None]:
    """The folds that an experiment's spec asks for; empty where that is not known, or where it has none."""
    experiment = spec.experiments[name]
    if experiment.splits.folds is None:
        return ()
    try:
        return chosen_folds(experiment.splits, facts_of(experiment.dataset, spec.folder))
    except ValueError:
        return ()
