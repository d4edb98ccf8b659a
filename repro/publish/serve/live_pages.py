"""The live pages: read in a process of its own when somebody looks, and again only when the folder has changed."""

import queue
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pydantic import TypeAdapter

from repro.publish.sandbox.child import WorkerEnded, WorkerProcess
from repro.publish.serve.catalogue import LivePage
from repro.publish.serve.folder_progress import FolderProgress
from repro.publish.serve.live_frame import live_frame
from repro.publish.serve.live_page import live_main

WORKER = "repro.publish.serve.progress_worker"
SECONDS = 10.0
"""The longest that one folder may take."""

WORKERS = 2
TICK_SECONDS = 5.0
"""So often a page of running runs is looked at again though no file changed: whoever trained them may have died."""

_PROGRESS = TypeAdapter(FolderProgress)


@dataclass(frozen=True)
class WatchedFolder:
    """A folder, what it is called, and its page in the site."""

    folder: Path
    shown: str
    page: str

    @property
    def live(self) -> str:
        """The name of its live page."""
        return f"live/{self.page.rpartition('/')[2]}"


class LivePages:
    """Makes the live pages of folders. Used by all threads of the server; call :meth:`end` when it is over.

    Args:
        site: what the site is called.

    """

    def __init__(self, site: str) -> None:
        self._site = site
        self._children: queue.SimpleQueue[WorkerProcess] = queue.SimpleQueue()
        self._all = [WorkerProcess(WORKER, SECONDS) for _ in range(WORKERS)]
        for child in self._all:
            self._children.put(child)
        self._lock = threading.Lock()
        self._made: dict[str, tuple[str, str]] = {}
        self._running: set[str] = set()

    def pages(self, watched: Mapping[WatchedFolder, str]) -> dict[str, LivePage]:
        """The pages of these folders, each as its print says that the folder looks now."""
        tick = int(time.monotonic() / TICK_SECONDS)
        with self._lock:
            running = set(self._running)
        pages = {}
        for folder, fingerprint in watched.items():
            version = f"{fingerprint[:24]}-{tick}" if folder.live in running else fingerprint[:24]
            pages[folder.live] = LivePage(partial(self._page, folder, version), version)
        return pages

    def start(self) -> None:
        """Start the processes, so that the first page need not wait for them."""
        for child in self._all:
            child.start()

    def end(self) -> None:
        """End the processes."""
        for child in self._all:
            child.end()

    def _page(self, folder: WatchedFolder, version: str) -> str:
        with self._lock:
            known = self._made.get(folder.live)
        if known is not None and known[0] == version:
            return known[1]
        progress = self._read(folder)
        text = live_frame(
            f"{progress.title or progress.shown}: runs", live_main(progress), page=folder.page, site=self._site
        )
        with self._lock:
            self._made[folder.live] = (version, text)
            (self._running.add if progress.is_running else self._running.discard)(folder.live)
        return text

    def _read(self, folder: WatchedFolder) -> FolderProgress:
        child = self._children.get()
        try:
            return _PROGRESS.validate_json(child.ask({"folder": str(folder.folder), "shown": folder.shown}))
        except WorkerEnded as why:
            return FolderProgress(folder.shown, problem=f"not read: {why}")
        finally:
            self._children.put(child)
