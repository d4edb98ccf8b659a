"""A worker: a process that trains one run after the other, told so through its connection.

When the engine's process dies in any way, the worker saves at the next step edge and is gone within seconds.
"""

import contextlib
import multiprocessing
import os
import queue
import signal
import threading
import time
from collections.abc import Mapping
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING

from repro.runs.engine.messages import CheckTask, Message, PrepareTask, ProbeTask, Stop, Task, TrialTask
from repro.runs.lease import BEAT_SECONDS

if TYPE_CHECKING:
    from repro.runs.engine.run_task import Training

LAST_SECONDS = 4.0
"""How long a worker lives on at most when its engine is gone."""


def main(connection: Connection, environment: Mapping[str, str], words: str) -> None:
    """Serve tasks until the connection closes.

    Args:
        connection: to the engine.
        environment: what ``os.environ`` is to be; the fork server's may be older.
        words: a file for all that is printed outside of a run, from which the engine reads a worker's last words.

    """
    _leave_the_terminal(words)
    os.environ.clear()
    os.environ.update(environment)
    from repro.training.stop import StopFlag  # after the terminal was left: what an import says is heard in `words`

    stop = StopFlag()
    for name in ("SIGTERM", "SIGUSR1"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the engine's business

    from repro.runs.engine.isolation import Isolation
    from repro.runs.engine.prepare_task import prepare_all
    from repro.runs.engine.probe_task import probe
    from repro.runs.engine.run_task import Training, here
    from repro.runs.engine.trial_task import try_once

    isolation = Isolation()  # before there are threads

    def say(message: Message) -> None:
        try:
            connection.send(message)
        except OSError:
            stop.set()  # nobody hears it any more; what is trained is saved all the same

    training = Training(say, stop, isolation)
    waiting: queue.SimpleQueue[Task] = queue.SimpleQueue()
    say(here())
    listener = threading.Thread(target=_listen, args=(connection, waiting, training), daemon=True)
    listener.start()
    while True:
        task = waiting.get()
        if isinstance(task, PrepareTask):
            last: Message = prepare_all(task, say, isolation)
        elif isinstance(task, TrialTask):
            last = try_once(task, stop, isolation)
        elif isinstance(task, ProbeTask):
            last = probe(task, stop, isolation)
        elif isinstance(task, CheckTask):
            from repro.runs.engine.check_task import check_all  # nothing that a run needs

            last = check_all(task, say, isolation)
        else:
            last = training.train(task)
        training.is_busy = False
        say(last)


def _listen(connection: Connection, waiting: "queue.SimpleQueue[Task]", training: "Training") -> None:
    """Take tasks in, hear that a run is to stop or that the engine is gone, and give signs of life."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    while True:
        ready = wait([connection, parent.sentinel], timeout=BEAT_SECONDS)
        try:
            if connection in ready:
                message = connection.recv()
                if isinstance(message, Stop):
                    training.stop.set()
                else:
                    training.stop.clear()
                    training.is_busy = True
                    waiting.put(message)
            elif ready:
                raise EOFError
            else:
                training.beat()
        except (EOFError, OSError):
            _end_soon(training)


def _end_soon(training: "Training") -> None:
    """The engine is gone: give the run a moment to save, then end, whatever it does."""
    training.stop.set()
    until = time.monotonic() + LAST_SECONDS
    while training.is_busy and time.monotonic() < until:
        time.sleep(0.02)
    os._exit(0)


def _leave_the_terminal(words: str) -> None:
    if hasattr(os, "setsid"):
        with contextlib.suppress(OSError):
            os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    heard = os.open(words, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(nothing, 0)
    os.dup2(heard, 1)
    os.dup2(heard, 2)
    for handle in (nothing, heard):
        os.close(handle)
