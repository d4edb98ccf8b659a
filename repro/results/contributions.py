"""From a spec and its records to a person's shares in what is pooled."""

import hashlib
import json
from collections.abc import Sequence
from math import isfinite

from repro.results.contribution import Contribution, Draw
from repro.results.gate import invalid_reasons
from repro.results.metric_info import COUNTED, TIMED, MetricInfo, UnknownMetric, metric_info
from repro.results.runs_by_experiment import Runs, end_reader, gather
from repro.results.same_records import trace
from repro.runs.identity import identity
from repro.runs.plan import Plan
from repro.runs.record import Record
from repro.spec.spec import Spec


def contributions(who: str, spec: Spec, plan: Plan, records: Sequence[Record]) -> list[Contribution]:
    """A share for each experiment that has runs, on its main metric and on those that the paper reports.

    Args:
        who: whose runs they are.
        spec: the study, at the rung of the records.
        plan: its runs.
        records: those that answer the plan (:meth:`repro.runs.ledger.Ledger.of`).

    """
    collected = []
    for name, runs in gather(spec, plan, records)[0].items():
        if not runs.done:
            continue
        experiment = spec.experiments[name]
        reported = [number.metric for number in spec.reported if number.experiment == name]
        for key in dict.fromkeys([f"test/{experiment.main_metric}", *reported]):
            try:
                metric = metric_info(experiment, key, spec.folder)
            except UnknownMetric:
                continue
            if metric.name not in COUNTED and metric.name != TIMED:
                collected.append(_share(who, spec, name, runs, metric))
    return collected


def _share(who: str, spec: Spec, name: str, runs: Runs, metric: MetricInfo) -> Contribution:
    values = runs.values(end_reader(metric), metric)
    finished = {seed: value for seed, value in values.items() if isfinite(value)}
    experiment = spec.experiments[name]
    return Contribution(
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
    return Draw(seed, value, tuple(record.numbers_sha256() for record in records), tuple(map(trace, records)))


def _sha256(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
