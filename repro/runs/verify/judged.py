"""A record against the one that the same run left here: bitwise in one environment, by the seeds' spread elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass

from repro.data.gate import GateError
from repro.runs.plan import Run
from repro.runs.record import Point, Record, Scores
from repro.runs.verify.elsewhere import elsewhere
from repro.runs.verify.integrity import label_of, other_gate
from repro.runs.verify.interval import pair_distance, prediction_interval, step_floor
from repro.runs.verify.learning_curves import too_far
from repro.runs.verify.tolerance import same
from repro.runs.verify.verification import Judged, RetrainedRun
from repro.spec.index import index

CONSTANT_SLACK = 0.1
"""How far the value of an experiment without a random part may lie apart elsewhere: percent points, or a share of
0.001 of the value where it is no percentage. A tie that another processor breaks otherwise moves single items.
"""

DIVERGED = "diverged"
"""How the reason of a run begins whose objective stopped being a number, which is an outcome as others are."""

OPENED = "blind-files"
"""The check of the gate that depends on what lies in the cache already."""

ORDER, ORDER_SECONDS = 10.0, 10.0
"""From so many times the other one's time, and seconds beside, two times of one run are of another order."""


@dataclass(frozen=True)
class MainMetric:
    """The value by which runs of an experiment are compared: its first metric on the test items."""

    label: str
    name: str
    percent: bool

    def of(self, record: Record) -> float:
        """The value. KeyError where the record lacks it."""
        return record.metrics[self.label]["test"].values[self.name]


def main_metric(run: Run) -> MainMetric:
    """The main metric of a run's experiment."""
    experiment = run.experiment
    name = experiment.main_metric
    entry = experiment.metrics[name]
    return MainMetric(label_of(entry, experiment), name, not entry.own and index().metric(entry.name).proportion)


def judge(run: Run, old: Record, new: Record, others: Sequence[Record], drawn: int) -> RetrainedRun:
    """What training a run again says of its record.

    Args:
        run: what was trained.
        old: the study's record.
        new: the record of the run trained here.
        others: finished records of the experiment's other seeds.
        drawn: how many runs are judged, over which the error is shared out.

    """
    if new.state == "failed" and not (new.reason or "").startswith(DIVERGED):
        if (new.reason or "").startswith(GateError.__name__):
            return _made(run, old, new, "wrong", f"here it is refused: {new.reason}", ())
        return could_not(run, old, new.reason or "no reason given")
    estimator = old.training_path == "estimator"
    apart = elsewhere(old.environment, new.environment, estimator=estimator)
    if not apart:
        return _bitwise(run, old, new)
    if old.state != "done" or new.state != "done":
        text = f"it {_ended(new)} here and {_ended(old)} there, in another environment"
        return _made(run, old, new, "cannot judge", text, apart)
    metric = main_metric(run)
    recorded, again = metric.of(old), metric.of(new)
    if old.constant:
        slack = CONSTANT_SLACK if metric.percent else CONSTANT_SLACK / 100.0 * abs(recorded)
        text = "without a random part the value is the same but for rounding"
        within = (recorded - slack, recorded + slack)
        if abs(recorded - again) > slack:
            return _made(run, old, new, "wrong", text, apart, metric, within)
        return _all_inside(run, old, new, (), drawn, text, apart, metric, within)
    values = [metric.of(record) for record in others]
    if len(values) < 2:
        text = f"only {len(values)} other seed{'s' * (len(values) != 1)}: no interval, and no byte can be compared"
        return _made(run, old, new, "cannot judge", text, apart, metric)
    floor = step_floor(new.metrics[metric.label]["test"].n) if metric.percent else 0.0
    low, high = prediction_interval(values, floor=floor, drawn=drawn)
    reach = pair_distance(values, floor=floor, drawn=drawn)
    if not low <= again <= high:
        text = f"not where new seeds fall, by {len(values)} other seeds"
        return _made(run, old, new, "wrong", text, apart, metric, (low, high))
    if abs(recorded - again) > reach:
        text = f"the record lies further from it than two seeds do ({reach:.3g}), by {len(values)} other seeds"
        return _made(run, old, new, "wrong", text, apart, metric, (low, high))
    text = f"where new seeds fall, by {len(values)} other seeds"
    text += ", and two bound little" if len(values) == 2 else ""
    return _all_inside(run, old, new, others, drawn, text, apart, metric, (low, high))


