"""A rank that torchrun or srun started beside rank 0: it holds no claim and writes nothing, it only trains."""

import os
import threading
import time

from repro.runs.engine.messages import RunTask, Study
from repro.runs.engine.world import World
from repro.runs.history_views import history_views
from repro.runs.ledger import Ledger, is_over
from repro.runs.plan import Plan

_LOOK_SECONDS = 1.0


def follow(plan: Plan, group: World, *, force: bool, devices: int, nodes: int) -> int:
    """Train the plan's one run together with rank 0; gives the exit code.

    Rank 0 may find that the run is over and come to no meeting; its record then ends this process too.
    """
    run, spec, since = plan.runs[0], plan.spec, time.time()
    folder = spec.folder.resolve()
    os.environ["CUDA_VISIBLE_DEVICES"] = _own_gpu(group.local)
    ledger = Ledger(folder, "runs")
    if not force and is_over(ledger.read_current(run, spec.rung)):
        return 0
    study = Study(
        spec.name, folder, plan.terms, spec.rung, "auto", folder / "runs" / "splits", None, None, devices, nodes
    )
    task = RunTask(study, run, history_views(spec, run.experiment), since, force=force)
    from repro.runs.engine.isolation import Isolation  # seconds, and not needed where there is nothing to do

    isolation = Isolation()  # before there are threads
    met = threading.Event()
    threading.Thread(target=_end_with_the_record, args=(ledger, task, met), daemon=True).start()

    from repro.data.prepare import prepare
    from repro.runs.engine.child import ChildEnded, OwnCodeRaised
    from repro.runs.engine.several import RankGroup, fit_as_rank
    from repro.training.ranks import lost_the_others
    from repro.training.stop import StopFlag, Stopped

    try:
        if isolation.holds(run.experiment):
            RankGroup.of(task)  # as many processes as were asked for
            isolation.follow(task, group, StopFlag())
        else:
            data = prepare(run.experiment, seed=run.seed, fold=run.fold, folder=folder)
            fit_as_rank(task, group, data, StopFlag())
    except Stopped:
        return 0
    except ChildEnded as ended:
        ended.end_alike()
    except Exception as error:
        if lost_the_others(error) or (isinstance(error, OwnCodeRaised) and error.follows):
            return 1  # rank 0 says why
        raise
    finally:
        met.set()
    return 0


def _end_with_the_record(ledger: Ledger, task: RunTask, met: threading.Event) -> None:
    while not met.wait(_LOOK_SECONDS):
        if ledger.over_since(task.run, task.study.rung, task.since) is not None:
            os._exit(0)


def _own_gpu(local: int) -> str:
    gpus = os.environ.get("CUDA_VISIBLE_DEVICES")
    if gpus is None:
        return str(local)
    visible = [gpu for gpu in gpus.split(",") if gpu.strip()]
    return visible[local] if local < len(visible) else (visible[0] if visible else "")
