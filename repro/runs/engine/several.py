"""A run on several devices: by processes that we start here, or with those that torchrun or srun has started."""

from repro.data.prepared import Data
from repro.data.share import Share
from repro.runs.claim import LiveFiles
from repro.runs.engine.messages import RunTask, Step
from repro.runs.engine.ranks import fit_together
from repro.runs.engine.world import World, world
from repro.runs.journal import Journal
from repro.runs.ledger import Ledger
from repro.training.device import choose
from repro.training.fit import fit
from repro.training.keeper import Keeping
from repro.training.outcome import Outcome
from repro.training.overseer import OnProgress
from repro.training.ranks import joined
from repro.training.stop import StopFlag


class WrongWorld(RuntimeError):
    """As many processes were started as do not fit what was asked for."""


def fit_on_several(task: RunTask, data: Data, stop: StopFlag, on_progress: OnProgress | None) -> Outcome:
    """Train a run on ``study.devices`` devices of each of ``study.nodes`` machines; this is rank 0, or starts it.

    Raises:
        WrongWorld: several machines, and nobody has started the processes there.

    """
    study = task.study
    wanted = study.devices * study.nodes
    there = world()
    if there is not None:
        return fit_as_rank(task, there, data, stop, on_progress)
    if study.nodes > 1:
        raise WrongWorld(f"{study.nodes} machines need {wanted} processes, started by srun or torchrun; there is one")

    def on_step(told: Step) -> None:
        if on_progress is not None:
            on_progress(told.step, told.steps, told.values)

    return fit_together(task, wanted, stop, on_step)


def fit_as_rank(
    task: RunTask, there: World, data: Data, stop: StopFlag, on_progress: OnProgress | None = None
) -> Outcome:
    """Train a run as one of the processes that others have started."""
    run, study, training = task.run, task.study, task.run.experiment.training
    wanted = study.devices * study.nodes
    if there.ranks != wanted:
        raise WrongWorld(
            f"{there.ranks} processes were started, but {study.devices} devices on each of {study.nodes} machines need "
            f"{wanted}"
        )
    ledger = Ledger(study.folder, "runs")
    with joined(Share(there.rank, there.ranks), choose(study.accelerator)[0], there.meet) as ranks:
        return fit(
            run.experiment,
            data,
            seed=run.seed,
            folder=study.folder,
            on_progress=on_progress,
            witness=Journal(ledger.journal_path(run, study.rung)) if ranks.is_first else None,
            weights_to=ledger.weights_path(run, study.rung) if task.keep_weights and ranks.is_first else None,
            history_views=task.history_views,
            accelerator=study.accelerator,
            keeping=Keeping(LiveFiles.of(study.folder, run).checkpoint, run.identity, training.checkpoint_every),
            stop=stop,
            ranks=ranks,
        )
