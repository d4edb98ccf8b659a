"""One of several processes that train a run together; a worker starts it and it ends with the run.

``python -m repro.runs.engine.rank HANDLE``, where ``HANDLE`` is an inherited pipe. When the worker is gone, so is it.
"""

import os
import signal
import sys
import threading
import traceback
from collections.abc import Mapping
from multiprocessing.connection import Connection

from repro.data.prepare import prepare
from repro.runs.engine.messages import Step, Stop, StoppedAt
from repro.runs.engine.rank_messages import RankDone, RankFailed, RankTask
from repro.runs.engine.several import fit_as_rank
from repro.runs.engine.world import World
from repro.training.outcome import Outcome
from repro.training.ranks import lost_the_others
from repro.training.stop import StopFlag, Stopped


def main(connection: Connection) -> int:
    """Train what the worker says, with the other ranks; gives the exit code."""
    for name in ("SIGINT", "SIGTERM", "SIGUSR1"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)  # the worker hears them, and rank 0 is told
    job: RankTask = connection.recv()
    stop = StopFlag()
    threading.Thread(target=_listen, args=(connection, stop), daemon=True).start()
    try:
        outcome = trained(job, stop, connection)
    except Stopped as stopped:
        if job.rank == 0:
            connection.send(StoppedAt(stopped.step, stopped.kept))
        return 0
    except Exception as error:  # noqa: BLE001 - the worker says why the run failed
        traceback.print_exc()
        connection.send(RankFailed(f"{type(error).__name__}: {' '.join(str(error).split())}", lost_the_others(error)))
        return 1
    if job.rank == 0:
        connection.send(RankDone(outcome))
    return 0


def trained(job: RankTask, stop: StopFlag, connection: Connection) -> Outcome:
    """Read the data, meet the others, train."""
    run, study = job.run, job.task.study
    data = prepare(run.experiment, seed=run.seed, fold=run.fold, folder=study.folder)

    def on_progress(step: int, steps: int, values: Mapping[str, float]) -> None:
        connection.send(Step(step, steps, dict(values)))

    group = World(job.rank, job.ranks, job.rank, job.meet)
    return fit_as_rank(job.task, group, data, stop, on_progress if job.rank == 0 else None)


def _listen(connection: Connection, stop: StopFlag) -> None:
    """Hear that the run is to stop, or that the worker is gone."""
    while True:
        try:
            if isinstance(connection.recv(), Stop):
                stop.set()
        except (EOFError, OSError):
            os._exit(1)


if __name__ == "__main__":
    code = main(Connection(int(sys.argv[1])))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
