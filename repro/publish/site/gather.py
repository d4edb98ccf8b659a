"""What is seen of all folders: those that changed are read, of the others it is known."""

import hashlib
import os
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from repro.publish.aside.child import Ended
from repro.publish.aside.pool import Pool
from repro.publish.grade.visible import visible
from repro.publish.site.manifest import Kept, Manifest
from repro.publish.site.places import Place
from repro.publish.site.print_of import print_of
from repro.publish.site.put import is_there
from repro.publish.site.readers import readers
from repro.publish.site.seen import Seen

_SEEN = TypeAdapter(Seen)


@dataclass(frozen=True)
class Gathered:
    """A place with what was seen of it; ``is_new`` where it was read now, and so has its page."""

    place: Place
    kept: Kept
    is_new: bool

    @property
    def seen(self) -> Seen:
        """What was seen."""
        return self.kept.seen


def gather(
    found: Sequence[Place], out: Path, before: Manifest, common: str, course: Path | None, pool: Pool | None
) -> list[Gathered]:
    """All places in their order.

    Args:
        found: the folders.
        out: the site's folder, where pages stand.
        before: what an earlier build knew.
        common: changes when all pages have to be made anew.
        course: the course's file.
        pool: the processes that read; new ones by default.

    """
    keys = [_key(place, common) for place in found]
    known = [before.kept.get(place.page) for place in found]
    stands = [
        old is not None and bool(key) and old.key == key and is_there(out, place.page, before.files.get(place.page, ""))
        for place, key, old in zip(found, keys, known, strict=True)
    ]
    asked = [place for place, one in zip(found, stands, strict=True) if not one]
    fresh = iter(_read(asked, course, pool))
    return [
        Gathered(place, old, False) if old is not None and one else Gathered(place, Kept(key, next(fresh)), True)
        for place, key, old, one in zip(found, keys, known, stands, strict=True)
    ]


def _read(asked: Sequence[Place], course: Path | None, pool: Pool | None) -> list[Seen]:
    if not asked:
        return []
    where = "" if course is None else os.path.abspath(course)  # noqa: PTH100 - a link is the teacher's own
    jobs = [{"folder": str(place.folder), "shown": place.shown, "who": place.who, "course": where} for place in asked]
    with ExitStack() as ends:
        workers = pool or ends.enter_context(readers())
        answers = workers.answers(jobs)
    return [
        _SEEN.validate_json(answer) if isinstance(answer, str) else _unread(place, answer)
        for place, answer in zip(asked, answers, strict=True)
    ]


def _unread(place: Place, why: Ended) -> Seen:
    return Seen(visible(place.shown), tuple(map(visible, place.who)), problem=f"not read: {why}")


def _key(place: Place, common: str) -> str:
    """What a page is made from; empty for a folder that is read each time."""
    seen = print_of(place.folder)
    said = "\0".join([common, seen, str(place.folder), place.shown, *place.who])
    return hashlib.sha256(os.fsencode(said)).hexdigest() if seen else ""
