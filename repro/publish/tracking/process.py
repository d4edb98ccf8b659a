"""The publisher as the command sees it: a process that is started, told when to end, and never waited for too long."""

import contextlib
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from repro.publish.tracking.job import Job
from repro.publish.tracking.neutral_environment import environment
from repro.publish.tracking.worker_message import WorkerMessage

SILENT_SECONDS = 120.0
"""After so long without a word the publisher is ended; each of its own calls has a shorter deadline."""

_LOOK_SECONDS = 0.2
_END_SECONDS = 3.0


class PublisherProcess:
    """A publisher in a session of its own, so that Ctrl-C does not reach it and all of it can be ended."""

    def __init__(self, job: Job) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix="repro-tracking-", ignore_cleanup_errors=True)
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "repro.publish.tracking.publisher"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env=environment(Path(self._scratch.name)),  # W&B leaves folders behind when its process is ended
            cwd=self._scratch.name,
            start_new_session=True,
        )
        self._heard: queue.Queue[WorkerMessage] = queue.Queue()
        self.is_ended = False
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()
        self._say(job.line())

    def told(self) -> list[WorkerMessage]:
        """What it told since the last time; does not wait."""
        messages = []
        with contextlib.suppress(queue.Empty):
            while True:
                messages.append(self._heard.get_nowait())
        return messages

    def finish(
        self, on_told: Callable[[WorkerMessage], None], *, silent_seconds: float = SILENT_SECONDS
    ) -> WorkerMessage:
        """Have it send what is left and end; gives its last word, or one that says that it had to be ended."""
        self._say("end\n")
        last: WorkerMessage | None = None
        heard = time.monotonic()
        while last is None and time.monotonic() - heard < silent_seconds:
            try:
                message = self._heard.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                if self._process.poll() is not None and self._heard.empty():
                    break
                continue
            heard = time.monotonic()
            if message.kind == "over":
                last = message
            else:
                on_told(message)
        self.end()
        return last or WorkerMessage("over", "the process that feeds the trackers ended before it was through", 0, -1)

    def end(self) -> None:
        """End it and everything that it started."""
        self.is_ended = True
        with contextlib.suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_END_SECONDS)
        with contextlib.suppress(OSError):
            if os.name == "posix":
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
        self._process.wait()
        self._listening.join(_END_SECONDS)
        if self._process.stdout is not None and not self._listening.is_alive():
            self._process.stdout.close()
        self._scratch.cleanup()

    def _say(self, line: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            if self._process.stdin is not None:
                self._process.stdin.write(line)
                self._process.stdin.flush()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            message = WorkerMessage.read(line)
            if message is not None:
                self._heard.put(message)
