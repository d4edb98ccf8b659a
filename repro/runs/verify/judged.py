"""A record against the one that the same run left here: bitwise in one environment, by the seeds' spread elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass

from repro.runs.plan import Run
from repro.runs.record import Point, Record, Scores
from repro.runs.verify.close import same
from repro.runs.verify.elsewhere import elsewhere
from repro.runs.verify.integrity import label_of
from repro.runs.verify.interval import pair_distance, prediction_interval, step_floor
from repro.runs.verify.verification import Judged, Retrained
from repro.spec.index import index

CONSTANT_SLACK = 0.1
"""How far the value of an experiment without a random part may lie apart elsewhere: percent points, or a share of
0.001 of the value where it is no percentage. A tie that another processor breaks otherwise moves single items.
"""


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


def judge(run: Run, old: Record, new: Record, others: Sequence[Record], drawn: int) -> Retrained:
    """What training a run again says of its record.

    Args:
        run: what was trained.
        old: the study's record.
        new: the record of the run trained here.
        others: finished records of the experiment's other seeds.
        drawn: how many runs are judged, over which the error is shared out.

    """
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
        fine = abs(recorded - again) <= slack
        text = "without a random part the value is the same but for rounding"
        return _made(
            run, old, new, "inside" if fine else "wrong", text, apart, metric, (recorded - slack, recorded + slack)
        )
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
    return _made(run, old, new, "inside", text, apart, metric, (low, high))


def could_not(run: Run, old: Record, error: Exception) -> Retrained:
    """A run that could not be trained here, which says nothing of its record."""
    text = f"it cannot be trained here: {type(error).__name__}: {' '.join(str(error).split())}"
    return Retrained(run.id, run.experiment.name, run.seed, "cannot judge", text, sha256=old.sha256)


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


def _bitwise(run: Run, old: Record, new: Record) -> Retrained:
    differing = not_bitwise(old, new)
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
) -> Retrained:
    return Retrained(
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


def _same_scores(one: Scores, other: Scores) -> bool:
    return one.n == other.n and one.values.keys() == other.values.keys() and _same(one.values, other.values)


def _same_points(old: Sequence[Point], new: Sequence[Point]) -> bool:
    """Points of the same steps with the same values; a view that only one of them looked at is left alone."""
    if [point.step for point in old] != [point.step for point in new]:
        return False
    return all(_same(one.values, other.values) for one, other in zip(old, new, strict=True))


def _same(one: dict[str, float], other: dict[str, float]) -> bool:
    return all(same(one[name], other[name]) for name in one.keys() & other.keys())
