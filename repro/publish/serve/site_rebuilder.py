"""Keeps what is served as new as the folders: looks at them twice a second, and builds again beside the serving."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from repro.publish.serve.catalogue import Catalogue
from repro.publish.serve.folder_fingerprint import Fingerprint
from repro.publish.serve.folder_watcher import FolderWatcher
from repro.publish.serve.live_pages import LivePages, WatchedFolder

POLL_SECONDS = 0.5
REST = 4
"""Looking rests so many times as long as it took, so that it takes a fifth of a core at most."""

AGAIN_SECONDS = 10.0
"""A build that went wrong is tried again after so long though nothing changed: the disk may have been full."""


@dataclass(frozen=True)
class ServedSite:
    """A site as it lies in a folder: the version of each file by its name, and each folder with its page."""

    root: Path
    files: Mapping[str, str]
    watched: tuple[WatchedFolder, ...]


class SiteRebuilder:
    """Two threads: one looks, one builds.

    Args:
        folders: gives the folders that there are now.
        build: builds the site and says what it made.
        catalogue: what is served.
        live: makes the pages of running runs.
        say: is told what is wrong with a build, once, and that it is well again.
        also: gives a text that changes with what the site rests on beside the folders.

    """

    def __init__(
        self,
        folders: Callable[[], Sequence[Path]],
        build: Callable[[], ServedSite],
        catalogue: Catalogue,
        live: LivePages,
        say: Callable[[str], None],
        also: Callable[[], str] = str,
    ) -> None:
        self._folders, self._build, self._catalogue, self._live, self._say = folders, build, catalogue, live, say
        self._also, self._watcher = also, FolderWatcher()
        self._prints: dict[Path, Fingerprint] = {}
        self._before: tuple[str, Mapping[Path, str]] = ("", {})
        self._watched: tuple[WatchedFolder, ...] = ()
        self._problem = ""
        self._is_over = threading.Event()
        self._is_due = threading.Event()
        self._threads = [threading.Thread(target=target, daemon=True) for target in (self._look, self._build_on)]

    def start(self) -> None:
        """Build once, here, then keep at it beside. Raises what the build raises."""
        self._prints = self._watcher.prints(self._folders())
        self._before = (self._also(), _of_site(self._prints))
        self._take(self._build())
        for thread in self._threads:
            thread.start()

    @property
    def shown(self) -> int:
        """Folders that have a page now."""
        return len(self._watched)

    def end(self) -> None:
        """Stop; a build that is under way is let go."""
        self._is_over.set()
        self._is_due.set()

    def _look(self) -> None:
        was_well, before = True, self._before
        while not self._is_over.is_set():
            since = time.monotonic()
            try:
                also, prints = self._also(), self._watcher.prints(self._folders())
            except Exception as error:  # noqa: BLE001 - said on the page and in the terminal; the next look may be well
                self._tell(f"The folders cannot be looked at: {_said(error)}")
                was_well = False
            else:
                self._prints, now = prints, (also, _of_site(prints))
                if now != before or not was_well:
                    self._is_due.set()
                was_well, before = True, now
                self._show_live()
            self._is_over.wait(max(POLL_SECONDS, REST * (time.monotonic() - since)))

    def _build_on(self) -> None:
        while not self._is_over.is_set():
            self._is_due.wait(AGAIN_SECONDS if self._problem else None)
            self._is_due.clear()
            if self._is_over.is_set():
                return
            try:
                self._take(self._build())
            except Exception as error:  # noqa: BLE001 - the last good site stays, and what is wrong is said
                self._tell(f"The site could not be built again; this is the last one that could: {_said(error)}")
            else:
                self._tell("")

    def _take(self, built: ServedSite) -> None:
        self._watched = built.watched
        self._catalogue.show(built.root, built.files)
        self._show_live()

    def _show_live(self) -> None:
        prints = self._prints
        of_live = {watched: prints[watched.folder].of_live for watched in self._watched if watched.folder in prints}
        self._catalogue.show_live(self._live.pages(of_live))

    def _tell(self, problem: str) -> None:
        if problem != self._problem:
            self._say(problem or "The site is built again.")
        self._problem = problem
        self._catalogue.say(problem)


def _of_site(prints: Mapping[Path, Fingerprint]) -> dict[Path, str]:
    return {folder: fingerprint.of_site for folder, fingerprint in prints.items()}


def _said(error: Exception) -> str:
    first = next(iter(str(error).splitlines()), "")
    return f"{type(error).__name__}{f': {first}' if first else ''}"
