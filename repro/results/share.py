"""One person's share in a pooled result: the runs of one experiment, so that others' can be laid beside it."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from repro.results.gate import invalid_reasons
from repro.results.gathered import Runs, end_reader, gather
from repro.results.measured import COUNTED, TIMED, Measured, UnknownMetric, measured
from repro.runs.identity import identity
from repro.runs.plan import Plan
from repro.runs.record import Record
from repro.spec.spec import Spec


@dataclass(frozen=True)
class Draw:
    """One seed's value, over all its folds, as it is stored (proportions in percent).

    ``numbers`` are the hashes of what its records found, one a fold; ``traces`` those of that with the environment and
    the times, which no two trainings have in common.
    """

    seed: int
    value: float
    numbers: tuple[str, ...]
    traces: tuple[str, ...]


@dataclass(frozen=True)
class Share:
    """One person's runs of one experiment, on one metric.

    ``who`` is the person's name, or the folder's. ``fingerprint`` is the same for all whose experiment is the same but
    for its seeds: recipe, own code and the content of the data. ``invalid`` says why nothing may be made of them.
    ``failed`` are seeds without a value; a ``constant`` experiment has no random part.
    """

    who: str
    experiment: str
    title: str
    metric: str
    unit: str
    direction: Literal["max", "min"]
    rung: str
    fingerprint: str
    draws: tuple[Draw, ...]
    failed: tuple[int, ...] = ()
    invalid: tuple[str, ...] = ()
    constant: bool = False


def shares(who: str, spec: Spec, plan: Plan, records: Sequence[Record]) -> list[Share]:
    """A share for each experiment that has runs, on its main metric and on those that the paper reports.

    Args:
        who: whose runs they are.
        spec: the study, at the rung of the records.
        plan: its runs.
        records: those that answer the plan (:meth:`repro.runs.ledger.Ledger.of`).

    """
    found = []
    for name, runs in gather(spec, plan, records)[0].items():
        if not runs.done:
            continue
        experiment = spec.experiments[name]
        reported = [one.metric for one in spec.reported if one.experiment == name]
        for key in dict.fromkeys([f"test/{experiment.main_metric}", *reported]):
            try:
                metric = measured(experiment, key, spec.folder)
            except UnknownMetric:
                continue
            if metric.name not in COUNTED and metric.name != TIMED:
                found.append(_share(who, spec, name, runs, metric))
    return found


def _share(who: str, spec: Spec, name: str, runs: Runs, metric: Measured) -> Share:
    values = runs.values(end_reader(metric), metric)
    finished = {seed: value for seed, value in values.items() if isfinite(value)}
    experiment = spec.experiments[name]
    return Share(
        who=who,
        experiment=name,
        title=experiment.title or name,
        metric=metric.key,
        unit=metric.natural_unit,
        direction=metric.direction,
        rung=spec.rung,
        fingerprint=_fingerprint(spec, name, runs),
        draws=tuple(_draw(seed, value, runs.done[seed]) for seed, value in finished.items()),
        failed=tuple(sorted({*runs.failed_seeds, *(values.keys() - finished.keys())})),
        invalid=invalid_reasons(experiment, runs.records),
        constant=runs.constant,
    )


def _fingerprint(spec: Spec, name: str, runs: Runs) -> str:
    """What the experiment's run of seed 0 would be identified by, with the hashes of the data it was trained on."""
    data = sorted({record.data_sha256 or "" for record in runs.records})
    return _sha256([identity(spec.experiments[name], 0, None, spec.folder), *data])


def _draw(seed: int, value: float, records: Sequence[Record]) -> Draw:
    return Draw(seed, value, tuple(record.numbers_sha256() for record in records), tuple(map(_trace, records)))


def _trace(record: Record) -> str:
    of = (record.environment.model_dump(mode="json"), record.timings.model_dump(mode="json"))
    return _sha256([record.numbers_sha256(), *of])


def _sha256(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
