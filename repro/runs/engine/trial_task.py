"""Train one run on trial inside a worker: stopped and gone on, on other threads, on the other path."""

import math
import sys
import time
import traceback
from typing import Any

from lightning import Callback, LightningModule, Trainer

from repro.data.module import DataModule
from repro.data.prepare import prepare
from repro.data.prepared import Data
from repro.runs.engine.messages import Done, Message, StoppedAt, Trial, TrialTask
from repro.runs.engine.printing import printing_to
from repro.runs.failed_record import Context, failed_record
from repro.runs.make_record import environment, make_record
from repro.runs.record import Record
from repro.spec.experiment import Cadence, Duration, Experiment
from repro.training import device as devices
from repro.training.chance import reference_scores
from repro.training.fit import fit
from repro.training.keeper import Keeping
from repro.training.outcome import Outcome
from repro.training.path import choose_path
from repro.training.stop import StopFlag, Stopped

LOOKS = 3
"""A run that is cut looks at its views at least so often."""


def try_once(task: TrialTask, stop: StopFlag) -> Message:
    """Train; the message holds the record that the run would have left, or says where it stopped.

    ``stop`` is the worker's own flag, by which the engine asks it to stop.
    """
    run, study = task.run, task.study
    context = Context(study.spec, study.terms, study.rung, study.folder, study.git_commit, study.git_dirty)
    began = time.monotonic()
    with printing_to(task.scratch / f"{run.id}.log", goes_on=True):
        try:
            return Done(_record(task, context, stop))
        except Stopped as stopped:
            return StoppedAt(stopped.step, stopped.kept)
        except Exception as error:  # noqa: BLE001 - one failed run must not stop the others
            traceback.print_exc()
            ran = devices.describe(devices.choose(study.accelerator)[0], run.experiment.training, deterministic=True)
            reason = f"{type(error).__name__}: {' '.join(str(error).split())}"
            where = environment(ran, context)
            return Done(failed_record(run, context, reason, where, time.monotonic() - began))


def cut(experiment: Experiment, limit: int, steps_in_epoch: int) -> Experiment:
    """The experiment with at most ``limit`` steps; one that is cut looks at its views :data:`LOOKS` times or more."""
    training = experiment.training
    whole = training.steps if training.steps is not None else (training.epochs or 0) * steps_in_epoch
    if whole <= limit:
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


def _record(task: TrialTask, context: Context, stop: StopFlag) -> Record:
    run, began = task.run, time.monotonic()
    data = prepare(run.experiment, seed=run.seed, fold=run.fold, folder=task.study.folder)
    data_seconds = time.monotonic() - began
    outcome = _outcome(task, data, stop)
    for note in outcome.notes:
        sys.stderr.write(f"note: {note}\n")
    record, _ = make_record(
        run,
        context,
        outcome,
        data_seconds=data_seconds,
        hashes={"data_sha256": data.data_sha256, "splits_sha256": data.splits_sha256},
        gate=data.gate,
        references=reference_scores(run.experiment, data, task.study.folder),
    )
    return record


def _outcome(task: TrialTask, data: Data, stop: StopFlag) -> Outcome:
    run, trial, folder = task.run, task.trial, task.study.folder
    experiment = run.experiment
    if experiment.model is not None and experiment.model.is_estimator:
        from repro.training.estimator import fit_estimator  # scikit-learn takes a second to import

        return fit_estimator(experiment, data, seed=run.seed, folder=folder)
    in_epoch = steps_in_epoch(experiment, data, run.seed)
    experiment = _changed(cut(experiment, trial.steps, in_epoch), trial)
    keeping, callbacks = None, []
    if trial.resumed:
        steps = experiment.training.steps or (experiment.training.epochs or 0) * in_epoch
        half = middle(steps)
        keeping = Keeping(task.scratch / f"{run.id}.checkpoint", run.identity, Cadence(number=half or 1, unit="steps"))
        if half and not keeping.path.is_file():
            callbacks = [StopAt(half, stop)]
    return fit(
        experiment,
        data,
        seed=run.seed,
        folder=folder,
        history_views=task.history_views,
        accelerator=task.study.accelerator,
        keeping=keeping,
        stop=stop,
        path=trial.path or choose_path(experiment.training),
        callbacks=callbacks,
    )


def _changed(experiment: Experiment, trial: Trial) -> Experiment:
    if trial.threads is None:
        return experiment
    training = experiment.training.model_copy(update={"threads": trial.threads})
    return experiment.model_copy(update={"training": training})


class StopAt(Callback):
    """Asks the run to stop once so many updates are done."""

    def __init__(self, step: int, stop: StopFlag) -> None:
        self._step, self._stop = step, stop

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """After each batch or chunk; the keeper sees the flag at this very step edge."""
        if trainer.global_step >= self._step:
            self._stop.set()
