"""Our runner: train one experiment with one seed through ``lightning.Trainer``, and look at what came out."""

import math
import time
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

from lightning import Trainer

from repro.data.module import DataModule
from repro.data.prepared import Data
from repro.models.counts import multiply_adds, parameters
from repro.spec.experiment import Experiment
from repro.training import device as devices
from repro.training.global_state import own_state, quiet
from repro.training.look import Lookout, SealedLookout
from repro.training.module import make_module
from repro.training.outcome import Outcome, Predictions, Ran, Score, Seconds
from repro.training.overseer import DivergedError, OnProgress, Overseer
from repro.training.watch import Watch, smaller_is_better, watched
from repro.training.weights_hash import weights_sha256

OPEN_PARTS = ("train", "validation")
"""Parts that training may see. Everything else is sealed."""


def fit(
    experiment: Experiment,
    data: Data,
    *,
    seed: int,
    folder: Path,
    on_progress: OnProgress | None = None,
    history_views: Collection[str] = (),
    accelerator: str = "auto",
) -> Outcome:
    """Train a net and take every metric of every view.

    The same experiment, data, seed and environment give the same bytes. Nothing global is changed when it returns.

    Args:
        experiment: with a model of layers; an estimator goes to :func:`repro.training.estimator.fit_estimator`.
        data: from :func:`repro.data.prepare.prepare`.
        seed: of the run.
        folder: of the spec, where own code lies.
        on_progress: called with step, steps and the newest values of the open history, about twice a second at most.
        history_views: views to look at during training beside ``running``, ``validation`` and ``test``: ``train``
            (a whole pass over it) or views of the spec.
        accelerator: ``auto``, ``cpu``, ``cuda`` or ``mps``.

    Returns:
        The outcome; ``state`` is failed where the objective stopped being a finite number.

    Raises:
        SpecError: a part of the spec that its real class refuses.

    """
    chosen, notes = devices.choose(accelerator)
    ran = devices.describe(chosen, experiment.training, deterministic=True, notes=notes)
    with own_state(experiment.training.threads, deterministic=True), quiet():
        return _fit(experiment, data, seed, folder, on_progress, frozenset(history_views), ran)


def make_trainer(experiment: Experiment, steps: int, accelerator: str, callbacks: list[Any]) -> Trainer:
    """A Trainer that trains for ``steps`` updates and does nothing of its own: no files, no bars, no logging."""
    training = experiment.training
    return Trainer(
        accelerator="gpu" if accelerator == "cuda" else accelerator,
        devices=1,
        max_steps=steps,
        max_epochs=-1,
        precision=training.precision or "32-true",  # type: ignore[arg-type] # checked with the spec
        gradient_clip_val=training.gradient_clip_val,
        gradient_clip_algorithm=training.gradient_clip_algorithm,
        accumulate_grad_batches=training.accumulate_grad_batches,
        callbacks=callbacks,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        limit_val_batches=0,
        use_distributed_sampler=False,
    )


