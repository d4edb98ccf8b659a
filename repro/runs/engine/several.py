"""A run on several devices: by processes that we start here, or with those that torchrun or srun has started."""

from dataclasses import dataclass
from pathlib import Path

from repro.data.prepared import Data
from repro.data.shard import Shard
from repro.runs.engine.messages import RunTask, Step
from repro.runs.engine.rank_processes import fit_together, gpu_of
from repro.runs.engine.settings import Settings, trained
from repro.runs.engine.world import World, world
from repro.runs.journal import Journal
from repro.runs.ledger import Ledger
from repro.training.device import choose
from repro.training.evaluation_callback import OnProgress
from repro.training.outcome import Outcome
from repro.training.ranks import joined
from repro.training.stop import StopFlag


class WrongWorld(RuntimeError):
    """As many processes were started as do not fit what was asked for."""


@dataclass(frozen=True)
class RankGroup:
    """The ranks that train a run whose own code is kept apart: this worker starts ``count`` of them here.

    With ``there`` others have started the processes, and this one is of those; with 1 it is alone.
    """

    count: int = 1
    there: World | None = None

    @classmethod
    def of(cls, task: RunTask) -> "RankGroup":
        """Those of a run; an estimator has one device.

        Raises:
            WrongWorld: as :func:`fit_on_several`.

        """
        study, model = task.study, task.run.experiment.model
        count = study.devices * study.nodes
        if count == 1 or (model is not None and model.is_estimator):
            return ALONE
        return cls(count, _world_of(task))

    def places(self, private: Path) -> list[tuple[World | None, str | None]]:
        """Which rank each child is, and the one GPU that it sees; they meet in the folder ``private``."""
        if self.there is not None or self.count == 1:
            return [(self.there, None)]
        meet = (private / "meet").as_uri()
        return [(World(rank, self.count, rank, meet), gpu_of(rank)) for rank in range(self.count)]


ALONE = RankGroup()


def _world_of(task: RunTask) -> World | None:
    """The processes that others have started; None where it is for this one to start them."""
    study, group = task.study, world()
    expected = study.devices * study.nodes
    if group is not None:
        _check(task, group)
    elif study.nodes > 1:
        raise WrongWorld(f"{study.nodes} machines need {expected} processes, started by srun or torchrun; there is one")
    return group


def _check(task: RunTask, group: World) -> None:
    study = task.study
    expected = study.devices * study.nodes
    if group.ranks != expected:
        raise WrongWorld(
            f"{group.ranks} processes were started, but {study.devices} devices on each of {study.nodes} machines need "
            f"{expected}"
        )


def fit_on_several(task: RunTask, data: Data, stop: StopFlag, on_progress: OnProgress | None) -> Outcome:
    """Train a run on ``study.devices`` devices of each of ``study.nodes`` machines; this is rank 0, or starts it.

    Raises:
        WrongWorld: several machines, and nobody has started the processes there.

    """
    group = _world_of(task)
    if group is not None:
        return fit_as_rank(task, group, data, stop, on_progress)

    def on_step(message: Step) -> None:
        if on_progress is not None:
            on_progress(message.step, message.steps, message.values)

    return fit_together(task, task.study.devices * task.study.nodes, stop, on_step)


def fit_as_rank(
    task: RunTask, group: World, data: Data, stop: StopFlag, on_progress: OnProgress | None = None
) -> Outcome:
    """Train a run as one of the processes that others have started."""
    _check(task, group)
    run, study = task.run, task.study
    with joined(Shard(group.rank, group.ranks), choose(study.accelerator)[0], group.meet) as ranks:
        return trained(
            run.experiment,
            data,
            Settings.of_run(task),
            seed=run.seed,
            folder=study.folder,
            on_progress=on_progress,
            listener=Journal(Ledger(study.folder, "runs").journal_path(run, study.rung)),
            stop=stop,
            ranks=ranks,
        )
