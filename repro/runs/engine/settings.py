"""How a run is trained: set up here alone, for every process and every command that does it."""

from dataclasses import dataclass
from pathlib import Path

from lightning import Callback

from repro.data.prepared import Data
from repro.runs.engine.messages import RunTask, Trial, TrialTask
from repro.runs.engine.on_trial import on_trial
from repro.runs.lease import LiveFiles
from repro.runs.ledger import Ledger
from repro.spec.experiment import Experiment
from repro.training.checkpoint_callback import CheckpointConfig
from repro.training.evaluation_callback import OnProgress
from repro.training.fit import fit
from repro.training.held_out import HeldOutScorer
from repro.training.loop_kind import LoopKind, choose_loop
from repro.training.outcome import Outcome
from repro.training.progress_listener import ProgressListener
from repro.training.ranks import ALONE, Ranks
from repro.training.stop import StopFlag


@dataclass(frozen=True)
class Settings:
    """How a run is trained; see :func:`repro.training.fit.fit`. With a ``trial`` it is one that nobody keeps."""

    accelerator: str
    history_views: tuple[str, ...] = ()
    checkpointing: CheckpointConfig | None = None
    weights_to: Path | None = None
    trial: Trial | None = None

    @classmethod
    def of_run(cls, task: RunTask) -> "Settings":
        """Those of a run whose record is kept."""
        run, study = task.run, task.study
        checkpoint = LiveFiles.of(study.folder, run).checkpoint
        return cls(
            accelerator=study.accelerator,
            history_views=task.history_views,
            checkpointing=CheckpointConfig(checkpoint, run.identity, run.experiment.training.checkpoint_every),
            weights_to=Ledger(study.folder, "runs").weights_path(run, study.rung) if task.keep_weights else None,
        )

    @classmethod
    def of_trial(cls, task: TrialTask) -> "Settings":
        """Those of a trial, which writes into its scratch folder alone."""
        run, every = task.run, task.run.experiment.training.checkpoint_every
        checkpointing = (
            CheckpointConfig(task.scratch / f"{run.id}.checkpoint", run.identity, every) if task.trial.resumed else None
        )
        return cls(task.study.accelerator, task.history_views, checkpointing, trial=task.trial)


def trained(
    experiment: Experiment,
    data: Data,
    settings: Settings,
    *,
    seed: int,
    folder: Path,
    on_progress: OnProgress | None = None,
    listener: ProgressListener | None = None,
    stop: StopFlag | None = None,
    ranks: Ranks = ALONE,
    held_out: HeldOutScorer | None = None,
) -> Outcome:
    """Train an experiment, a net or an estimator, as ``settings`` say.

    Of several ``ranks`` the first alone writes. Arguments and errors are those of :func:`repro.training.fit.fit`.
    """
    if experiment.model is not None and experiment.model.is_estimator:
        from repro.training.estimator import fit_estimator  # scikit-learn takes a second to import

        return fit_estimator(experiment, data, seed=seed, folder=folder, on_progress=on_progress, held_out=held_out)
    checkpointing, trial = settings.checkpointing, settings.trial
    path: LoopKind | None = None
    callbacks: tuple[Callback, ...] = ()
    if trial is not None:
        experiment, checkpointing, callbacks = on_trial(experiment, trial, checkpointing, data, seed=seed, stop=stop)
        path = trial.path or choose_loop(experiment.training)
    return fit(
        experiment,
        data,
        seed=seed,
        folder=folder,
        on_progress=on_progress,
        listener=listener if ranks.is_first else None,
        weights_to=settings.weights_to if ranks.is_first else None,
        history_views=settings.history_views,
        accelerator=settings.accelerator,
        checkpointing=checkpointing,
        stop=stop,
        path=path,
        callbacks=callbacks,
        ranks=ranks,
        held_out=held_out,
    )