def _fit(
    experiment: Experiment,
    data: Data,
    seed: int,
    folder: Path,
    on_progress: OnProgress | None,
    history_views: frozenset[str],
    ran: Ran,
) -> Outcome:
    began = time.monotonic()
    module = make_module(experiment, data, seed=seed, folder=folder)
    counted = (parameters(module.network), multiply_adds(module.network, data.shapes))
    open_data = replace(data, parts={name: data.parts[name] for name in OPEN_PARTS if name in data.parts}, views={})
    batches = DataModule(open_data, experiment, seed)
    steps_in_epoch = math.ceil(len(batches.train_dataloader()) / experiment.training.accumulate_grad_batches)
    training = experiment.training
    steps = training.steps if training.steps is not None else (training.epochs or 0) * steps_in_epoch
    device = devices.torch_device(ran.accelerator)
    module.to(device)

    trainer = make_trainer(experiment, steps, ran.accelerator, [])
    open_lookout = Lookout(module, open_data, trainer.precision_plugin)
    all_lookout = Lookout(module, data, trainer.precision_plugin)
    sealed_names = [n for n in data.parts if n == "test" or (n in history_views and n not in OPEN_PARTS)]
    sealed = SealedLookout(all_lookout, sealed_names)
    watch = _watch(experiment, steps)
    looked = _open_views(experiment, open_data, history_views, watch)
    overseer = Overseer(
        module=module,
        lookout=open_lookout,
        sealed=sealed,
        open_views=looked,
        watch=watch,
        steps=steps,
        steps_in_epoch=steps_in_epoch,
        every=_every(experiment, steps_in_epoch),
        on_progress=on_progress,
    )
    trainer.callbacks.append(overseer)  # type: ignore[attr-defined]
    reason = None
    try:
        trainer.fit(module, datamodule=batches)
    except DivergedError as error:
        reason = str(error)
    trained = trainer.global_step
    module.tape = None
    module.to(device)
    by: Any = "last"
    at = (trained, trained / steps_in_epoch)
    if watch is not None and watch.keep and watch.state:
        module.network.load_state_dict(watch.state)
        by, at = "best_validation", (watch.step, watch.epoch)
    fitted = time.monotonic()
    metrics: dict[str, dict[str, Score]] = {}
    predictions: dict[str, dict[str, Predictions]] = {}
    if reason is None:
        metrics, predictions = _final(all_lookout, overseer)
        bad = [s for views in metrics.values() for s in views.values() if not math.isfinite(s.values["loss"])]
        reason = f"diverged at step {trained}" if bad else None
    over = time.monotonic()
    failed = reason is not None
    return Outcome(
        state="failed" if failed else "done",
        path="lightning",
        ran=ran,
        reason=reason,
        metrics={} if failed else metrics,
        chosen=None if failed else (by, *at),
        history=tuple(overseer.history),
        sealed=sealed.open(),
        steps=trained,
        parameters=counted[0],
        multiply_adds=counted[1],
        seconds=Seconds(fitted - began - overseer.seconds, over - fitted + overseer.seconds),
        weights_sha256=None if failed else weights_sha256(module.network.state_dict()),
        predictions={} if failed else predictions,
        notes=ran.notes,
    )


def _final(
    lookout: Lookout, overseer: Overseer
) -> tuple[dict[str, dict[str, Score]], dict[str, dict[str, Predictions]]]:
    """Every view at the chosen weights, and the predictions of those that training never saw."""
    metrics: dict[str, dict[str, Score]] = {}
    predictions: dict[str, dict[str, Predictions]] = {}
    for label, score in overseer.running.items():
        metrics.setdefault(label, {})["running"] = score
    for name in lookout.names:
        scores, kept = (lookout.look(name), {}) if name in OPEN_PARTS else lookout.look_and_keep(name)
        for label, score in scores.items():
            metrics.setdefault(label, {})[name] = score
        for label, arrays in kept.items():
            predictions.setdefault(label, {})[name] = arrays
    return metrics, predictions


def _every(experiment: Experiment, steps_in_epoch: int) -> int:
    every = experiment.training.evaluate_every
    return every.number * (steps_in_epoch if every.unit == "epochs" else 1)


def _watch(experiment: Experiment, steps: int) -> Watch | None:
    """What to do with the watched value; ``best_test`` runs to its full length and is read from the sealed history."""
    training = experiment.training
    keep = training.select == "best_validation"
    patience = None if training.select == "best_test" else training.stop_patience
    if not keep and patience is None:
        return None
    key = watched(experiment)
    return Watch(key, smaller_is_better(experiment, key), keep, patience)


def _open_views(
    experiment: Experiment, data: Data, history_views: Collection[str], watch: Watch | None
) -> tuple[str, ...]:
    """``validation`` where there is one; ``train`` only where someone looks at it, for it is a whole pass."""
    asked = set(history_views)
    keys = [watch.key] if watch is not None else []
    if experiment.scheduler is not None and experiment.scheduler.watch:
        keys.append(experiment.scheduler.watch)
    for key in keys:
        view = key.partition("/")[0] if "/" in key else "validation"
        if view != "running" and view not in data.parts:
            raise ValueError(f"training cannot watch {key!r}: it sees {', '.join(data.parts)} and running only")
        asked.add(view)
    return tuple(name for name in OPEN_PARTS if name in data.parts and (name == "validation" or name in asked))
