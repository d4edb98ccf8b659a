"""The texts of all pages of a site."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from repro.publish.assignments.course import Course
from repro.publish.discuss.posts import Person
from repro.publish.site.atomic_publish import is_published
from repro.publish.site.board_page import board_main
from repro.publish.site.discussion_page import discussion_main
from repro.publish.site.discussions import discussions, merged_people
from repro.publish.site.folder_page import folder_main
from repro.publish.site.frame import frame, script
from repro.publish.site.gather import SitePage
from repro.publish.site.index_page import filters, index_main
from repro.publish.site.manifest import Manifest
from repro.publish.site.runs_page import runs_main
from repro.publish.site.study_summary import StudySummary
from repro.results.contribution import Contribution

_SHARES = TypeAdapter(list[Contribution])
_PEOPLE = TypeAdapter(list[Person])


@dataclass(frozen=True)
class SiteSettings:
    """What the whole site has: its title, the script of those who serve it (else empty), and the course."""

    title: str
    live: str
    course: Course

    def page(self, heading: str, main: str, *, at: str = "", up: str = "", tools: str = "") -> str:
        """A page of the site with its scripts."""
        scripts = [*([script()] if tools else []), *([self.live] if self.live else [])]
        title = heading if heading == self.title else f"{heading} – {self.title}"
        return frame(title, main, up=up, at=at, site=self.title, tools=tools, scripts=scripts, served=bool(self.live))

    def watch(self, page: SitePage) -> str:
        """Where the runs of a folder are watched, from the top; empty where nothing is served."""
        return f"live/{page.place.page.rpartition('/')[2]}" if self.live else ""


@dataclass(frozen=True)
class SharedPages:
    """Pages that all folders make together, those that are new, and the keys of what all of them are made from."""

    pages: Mapping[str, str]
    keys: Mapping[str, str]


def folder_pages(setting: SiteSettings, gathered: Sequence[SitePage]) -> dict[str, str]:
    """A page for each folder that was read."""
    pages = {}
    for page in gathered:
        if page.is_new:
            watch = setting.watch(page)
            main = folder_main(page.seen, f"../{watch}" if watch else "")
            pages[page.place.page] = setting.page(page.seen.name, main, up="../")
    return pages


def overviews(setting: SiteSettings, gathered: Sequence[SitePage]) -> dict[str, str]:
    """The cards, the board, and who ran what."""
    studies = _studies(gathered)
    watch = {page.place.page: setting.watch(page) for page in gathered}
    dates = {page.place.page: when for page in gathered if (when := _handed_in(page))}
    cards = index_main(setting.title, studies, watch)
    return {
        "index.html": setting.page(setting.title, cards, at="index.html", tools=filters(studies)),
        "board.html": setting.page("Reported against reproduced", board_main(studies), at="board.html"),
        "runs.html": setting.page("Who ran what", runs_main(studies, dates), at="runs.html"),
    }


def shared_pages(
    setting: SiteSettings, gathered: Sequence[SitePage], common: str, out: Path, before: Manifest
) -> SharedPages:
    """The pooled results and the discussions, where what they are made from is not what they were made from before."""
    shares = [share for page in gathered for share in page.seen.shares]
    people = merged_people([page.seen.person for page in gathered if page.seen.person is not None])
    keys = {
        "pooled.html": _key(common, _SHARES.dump_json(shares)),
        "discussion.html": _key(common, _PEOPLE.dump_json(people)),
    }
    pages = {}
    if _is_due("pooled.html", keys, out, before):
        pages["pooled.html"] = setting.page("Runs laid together", _pooled(shares), at="pooled.html")
    if _is_due("discussion.html", keys, out, before):
        main = discussion_main(discussions(setting.course, people))
        pages["discussion.html"] = setting.page("Discussion of guests’ papers", main, at="discussion.html")
    return SharedPages(pages, keys)


def _is_due(page: str, keys: Mapping[str, str], out: Path, before: Manifest) -> bool:
    return before.made.get(page) != keys[page] or not is_published(out, page, before.files.get(page, ""))


def _pooled(shares: list[Contribution]) -> str:
    from repro.publish.site.pooled_page import pooled_main
    from repro.results.pooled import pooled

    return pooled_main(pooled(shares))


def _studies(gathered: Sequence[SitePage]) -> list[tuple[StudySummary, str]]:
    return [(page.seen, page.place.page) for page in gathered]


def _handed_in(page: SitePage) -> str:
    """The last date that the roster has for a folder."""
    dates = [when for student in page.place.students for when in student.submitted.values()]
    return f"{max(dates):%Y-%m-%d}" if dates else ""


def _key(common: str, content: bytes) -> str:
    return hashlib.sha256(common.encode() + content).hexdigest()
