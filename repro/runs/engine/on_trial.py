"""A run on trial: cut, stopped at about the middle and gone on, on other threads, on the other path."""

import math
from dataclasses import replace

from lightning import Callback

from repro.data.datamodule import DataModule
from repro.data.prepared import Data
from repro.runs.engine.messages import Trial
from repro.runs.engine.stop_at import StopAt
from repro.spec.experiment import Cadence, Duration, Experiment
from repro.training.checkpoint_callback import CheckpointConfig
from repro.training.stop import StopFlag

LOOKS = 3
"""A run that is cut looks at its views at least so often."""


def on_trial(
    experiment: Experiment,
    trial: Trial,
    checkpointing: CheckpointConfig | None,
    data: Data,
    *,
    seed: int,
    stop: StopFlag | None,
) -> tuple[Experiment, CheckpointConfig | None, tuple[Callback, ...]]:
    """The experiment as it is tried, when its checkpoint is written, and what stops it where it is to be stopped.

    Args:
        experiment: of the run.
        trial: what is to be tried.
        checkpointing: where the checkpoint lies; None for a trial that is not to be resumed.
        data: of the run.
        seed: of the run.
        stop: what training looks at, and what a trial sets that is to be resumed and has no checkpoint yet.

    """
    in_epoch = steps_in_epoch(experiment, data, seed)
    experiment = cut(experiment, trial.steps, in_epoch)
    if trial.threads is not None:
        training = experiment.training.model_copy(update={"threads": trial.threads})
        experiment = experiment.model_copy(update={"training": training})
    if checkpointing is None:
        return experiment, None, ()
    steps = experiment.training.steps or (experiment.training.epochs or 0) * in_epoch
    half = middle(steps)
    checkpointing = replace(checkpointing, every=Cadence(number=half or 1, unit="steps"))
    if half and stop is not None and not checkpointing.path.is_file():
        return experiment, checkpointing, (StopAt(half, stop),)
    return experiment, checkpointing, ()


def cut(experiment: Experiment, limit: int, steps_in_epoch: int) -> Experiment:
    """The experiment with at most ``limit`` steps; one that is cut looks at its views :data:`LOOKS` times or more."""
    training = experiment.training
    full_steps = training.steps if training.steps is not None else (training.epochs or 0) * steps_in_epoch
    if full_steps <= limit:
        return experiment
    every = training.evaluate_every
    every_steps = every.number * (steps_in_epoch if every.unit == "epochs" else 1)
    looks = Duration(number=max(1, min(every_steps, limit // LOOKS)), unit="steps")
    short = training.model_copy(update={"steps": limit, "epochs": None, "evaluate_every": looks})
    return experiment.model_copy(update={"training": short})


def middle(steps: int) -> int:
    """An odd step near the middle, for looks and epochs mostly end at round ones; 0 where there is none.

    >>> middle(300), middle(2), middle(3), middle(1)
    (151, 1, 1, 0)
    """
    half = steps // 2
    return half + 1 if half % 2 == 0 and half + 1 < steps else half


def steps_in_epoch(experiment: Experiment, data: Data, seed: int) -> int:
    """Updates that one pass over the training items makes."""
    batches = len(DataModule(data, experiment, seed).train_dataloader())
    return math.ceil(batches / experiment.training.accumulate_grad_batches)
