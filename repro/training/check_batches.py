"""What only the number of training items tells, found before anything trains: batches that a net cannot take."""

import math
from pathlib import Path
from typing import Any

import torch
from torch import nn

from repro.data.datamodule import DataModule
from repro.data.own_code import forget_own
from repro.data.prepared import Data
from repro.models.shape_error import key_of
from repro.spec.experiment import Experiment
from repro.spec.part import Layer
from repro.spec.problem import Problem, SpecError
from repro.spec.read_training import too_many_looks
from repro.training.class_lookup import collect, find_class, make
from repro.training.global_state import own_state, quiet
from repro.training.loss import LabelLoss
from repro.training.module import Module, make_module
from repro.training.views import steps_between_evaluations


def check_batches(experiment: Experiment, data: Data, folder: Path) -> None:
    """Hold an experiment against its training items; a net that is handed one item alone takes that step on trial.

    Raises:
        SpecError: at its line: no batch at all, a batch of one item that a layer or a loss cannot take, a schedule
            that ends before training does, more looks than a record holds, weights of classes that do not fit the
            classes found in the data.

    """
    if experiment.model is None or experiment.model.is_estimator:
        return
    checks = [lambda e=e, n=n: LabelLoss(e, data.labels[n], folder) for n, e in experiment.losses.items()]
    collect([*checks, lambda: _check(experiment, data, folder)])


def _check(experiment: Experiment, data: Data, folder: Path) -> None:
    training, items = experiment.training, len(data.parts["train"])
    batches = DataModule(data, experiment, 0).batches_on(torch.device("cpu"))
    if not len(batches):
        text = f"leaves no batch: there are {items} training items, fewer than a batch of {training.batch_size}"
        raise _problem(experiment, "drop_last", text)
    in_epoch = math.ceil(len(batches) / training.accumulate_grad_batches)
    steps = training.steps if training.steps is not None else (training.epochs or 0) * in_epoch
    if text := too_many_looks(steps, steps_between_evaluations(experiment, in_epoch)):
        raise _problem(experiment, "evaluate_every", text)
    _check_schedule(experiment, folder, steps, in_epoch)
    size = training.batch_size or 1
    last = items - (len(batches) - 1) * size
    reached = steps * training.accumulate_grad_batches >= len(batches)
    if (last == 1 and reached) or size == 1:
        _try_one_item(experiment, data, folder, alone=size == 1)


def _check_schedule(experiment: Experiment, folder: Path, steps: int, in_epoch: int) -> None:
    """OneCycleLR refuses to be stepped further than it was made for."""
    schedule = experiment.scheduler
    if schedule is None or schedule.entry.name != "OneCycleLR":
        return
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.1, momentum=0.9)
    scheduler = make(schedule.entry, find_class(schedule.entry, "scheduler", folder), optimizer)
    turns = steps if schedule.every == "step" else steps // in_epoch
    if turns > scheduler.total_steps:
        named = next((n for n in ("total_steps", "epochs", "steps_per_epoch") if n in schedule.entry.places), None)
        place = schedule.entry.places[named] if named else schedule.entry.place
        unit = "steps" if schedule.every == "step" else "epochs"
        text = f"the schedule is over after {scheduler.total_steps} {unit}, and training takes {turns}; write {turns}"
        raise SpecError([Problem(place, f"scheduler.OneCycleLR.{named or ''}".rstrip("."), text)])


def _try_one_item(experiment: Experiment, data: Data, folder: Path, *, alone: bool) -> None:
    """A training step with one item, and where that fails with two: only what two can do is the batch's fault."""
    error = _failure(experiment, data, folder, 1)
    if error is None or _failure(experiment, data, folder, 2) is not None:
        return
    layer, message = error
    items, size = len(data.parts["train"]), experiment.training.batch_size
    which = "each batch holds one item alone" if alone else _last(items, size or 1)
    at = f"{key_of(layer)} (line {layer.place.line})" if layer is not None else "the net"
    todo = "take another batch_size" if alone or items == 1 else "write drop_last: true, or take another batch_size"
    raise _problem(experiment, "batch_size", f"{which}, and {at} can't be trained on one: {message}; {todo}")


def _last(items: int, size: int) -> str:
    rest = f"{items} training items in batches of {size}"
    return f"the last batch of an epoch holds one item alone ({rest})"


def _failure(experiment: Experiment, data: Data, folder: Path, items: int) -> tuple[Layer | None, str] | None:
    """The layer and the words in which a training step of the first items fails; None where it works."""
    entered: list[Layer] = []
    try:
        with own_state(experiment.training.threads, deterministic=False), quiet():
            module = make_module(experiment, data, seed=0, folder=folder)
            for step in module.network.steps:
                if step.module is not None:
                    step.module.register_forward_pre_hook(lambda *_, layer=step.layer: entered.append(layer))
            module.training_step(_batch(experiment, data, items, module)).backward()  # type: ignore[no-untyped-call]
    except Exception as error:  # noqa: BLE001 - own code may raise anything
        return (entered[-1] if entered else None), " ".join(str(error).split()) or type(error).__name__
    finally:
        forget_own(folder)
    return None


def _batch(experiment: Experiment, data: Data, items: int, module: Module) -> Any:
    batches = DataModule(data, experiment, module.seed)
    batches.batch_size = items
    return batches.on_after_batch_transfer(next(batches.batches_on(torch.device("cpu")).epoch(0)), 0)


def _problem(experiment: Experiment, word: str, text: str) -> SpecError:
    training = experiment.training
    return SpecError([Problem(training.places.get(word, training.place), f"training.{word}", text)])
