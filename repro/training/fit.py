"""Our runner: train one experiment with one seed through ``lightning.Trainer``, and look at what came out."""

import math
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from lightning import Callback
from torch import Tensor

from repro.data.datamodule import DataModule
from repro.data.prepared import Data
from repro.data.seeds import derive
from repro.disk.atomic_write import atomic_file
from repro.models.model_size import multiply_adds, parameters
from repro.spec.experiment import Experiment
from repro.training import device as devices
from repro.training.checkpoint import Checkpoint, CheckpointFiles, UnusableCheckpoint, look_into
from repro.training.checkpoint_callback import CheckpointCallback, CheckpointConfig
from repro.training.chunked import ChunkedModule, Chunks
from repro.training.evaluation_callback import DivergedError, EvaluationCallback, OnProgress
from repro.training.evaluator import Evaluator, HeldOutEvaluator
from repro.training.generators import seed_all
from repro.training.global_state import own_state, quiet
from repro.training.held_out import ForwardingEvaluator, HeldOutScorer, some_rows
from repro.training.loop_kind import LoopKind, choose_loop
from repro.training.module import make_module
from repro.training.outcome import Outcome, PhaseSeconds, Predictions, Runtime, Score
from repro.training.plateau import Plateau
from repro.training.precision import check_plugin
from repro.training.progress_listener import ProgressListener
from repro.training.ranks import ALONE, Ranks
from repro.training.side_by_side import deviations
from repro.training.stop import StopFlag
from repro.training.synced_norm import synchronise
from repro.training.trainer import make_trainer
from repro.training.views import OPEN_PARTS, is_open, make_tracker, open_views, steps_between_evaluations, viewings
from repro.training.weights_hash import weights_sha256


def fit(
    experiment: Experiment,
    data: Data,
    *,
    seed: int,
    folder: Path,
    on_progress: OnProgress | None = None,
    listener: ProgressListener | None = None,
    weights_to: Path | None = None,
    history_views: Collection[str] = (),
    accelerator: str = "auto",
    checkpointing: CheckpointConfig | None = None,
    stop: StopFlag | None = None,
    path: LoopKind | None = None,
    callbacks: Collection[Callback] = (),
    ranks: Ranks = ALONE,
    held_out: HeldOutScorer | None = None,
) -> Outcome:
    """Train a net and take every metric of every view.

    The same experiment, data, seed and environment give the same bytes, whichever path trains, however often the run
    was stopped and went on from its checkpoint. Nothing global is changed when it returns.

    Args:
        experiment: with a model of layers; an estimator goes to :func:`repro.training.estimator.fit_estimator`.
        data: from :func:`repro.data.prepare.prepare`.
        seed: of the run.
        folder: of the spec, where own code lies.
        on_progress: called with step, steps and the newest values of the open history, about twice a second at most.
        listener: is told of each look at the open views; of several ranks rank 0's.
        weights_to: where the weights that the metrics are of are kept, a state dict for ``torch.load``; None: nowhere.
        history_views: views to look at during training beside ``running``, ``validation`` and ``test``: ``train``
            (a whole pass over it) or views of the spec.
        accelerator: ``auto``, ``cpu``, ``cuda`` or ``mps``.
        checkpointing: where the checkpoint lies. One that is there and belongs to this run is gone on from; one that
            does not is removed, and a note says why. None: no checkpoint is read or written.
        stop: training looks at it at every step edge.
        path: how to train, see :func:`repro.training.loop_kind.choose_loop`; None for the quickest that can do it.
        callbacks: further ones, after our own.
        ranks: the processes that train this run together, of which this is one; all call this function alike. Each
            batch is the one that a lone process would have, shared out. All get the outcome; rank 0 writes the
            checkpoint, and its ``stop`` alone counts.
        held_out: takes the outputs for all items that training does not see, whose labels in ``data`` are then not
            looked at; None: they are scored here.

    Returns:
        The outcome; ``state`` is failed where the objective stopped being a finite number. With ``held_out`` it has no
        scores and predictions of test views.

    Raises:
        SpecError: a part of the spec that its real class refuses.
        Stopped: ``stop`` was set; the checkpoint is written.

    """
    chosen, notes = devices.choose(accelerator)
    ran = devices.describe(chosen, experiment.training, deterministic=True, count=ranks.count, notes=notes)
    with own_state(experiment.training.threads, deterministic=True), quiet():
        seed_all(derive(seed, *ranks.words) if ranks.words else seed)
        loop = path or choose_loop(experiment.training, devices=ranks.count, callbacks=callbacks)
        run = _Fit(
            experiment,
            data,
            seed,
            folder,
            ran,
            loop,
            on_progress,
            listener,
            weights_to,
            tuple(callbacks),
            ranks,
            held_out,
        )
        return run.outcome(frozenset(history_views), checkpointing, stop)