def could_not(run: Run, old: Record, why: str) -> RetrainedRun:
    """A run that could not be trained here, which says nothing of its record."""
    text = f"it cannot be trained here: {why}"
    return RetrainedRun(run.id, run.experiment.name, run.seed, "cannot judge", text, sha256=old.sha256)


def not_bitwise(old: Record, new: Record) -> list[str]:
    """Fields of two records of one run that are not the same, of those that training decides."""
    fields = ("state", "weights_sha256", "predictions_sha256", "chosen", "steps", "parameters", "multiply_adds")
    differing = [field for field in fields if getattr(old, field) != getattr(new, field)]
    if not _same_metrics(old, new):
        differing.append("metrics")
    for field in ("history", "sealed"):
        if not _same_points(getattr(old, field), getattr(new, field)):
            differing.append(field)
    return differing


def _all_inside(
    run: Run,
    old: Record,
    new: Record,
    others: Sequence[Record],
    drawn: int,
    text: str,
    apart: tuple[str, ...],
    metric: MainMetric,
    interval: tuple[float, float],
) -> RetrainedRun:
    """The main value is inside: whether all other scores and curves are."""
    of = f" ({metric.label})" if len(old.metrics) > 1 else ""
    if far := too_far(run.experiment, old, new, others, drawn=drawn, besides=f"test/{metric.name}{of}"):
        return _made(run, old, new, "wrong", "; ".join(far), apart, metric, interval)
    text += "; other scores, sealed history and curves lie no further apart than "
    text += "two seeds" if others else "rounding takes them"
    return _made(run, old, new, "inside", text, apart, metric, interval)


def _seconds(old: Record, new: Record) -> tuple[str, ...]:
    """What to say where a record's time is of another order than the run takes here."""
    before, here = old.timings.total, new.timings.total
    if max(before, here) <= ORDER * min(before, here) + ORDER_SECONDS:
        return ()
    return (f"the record says that it took {before:.3g} s; here it took {here:.3g} s",)


def _bitwise(run: Run, old: Record, new: Record) -> RetrainedRun:
    differing = not_bitwise(old, new)
    checks = {name: check for name, check in new.gate.get("checks", {}).items() if name != OPENED}
    if new.state == old.state == "done" and (less := other_gate(old, {"checks": checks})):
        differing.append(f"gate ({'; '.join(less)})")
    metric = main_metric(run) if old.state == new.state == "done" else None
    if not differing:
        return _made(run, old, new, "bitwise equal", "", (), metric)
    words = ", ".join(differing)
    return _made(run, old, new, "wrong", f"not the same bytes in the same environment: {words}", (), metric)


def _made(
    run: Run,
    old: Record,
    new: Record,
    judged: Judged,
    text: str,
    apart: tuple[str, ...],
    metric: MainMetric | None = None,
    interval: tuple[float, float] | None = None,
) -> RetrainedRun:
    return RetrainedRun(
        id=run.id,
        experiment=run.experiment.name,
        seed=run.seed,
        judged=judged,
        text=text,
        elsewhere=apart,
        metric="" if metric is None else f"test/{metric.name}",
        recorded=None if metric is None else metric.of(old),
        again=None if metric is None else metric.of(new),
        interval=interval,
        seconds=new.timings.total,
        remarks=_seconds(old, new),
        sha256=old.sha256,
    )


def _ended(record: Record) -> str:
    return "finished" if record.state == "done" else f"failed ({record.reason})"


def _same_metrics(old: Record, new: Record) -> bool:
    if {o: set(v) for o, v in old.metrics.items()} != {o: set(v) for o, v in new.metrics.items()}:
        return False
    return all(
        _same_scores(scores, new.metrics[output][view])
        for output, views in old.metrics.items()
        for view, scores in views.items()
    )


def _same_scores(first: Scores, other: Scores) -> bool:
    return first.n == other.n and first.values.keys() == other.values.keys() and _same(first.values, other.values)


def _same_points(old: Sequence[Point], new: Sequence[Point]) -> bool:
    """Points of the same steps with the same values; a view that only one of them looked at is left alone."""
    if [point.step for point in old] != [point.step for point in new]:
        return False
    return all(_same(first.values, other.values) for first, other in zip(old, new, strict=True))


def _same(first: dict[str, float], other: dict[str, float]) -> bool:
    return all(same(first[name], other[name]) for name in first.keys() & other.keys())
