"""Serving as a whole: a private folder for the site, what keeps it new, and the server. Prints nothing."""

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from pathlib import Path

from repro.publish.assignments.course import Course
from repro.publish.assignments.read_course import load_course
from repro.publish.grade.submitted_folders import submitted_folders
from repro.publish.grade.visible import visible
from repro.publish.sandbox.pool import WorkerPool
from repro.publish.serve.catalogue import Catalogue
from repro.publish.serve.live_frame import live_script
from repro.publish.serve.live_pages import LivePages, WatchedFolder
from repro.publish.serve.server import Server
from repro.publish.serve.site_rebuilder import ServedSite, SiteRebuilder
from repro.publish.site.build import TITLE, build_site
from repro.publish.site.reader_pool import reader_pool


class FolderConflict(Exception):
    """The private folder for the site would lie in a folder that is shown."""


@contextlib.contextmanager
def serving(
    folders: Sequence[Path], course: Path | None, port: int, say: Callable[[str], None]
) -> Iterator[tuple[Server, int]]:
    """A server that waits for :meth:`~http.server.HTTPServer.serve_forever`, and how many folders it shows.

    The site is built once, into a private folder that is removed at the end; what keeps it new runs beside.

    Args:
        folders: study folders, or folders that hold them.
        course: the course's file, if there is one.
        port: where to serve; 0 lets the system choose.
        say: is told, once, what is wrong with a build.

    Raises:
        OSError: the port cannot be had (:func:`repro.publish.serve.server.why_not`), or the disk is full.
        FolderConflict: the system's folder for temporary files lies in one of the folders.

    """
    catalogue = Catalogue()
    with contextlib.ExitStack() as ends:
        server = Server(catalogue, port)  # first: it is the likeliest to fail
        ends.callback(server.server_close)
        root = Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="repro-serve-"))).resolve()
        pool = ends.enter_context(reader_pool())
        live = LivePages(_title(course))
        ends.callback(live.end)
        rebuilder = SiteRebuilder(
            partial(_folders, folders, course, root),
            partial(_build, folders, course, root, pool),
            catalogue,
            live,
            say,
            partial(_stamp, course),
        )
        _refuse_inside(root, _folders(folders, course, root))
        ends.callback(catalogue.close)
        ends.callback(rebuilder.end)
        rebuilder.start()
        yield server, rebuilder.shown


def _title(course: Path | None) -> str:
    return TITLE if course is None else visible(_read_course(course, _stamp(course)).title)


def _stamp(course: Path | None) -> str:
    """What changes with the course's file."""
    return "" if course is None else _version(course)


@lru_cache(maxsize=1)
def _read_course(course: Path | None, stamp: str) -> Course:
    """The course, read again when its file has changed: it is asked for twice a second."""
    return load_course(course)


def _shown(folders: Sequence[Path], course: Path | None, root: Path) -> dict[Path, str]:
    """The folders that there are now, each with what it is called."""
    submitted = submitted_folders(folders, _read_course(course, _stamp(course)))
    return {at: submission.shown for submission in submitted if (at := _absolute(submission.folder)) != root}


def _folders(folders: Sequence[Path], course: Path | None, root: Path) -> list[Path]:
    return list(_shown(folders, course, root))


def _refuse_inside(root: Path, folders: Sequence[Path]) -> None:
    for folder in folders:
        if root.is_relative_to(folder.resolve()):
            raise FolderConflict(
                f"temporary files go to {root.parent}, which lies in {folder}; set TMPDIR to another folder"
            )


def _build(folders: Sequence[Path], course: Path | None, root: Path, pool: WorkerPool) -> ServedSite:
    site = build_site(folders, root, live=live_script(), course=course, pool=pool)
    shown = _shown(folders, course, root)
    watched = tuple(WatchedFolder(folder, shown.get(folder, folder.name), page) for folder, page in site.pages.items())
    return ServedSite(root, {name: _version(root / name) for name in site.files}, watched)


def _version(path: Path) -> str:
    facts = path.stat()
    return f"{facts.st_mtime_ns:x}-{facts.st_size:x}"


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links