@dataclass(frozen=True)
class _Fit:
    """One call of :func:`fit`."""

    experiment: Experiment
    data: Data
    seed: int
    folder: Path
    ran: Runtime
    path: LoopKind
    on_progress: OnProgress | None
    listener: ProgressListener | None
    weights_to: Path | None
    callbacks: tuple[Callback, ...]
    ranks: Ranks
    held_out: HeldOutScorer | None

    def outcome(
        self, history_views: frozenset[str], checkpointing: CheckpointConfig | None, stop: StopFlag | None
    ) -> Outcome:
        began = time.monotonic()
        experiment, data, training, ranks = self.experiment, self.data, self.experiment.training, self.ranks
        module = make_module(experiment, data, seed=self.seed, folder=self.folder)
        counted = (parameters(module.network), multiply_adds(module.network, data.shapes))
        open_data = replace(data, parts={n: data.parts[n] for n in OPEN_PARTS if n in data.parts}, views={})
        batches = DataModule(open_data, experiment, self.seed, ranks.share)
        steps_in_epoch = math.ceil(len(batches.train_dataloader()) / training.accumulate_grad_batches)
        steps = training.steps if training.steps is not None else (training.epochs or 0) * steps_in_epoch
        device = devices.torch_device(self.ran.accelerator)
        module.to(device)
        if ranks.count > 1:
            module.ranks = ranks
            synchronise(module.network, lambda: module.share_is_empty)
        belongs = self._belongs(checkpointing)
        checkpoint, notes = ranks.agree(_checkpoint(checkpointing, belongs) if ranks.is_first else (None, ()))
        notes = (*notes, *deviations(module.network, module.network.applied.penalties, ranks))
        trainer = make_trainer(experiment, steps, self.ran.accelerator, CheckpointFiles(belongs), self.path, ranks)
        check_plugin(experiment, trainer.precision_plugin, self.ran.accelerator)
        full_evaluator = Evaluator(module, data, trainer.precision_plugin, ranks)
        sealed = [name for name, view in viewings(experiment, data).items() if not is_open(view)]
        sealed_names = [name for name in sealed if name == "test" or name in history_views]
        watch = make_tracker(experiment)
        evaluation = EvaluationCallback(
            module=module,
            evaluator=(open_evaluator := Evaluator(module, open_data, trainer.precision_plugin, ranks)),
            sealed=self._held_out_evaluator(full_evaluator, sealed_names),
            open_views=open_views(experiment, open_data, history_views, watch),
            watch=watch,
            steps=steps,
            steps_in_epoch=steps_in_epoch,
            every=steps_between_evaluations(experiment, steps_in_epoch),
            on_progress=self.on_progress,
            listener=self.listener,
            ranks=ranks,
        )
        plateau = Plateau(module, steps=steps, steps_in_epoch=steps_in_epoch)
        checkpoints = CheckpointCallback(checkpointing, stop, steps=steps, steps_in_epoch=steps_in_epoch, ranks=ranks)
        trainer.callbacks.extend([evaluation, plateau, *self.callbacks, checkpoints])  # type: ignore[attr-defined]
        reason, trained = None, 0
        from_file: dict[str, Any] = {"ckpt_path": checkpoint.path, "weights_only": True} if checkpoint else {}
        try:
            if self.path == "chunked":
                edges = (evaluation.due_step, plateau.due_step, checkpoints.due_step)
                chunked = ChunkedModule(
                    module, batches.batches_on(device), batches, edges=edges, steps=steps, stop=stop
                )
                trainer.fit(chunked, train_dataloaders=Chunks(), **from_file)
            else:
                trainer.fit(module, datamodule=batches, **from_file)
            trained = trainer.global_step
        except DivergedError as error:
            reason, trained = str(error), error.step
        module.metric_buffer = None
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
            metrics, predictions = _final(full_evaluator if self.held_out is None else open_evaluator, evaluation)
            if self.held_out is not None:
                passes = {part: full_evaluator.outputs(part) for part in full_evaluator.parts_of(sealed)}
                few = some_rows(data)
                evaluator = Evaluator(module, few, trainer.precision_plugin, ranks)
                some, nudged = ({p: evaluator.outputs(p, nudged=yes) for p in few.parts} for yes in (False, True))
                self.held_out.final(passes, some, nudged)
            complete_views = {"running", *(name for name, view in viewings(experiment, data).items() if view.is_whole)}
            losses = [s.values["loss"] for views in metrics.values() for n, s in views.items() if n in complete_views]
            reason = None if all(map(math.isfinite, losses)) else f"diverged at step {trained}"
        over = time.monotonic()
        if self.weights_to is not None and reason is None:
            notes = (*notes, *_keep(module.network.state_dict(), self.weights_to))
        failed = reason is not None
        return Outcome(
            state="failed" if failed else "done",
            path=self.path,
            ran=self.ran,
            reason=reason,
            metrics={} if failed else metrics,
            chosen=None if failed else (by, *at),
            history=tuple(evaluation.history),
            sealed=evaluation.open_sealed(),
            steps=trained,
            parameters=counted[0],
            multiply_adds=counted[1],
            seconds=PhaseSeconds(
                checkpoints.seconds_before + fitted - began - evaluation.seconds, over - fitted + evaluation.seconds
            ),
            weights_sha256=None if failed else weights_sha256(module.network.state_dict()),
            predictions={} if failed else predictions,
            notes=(*self.ran.notes, *notes),
            resumed=checkpoints.resumed,
        )

    def _held_out_evaluator(
        self, evaluator: Evaluator, names: Collection[str]
    ) -> HeldOutEvaluator | ForwardingEvaluator:
        if self.held_out is None:
            return HeldOutEvaluator(evaluator, names)
        return ForwardingEvaluator(evaluator, names, self.held_out)

    def _belongs(self, checkpointing: CheckpointConfig | None) -> dict[str, str]:
        """What a checkpoint must share with this run to be gone on from: a run resumes in its own environment only."""
        if checkpointing is None:
            return {}
        return {
            "run": checkpointing.identity,
            "seed": str(self.seed),
            "data": self.data.data_sha256,
            "splits": self.data.splits_sha256,
            "training path": self.path,
            **devices.environment_words(self.ran),
        }


