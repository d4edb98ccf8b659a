"""A worker: a process that imports once and then trains one run after the other, told so through its pipes.

It ends by itself when the engine's end of the pipe closes, however the engine died.
"""

import contextlib
import os
import queue
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from repro.runs.engine.frames import receive, send
from repro.runs.engine.messages import Message, PrepareTask, Task


def main() -> None:
    """Serve tasks from standard input until it closes. What tasks print never reaches the pipe of messages."""
    if hasattr(signal, "SIGINT"):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the engine's business
    tasks = os.fdopen(os.dup(0), "rb", buffering=0)
    messages = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    waiting: queue.SimpleQueue[Task] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(tasks, waiting), daemon=True).start()
    serve(waiting, messages)


def serve(waiting: "queue.SimpleQueue[Task]", messages: IO[bytes]) -> None:
    """Import everything, say so, and work."""
    from repro.runs.engine.prepare_task import prepare_all
    from repro.runs.engine.run_task import here, train

    def say(message: Message) -> None:
        send(messages, message)

    say(here())
    while True:
        task = waiting.get()
        if isinstance(task, PrepareTask):
            say(prepare_all(task, say))
        else:
            with printing_to(task.log):
                said = train(task, say)
            say(said)


@contextlib.contextmanager
def printing_to(path: Path) -> Iterator[None]:
    """Send what the process prints, own code's prints included, to a file; no file is left if it stays empty."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = os.dup(2)
    with path.open("wb") as log:
        sys.stdout.flush()
        sys.stderr.flush()
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        try:
            yield
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os.dup2(kept, 1)
            os.dup2(kept, 2)
            os.close(kept)
    if not path.stat().st_size:
        path.unlink()


def _listen(tasks: IO[bytes], waiting: Any) -> None:
    try:
        while True:
            waiting.put(receive(tasks))
    except (EOFError, OSError):
        os._exit(0)  # nobody is there any more to want a result


if __name__ == "__main__":
    main()
