"""What is seen of all folders: those that changed are read, of the others it is known."""

import hashlib
import os
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from repro.publish.grade.visible import visible
from repro.publish.sandbox.child import WorkerEnded
from repro.publish.sandbox.pool import WorkerPool
from repro.publish.site.atomic_publish import is_published
from repro.publish.site.fingerprint import fingerprint
from repro.publish.site.manifest import Manifest, StoredSummary
from repro.publish.site.places import Place
from repro.publish.site.reader_pool import reader_pool
from repro.publish.site.study_summary import StudySummary

_SEEN = TypeAdapter(StudySummary)


@dataclass(frozen=True)
class SitePage:
    """A place with what was seen of it; ``is_new`` where it was read now, and so has its page."""

    place: Place
    kept: StoredSummary
    is_new: bool

    @property
    def seen(self) -> StudySummary:
        """What was seen."""
        return self.kept.seen


def gather(
    site_places: Sequence[Place], out: Path, before: Manifest, common: str, course: Path | None, pool: WorkerPool | None
) -> list[SitePage]:
    """All places in their order.

    Args:
        site_places: the folders.
        out: the site's folder, where pages stand.
        before: what an earlier build knew.
        common: changes when all pages have to be made anew.
        course: the course's file.
        pool: the processes that read; new ones by default.

    """
    keys = [_key(place, common) for place in site_places]
    known = [before.kept.get(place.page) for place in site_places]
    stands = [
        old is not None
        and bool(key)
        and old.key == key
        and is_published(out, place.page, before.files.get(place.page, ""))
        for place, key, old in zip(site_places, keys, known, strict=True)
    ]
    changed = [place for place, stand in zip(site_places, stands, strict=True) if not stand]
    fresh = iter(_read(changed, course, pool))
    return [
        SitePage(place, old, False)
        if old is not None and stand
        else SitePage(place, StoredSummary(key, next(fresh)), True)
        for place, key, old, stand in zip(site_places, keys, known, stands, strict=True)
    ]


def _read(site_places: Sequence[Place], course: Path | None, pool: WorkerPool | None) -> list[StudySummary]:
    if not site_places:
        return []
    where = "" if course is None else os.path.abspath(course)  # noqa: PTH100 - a link is the teacher's own
    jobs = [
        {"folder": str(place.folder), "shown": place.shown, "who": place.who, "course": where} for place in site_places
    ]
    with ExitStack() as ends:
        workers = pool or ends.enter_context(reader_pool())
        answers = workers.answers(jobs)
    return [
        _SEEN.validate_json(answer) if isinstance(answer, str) else _unread(place, answer)
        for place, answer in zip(site_places, answers, strict=True)
    ]


def _unread(place: Place, why: WorkerEnded) -> StudySummary:
    return StudySummary(visible(place.shown), tuple(map(visible, place.who)), problem=f"not read: {why}")


def _key(place: Place, common: str) -> str:
    """What a page is made from; empty for a folder that is read each time."""
    content = fingerprint(place.folder)
    joined = "\0".join([common, content, str(place.folder), place.shown, *place.who])
    return hashlib.sha256(os.fsencode(joined)).hexdigest() if content else ""