def _keep(state: Mapping[str, Tensor], path: Path) -> tuple[str, ...]:
    """Write the weights; a note where the disk does not take them, which costs no run."""
    try:
        with atomic_file(path) as file:
            torch.save({name: tensor.detach().cpu() for name, tensor in state.items()}, file)
    except (OSError, RuntimeError) as error:  # torch's own writer says a full disk as the latter
        return (f"the weights were not kept: {path}: {error}",)
    return ()


def _checkpoint(
    checkpointing: CheckpointConfig | None, belongs: dict[str, str]
) -> tuple[Checkpoint | None, tuple[str, ...]]:
    """The checkpoint to go on from, and a note where there is one that cannot be used; it is then removed."""
    if checkpointing is None:
        return None, ()
    try:
        return look_into(checkpointing.path, belongs), ()
    except UnusableCheckpoint as error:
        checkpointing.path.unlink(missing_ok=True)
        return None, (f"the run starts again, its checkpoint cannot be used: {error}",)


def _final(
    evaluator: Evaluator, evaluation: EvaluationCallback
) -> tuple[dict[str, dict[str, Score]], dict[str, dict[str, Predictions]]]:
    """Every view at the chosen weights, and the predictions of those that training never saw."""
    metrics: dict[str, dict[str, Score]] = {}
    predictions: dict[str, dict[str, Predictions]] = {}
    for label, score in evaluation.running.items():
        metrics.setdefault(label, {})["running"] = score
    for name, scores, stored in evaluator.look_at_all():
        for label, score in scores.items():
            metrics.setdefault(label, {})[name] = score
        for label, arrays in stored.items():
            predictions.setdefault(label, {})[name] = arrays
    return metrics, predictions
