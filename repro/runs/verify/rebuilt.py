"""What a record says of its net and of the course of its training, held against the net built again and the spec."""

import math
from dataclasses import dataclass
from pathlib import Path

from repro.data.epoch_order import steps_per_epoch
from repro.data.prepared import Data
from repro.models.model_size import multiply_adds, parameters
from repro.models.network import build
from repro.runs.record import Point, Record
from repro.runs.verify.tolerance import close
from repro.spec.experiment import Experiment
from repro.training.best_model import monitored_metric, smaller_is_better


@dataclass(frozen=True)
class Built:
    """What is known of a net that was built without memory for its weights."""

    parameters: int
    multiply_adds: int
    has_penalty: bool


def built(experiment: Experiment, data: Data, folder: Path) -> Built:
    """Build an experiment's net again."""
    network = build(experiment, data.shapes, data.labels, seed=0, folder=folder, meta=True)
    return Built(parameters(network), multiply_adds(network, data.shapes), network.has_penalty)


def wrong_size(record: Record, net: Built | None) -> list[str]:
    """Recorded counts that the net does not have; an estimator has none (``net`` is None)."""
    expected = (None, None) if net is None else (net.parameters, net.multiply_adds)
    stated = (record.parameters, record.multiply_adds)
    words = ("parameters", "multiply-adds")
    return [
        f"{word}: recorded {_number(stated_value)}, the net built again has {_number(true)}"
        for word, stated_value, true in zip(words, stated, expected, strict=True)
        if stated_value != true
    ]


def wrong_steps(record: Record, experiment: Experiment, data: Data) -> list[str]:
    """A run that is longer or shorter than the spec asks for."""
    training = experiment.training
    batches = steps_per_epoch(len(data.parts["train"]), training.batch_size or 1, drop_last=training.drop_last)
    in_epoch = math.ceil(batches / training.accumulate_grad_batches)
    expected = training.steps if training.steps is not None else (training.epochs or 0) * in_epoch
    may_stop = training.stop_patience is not None and training.select != "best_test"
    if record.steps > expected or (record.steps < expected and not may_stop):
        return [f"trained for {record.steps} steps, the spec asks for {expected}"]
    return []


def wrong_choice(record: Record, experiment: Experiment) -> list[str]:
    """Weights chosen otherwise than the spec says, or at a step that the watched values do not single out."""
    chosen = record.chosen
    if chosen is None:
        return ["does not say which weights its metrics are of"]
    if experiment.model is not None and experiment.model.is_estimator:
        return [] if chosen.by == "none" else [f"weights chosen by {chosen.by}, and an estimator has none"]
    expected = "best_validation" if experiment.training.select == "best_validation" else "last"
    if chosen.by != expected:
        return [f"weights chosen by {chosen.by}, the spec says {expected}"]
    step = record.steps
    if expected == "best_validation":
        key = monitored_metric(experiment)
        sign = 1.0 if smaller_is_better(experiment, key) else -1.0
        candidates = [(sign * point.values[key], point.step) for point in record.history if key in point.values]
        if not candidates:
            return [f"its history has no {key}, by which weights are chosen"]
        step = min([(value, at) for value, at in candidates if not math.isnan(value)] or candidates[-1:])[1]
    return [] if chosen.step == step else [f"weights of step {chosen.step} were chosen; by the spec it is step {step}"]


def wrong_history(record: Record) -> list[str]:
    """Points of the history, the sealed one included, that are not what the metrics of the same weights say."""
    if record.chosen is None:
        return []
    wrong = []
    for name, points in (("history", record.history), ("sealed history", record.sealed)):
        point = next((p for p in points if p.step == record.chosen.step), None)
        if point is not None:
            wrong += [f"the {name} ends otherwise: {problem}" for problem in _apart(point, record)]
        elif points or record.steps:
            wrong.append(f"the {name} has no point at the chosen step {record.chosen.step}")
    return wrong


def _apart(point: Point, record: Record) -> list[str]:
    problems = []
    for key, value in point.values.items():
        view, _, name = key.partition("/")
        final = [views[view].values[name] for views in record.metrics.values() if name in _values(views, view)]
        if view == "running" and record.chosen is not None and record.chosen.by != "last":
            continue  # the running view of the record is that of the end
        if final and not any(close(value, last) for last in final):
            problems.append(f"{key} is {value:.10g} there, {final[0]:.10g} among the metrics")
    return problems


def _values(views: object, view: str) -> dict[str, float]:
    scores = views.get(view) if isinstance(views, dict) else None
    return {} if scores is None else scores.values


def _number(value: int | None) -> str:
    return "none" if value is None else f"{value:,}"
