"""Folders to a site: read what changed, put the pages together, write what is new."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from repro.publish.assignments.read_course import load_course
from repro.publish.grade.visible import visible
from repro.publish.sandbox.pool import WorkerPool
from repro.publish.site.atomic_publish import publish_files
from repro.publish.site.gather import gather
from repro.publish.site.manifest import LOCK, Manifest, read_manifest
from repro.publish.site.pages import SiteSettings, folder_pages, overviews, shared_pages
from repro.publish.site.places import Place, places
from repro.publish.site.site_error import SiteError
from repro.publish.site.tool_fingerprint import tool_fingerprint

TITLE = "Papers and proposals"
"""What a site is called without a course."""


@dataclass(frozen=True)
class BuiltSite:
    """A site as it stands. ``pages`` and ``titles`` are by folder, as absolute paths; files by names with ``/``.

    ``files`` are all of them, of which ``written`` are new or changed; ``removed`` are of an earlier build. ``read`` is
    how many folders were read anew, ``problems`` what is wrong with a folder, in a line.
    """

    pages: Mapping[Path, str]
    titles: Mapping[Path, str]
    files: tuple[str, ...]
    written: tuple[str, ...]
    removed: tuple[str, ...]
    read: int
    problems: Mapping[Path, str]

    @property
    def unchanged(self) -> int:
        """Files that stand as they stood."""
        return len(self.files) - len(self.written)

    @property
    def is_changed(self) -> bool:
        """Whether anything was written or removed."""
        return bool(self.written or self.removed)


def build_site(
    folders: Sequence[Path],
    out: Path,
    *,
    live: str = "",
    course: Path | None = None,
    title: str = "",
    pool: WorkerPool | None = None,
) -> BuiltSite:
    """Build the site of some folders, or bring it up to date. One process at a time does so in one place.

    A folder is read again when anything in it has changed, when the tool has, or when its page is not as it was
    written. The same folders give the same bytes.

    Args:
        folders: study folders, or folders that hold them.
        out: where to; a new or an empty folder, or one that holds a site.
        live: a further script for each page, which is then served; it may ask its own server.
        course: the course's file, for names and dates, for what reports answer, and for discussions.
        title: what the site is called, the course's title by default.
        pool: the processes that read, to be kept for the next build, of
            :func:`repro.publish.site.reader_pool.reader_pool`.

    Raises:
        SiteError: the site cannot be written there, or another process is building it.
        SpecError: the course's file has problems.
        OSError: the disk is full and the like; the old site stands as it was.

    """
    chosen = load_course(course)
    site_places = places(folders, chosen)
    _refuse_inside(out, site_places)
    read_manifest(out)  # refuses a folder that is no site's before a lock is put there
    setting = SiteSettings(visible(title or (chosen.title if course is not None else TITLE)), live, chosen)
    with _alone(out):
        return _built(site_places, out, setting, course, pool)


def _built(
    site_places: Sequence[Place], out: Path, setting: SiteSettings, course: Path | None, pool: WorkerPool | None
) -> BuiltSite:
    before = read_manifest(out)
    common = _sha256(
        "\0".join(
            [tool_fingerprint(), setting.title, setting.live, "" if course is None else course.read_text("utf-8")]
        )
    )
    gathered = gather(site_places, out, before, common, course, pool)
    together = shared_pages(setting, gathered, common, out, before)
    pages = {**folder_pages(setting, gathered), **overviews(setting, gathered), **together.pages}
    data = {name: text.encode("utf-8", "replace") for name, text in pages.items()}
    names = sorted({*data, *(page.place.page for page in gathered), *together.keys})
    after = Manifest(
        files={name: hashlib.sha256(data[name]).hexdigest() if name in data else before.files[name] for name in names},
        kept={page.place.page: page.kept for page in gathered},
        made=together.keys,
    )
    written, removed = publish_files(out, before, after, data)
    return BuiltSite(
        pages={page.place.folder: page.place.page for page in gathered},
        titles={page.place.folder: page.seen.name for page in gathered},
        files=tuple(names),
        written=tuple(written),
        removed=tuple(removed),
        read=sum(page.is_new for page in gathered),
        problems={page.place.folder: page.seen.problem for page in gathered if page.seen.problem},
    )


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Inside, no other process of this tool builds in this folder."""
    out.mkdir(parents=True, exist_ok=True)
    lock = FileLock(out / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise SiteError(
            f"{out}: is being built by another process; wait for it, or say -o with another folder"
        ) from None
    try:
        yield
    finally:
        lock.release()


def _refuse_inside(out: Path, site_places: Sequence[Place]) -> None:
    at = out.resolve()
    for place in site_places:
        if at.is_relative_to(place.folder.resolve()):
            raise SiteError(f"{out}: lies in {place.folder}, into which nothing is written; say -o with another folder")


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
