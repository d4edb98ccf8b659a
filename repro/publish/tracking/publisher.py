"""The process that feeds trackers: ``python -m repro.publish.tracking.publisher``.

Its first line of input is a :class:`repro.publish.tracking.job.Job`. It then looks at the runs every second until it
reads ``end``, sends what is left, and ends. When its input is closed without that word, the command that started it is
gone, and it ends at once: whatever was not sent is known from the records.
"""

import os
import sys
import threading
import time
import traceback
from dataclasses import replace
from pathlib import Path
from typing import NoReturn, TextIO

from filelock import FileLock, Timeout

from repro.disk.atomic_write import open_to_append
from repro.disk.untrusted_files import make_inside
from repro.publish.content.report_context import ReportContext
from repro.publish.tracking.file_sink import FileSink, MissingLogger
from repro.publish.tracking.job import Job
from repro.publish.tracking.record_poller import RecordPoller
from repro.publish.tracking.run_media import RunMedia
from repro.publish.tracking.tracking_options import WandbOptions
from repro.publish.tracking.wandb_client import Client, Unreachable
from repro.publish.tracking.wandb_sink import WandbSink
from repro.publish.tracking.worker_message import WorkerMessage
from repro.publish.tracking.worst_mistakes import ExampleStore
from repro.runs.ledger import TRACKING, Ledger, Source
from repro.runs.make_plan import make_plan

LOOK_SECONDS = 1.0
LOCK_SECONDS = 30.0
LOG = "publisher.log"


class Publisher:
    """Looks at one study's runs and feeds its trackers."""

    def __init__(self, job: Job, out: TextIO) -> None:
        self._job, self._out = job, out
        self._spec = job.spec()
        self._plan = make_plan(self._spec, job.only, job.seeds)
        self._lookout = RecordPoller(self._plan, self._source())
        self._root = self._spec.folder.resolve() / "runs" / TRACKING
        self._files = self._file_sinks()
        self._wandb: WandbSink | None = None
        self._media = RunMedia(ExampleStore(self._spec.folder, may_run_own_code=job.may_run_own_code))

    def run(self, end: threading.Event) -> int:
        """Feed until ``end``, then send the rest; gives the exit code, 1 where something is pending."""
        wandb = self._job.asked.wandb
        if wandb is None:
            self._look_until(end)
            return self._over(0, 0)
        make_inside(self._root, self._spec.folder.resolve())
        try:
            with FileLock(self._root / "wandb.lock", timeout=LOCK_SECONDS):
                client = Client(wandb, self._root, offline=wandb.mode == "offline")
                self._wandb = WandbSink(client, self._spec, self._media, self._tell, self._job.fell_back)
                self._look_until(end)
                arrived, total = self._wandb.close(self._subject(), self._lookout.every)
                if self._media.museum.note:
                    self._tell(WorkerMessage("note", f"W&B: mistakes without pictures: {self._media.museum.note}"))
                return self._over(arrived, total, self._wandb.reason)
        except Unreachable as error:
            self._tell(WorkerMessage("note", f"W&B can't be reached ({error}); going on offline"))
            self._write_offline(wandb, str(error))
        except Timeout:
            self._tell(WorkerMessage("note", "W&B: another process feeds it with this study's runs"))
            return self._over(0, len(self._plan.runs), "another process is at it")

    def _write_offline(self, wandb: WandbOptions, why: str) -> NoReturn:
        """Become a new process that writes everything as offline runs."""
        asked_for = replace(self._job.asked, wandb=replace(wandb, mode="offline"), loggers=())
        job = replace(self._job, asked=asked_for, follows=False, fell_back=why)
        os.dup2(self._out.fileno(), 1)
        os.execv(sys.executable, [sys.executable, "-P", "-m", __spec__.name, job.line()])

    def _look_until(self, end: threading.Event) -> None:
        while True:
            is_last = end.is_set() or not self._job.follows
            for snapshot in self._lookout.look():
                for files in self._files:
                    files.see(snapshot)
                if self._wandb is not None and self._job.follows:
                    self._wandb.see(snapshot, self._lookout.ledger)
            if is_last:
                break
            end.wait(LOOK_SECONDS)
        for files in self._files:
            files.close()

    def _source(self) -> Source:
        follows = self._job.follows or Ledger(self._spec.folder, "runs").of(self._plan)
        return "runs" if follows else "results"

    def _subject(self) -> ReportContext:
        return ReportContext(self._spec, self._plan, self._lookout.ledger)

    def _file_sinks(self) -> list[FileSink]:
        sinks = []
        for kind in self._job.asked.loggers:
            try:
                make_inside(self._root / kind / self._spec.rung, self._spec.folder.resolve())
                sinks.append(FileSink(kind, self._root, self._spec.rung))
                self._tell(WorkerMessage("where", str(sinks[-1].folder)))
            except MissingLogger as error:
                self._tell(WorkerMessage("note", str(error)))
        return sinks

    def _over(self, arrived: int, total: int, reason: str = "") -> int:
        self._tell(WorkerMessage("over", reason, arrived, total))
        return int(arrived < total)

    def _tell(self, message: WorkerMessage) -> None:
        self._out.write(message.line())
        self._out.flush()


def main() -> int:
    """Do the job on standard input; everything that anybody prints goes to the log."""
    job = Job.read(sys.argv[1] if len(sys.argv) > 1 else sys.stdin.readline())
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    log = Path(job.path).resolve()
    study = log if log.is_dir() else log.parent
    try:
        with open_to_append(study / "runs" / TRACKING / LOG, study, fresh=not job.fell_back) as opened:
            os.dup2(opened.fileno(), 1)
            os.dup2(opened.fileno(), 2)
    except OSError as error:
        out.write(WorkerMessage("over", f"{error.filename}: {error.strerror}", 0, -1).line())
        out.flush()
        return 1
    end = threading.Event()
    threading.Thread(target=_listen, args=(end,), daemon=True).start()
    try:
        return Publisher(job, out).run(end)
    except Exception as error:  # noqa: BLE001 - the command says it in a line; the log has all of it
        traceback.print_exc()
        out.write(WorkerMessage("over", f"{type(error).__name__}: {' '.join(str(error).split())[:200]}", 0, -1).line())
        out.flush()
        return 1


def _listen(end: threading.Event) -> None:
    for line in sys.stdin:
        if line.strip() == "end":
            end.set()
    if not end.is_set():
        os._exit(1)
    while True:  # the word was said: only the one who said it may end us now
        time.sleep(60)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)
