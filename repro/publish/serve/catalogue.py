"""What is served now, by address, and a way to wait until that changes. Nothing outside of it can be asked for."""

import os
import stat
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from repro.publish.serve.headers import TYPES

HOME = "index.html"


@dataclass(frozen=True)
class Response:
    """The bytes behind an address, of which type, and the version that they are of."""

    content: bytes
    kind: str
    version: str


@dataclass(frozen=True)
class LivePage:
    """A page that is made when it is asked for; ``version`` changes when it would come out differently."""

    make: Callable[[], str]
    version: str


class Catalogue:
    """Files of the built site and pages that are made; ``problem`` says why the site is not as new as it could be.

    Used by all threads of the server and by the one that watches the folders.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._files: dict[str, Path] = {}
        self._versions: dict[str, str] = {}
        self._live: dict[str, LivePage] = {}
        self._problem = ""
        self._is_over = False

    def show(self, root: Path, names: Mapping[str, str]) -> None:
        """Serve these files of a folder from now on, and no others: versions by name, as in ``pages/a.html``."""
        known = {name: version for name, version in names.items() if PurePosixPath(name).suffix in TYPES}
        with self._changed:
            self._files = {name: root / name for name in known}
            self._versions = dict(known)
            self._changed.notify_all()

    def show_live(self, pages: Mapping[str, LivePage]) -> None:
        """Serve these pages, made when they are asked for, and no others of their kind."""
        with self._changed:
            self._live = dict(pages)
            self._changed.notify_all()

    def say(self, problem: str) -> None:
        """What is wrong with the last attempt to build the site; empty when nothing is."""
        with self._changed:
            self._problem = problem
            self._changed.notify_all()

    def close(self) -> None:
        """Let everyone who waits go."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()

    def find(self, name: str) -> Response | None:
        """What is behind a name; None for all that is not served."""
        with self._changed:
            path, live, version = self._files.get(name), self._live.get(name), self._versions.get(name, "")
        if live is not None:
            return Response(live.make().encode("utf-8", "replace"), TYPES[".html"], live.version)
        if path is None:
            return None
        content = _read(path)
        return None if content is None else Response(content, TYPES[PurePosixPath(name).suffix], version)

    def state(self, name: str) -> tuple[str, str]:
        """The version of a page, empty where there is none, and what is wrong with the site."""
        with self._changed:
            return self._state(name)

    def wait(self, name: str, known: tuple[str, str], seconds: float) -> tuple[str, str] | None:
        """The state of a page once it is not ``known`` any more; the known one after ``seconds``, None at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_over or self._state(name) != known, seconds)
            return None if self._is_over else self._state(name)

    def _state(self, name: str) -> tuple[str, str]:
        live = self._live.get(name)
        return (self._versions.get(name, "") if live is None else live.version), self._problem


def _read(path: Path) -> bytes | None:
    """A plain file's bytes; None for a link, whatever it leads to, and for what is gone."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    except OSError:
        return None
    with os.fdopen(handle, "rb") as file:
        return file.read() if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else None
