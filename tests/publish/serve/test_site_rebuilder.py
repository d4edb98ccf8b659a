"""What keeps the site new: a change builds it again, a fault leaves the last good one and is said once."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from repro.publish.serve import site_rebuilder
from repro.publish.serve.catalogue import Catalogue
from repro.publish.serve.live_pages import LivePages, WatchedFolder
from repro.publish.serve.site_rebuilder import ServedSite, SiteRebuilder


class Site:
    """A build that counts, and fails or waits where it is told to."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root, self.folder = root, folder
        self.built = 0
        self.error: Exception | None = None
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self) -> ServedSite:
        self.gate.wait(300)
        if self.error is not None:
            raise self.error
        self.built += 1
        (self.root / "index.html").write_text(str(self.built))
        return ServedSite(
            self.root, {"index.html": str(self.built)}, (WatchedFolder(self.folder, "a", "folders/a.html"),)
        )


def wait_for(what: Callable[[], bool], seconds: float = 120) -> float:
    """Seconds until it is so."""
    since = time.monotonic()
    while not what():
        assert time.monotonic() - since < seconds, "it never came"
        time.sleep(0.01)
    return time.monotonic() - since


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a/runs/full").mkdir(parents=True)
    (tmp_path / "a/paper.yaml").write_text("x")
    return tmp_path / "a"


@pytest.fixture
def site(tmp_path: Path, folder: Path) -> Site:
    (tmp_path / "site").mkdir()
    return Site(tmp_path / "site", folder)


@pytest.fixture
def kept(site, folder):
    catalogue, said = Catalogue(), []
    one = SiteRebuilder(lambda: [folder], site, catalogue, LivePages("The class"), said.append)
    one.start()
    yield catalogue, said
    one.end()


def test_a_record_builds_the_site_again_within_two_seconds(kept, site, folder):
    catalogue, said = kept
    assert catalogue.state("index.html") == ("1", "")
    (folder / "runs/full/x.json").write_text("{}")
    assert wait_for(lambda: catalogue.state("index.html")[0] == "2") < 2
    time.sleep(1.5)
    assert (site.built, said) == (2, [])  # and nothing builds it without a reason


def test_a_journal_changes_the_live_page_alone(kept, site, folder):
    catalogue, _ = kept
    before = catalogue.state("live/a.html")[0]
    assert before
    (folder / "runs/full/x.jsonl").write_text("{}\n")
    assert wait_for(lambda: catalogue.state("live/a.html")[0] != before) < 2
    assert site.built == 1


def test_a_fault_leaves_the_last_good_site_and_is_said_once(kept, site, folder, monkeypatch):
    monkeypatch.setattr(site_rebuilder, "AGAIN_SECONDS", 0.2)
    catalogue, said = kept
    site.error = OSError(28, "No space left on device")
    (folder / "runs/full/x.json").write_text("{}")
    wait_for(lambda: bool(catalogue.state("index.html")[1]))
    assert catalogue.state("index.html")[0] == "1"
    answer = catalogue.find("index.html")
    assert answer is not None
    assert answer.content == b"1"
    (folder / "runs/full/y.json").write_text("{}")
    time.sleep(1.5)  # tried again, several times
    wrong = (
        "The site could not be built again; this is the last one that could: "
        "OSError: [Errno 28] No space left on device"
    )
    assert said == [wrong]
    site.error = None  # the disk has space again; nothing in the folder changes
    wait_for(lambda: catalogue.state("index.html") == ("2", ""))
    assert said == [wrong, "The site is built again."]


def test_what_changes_while_it_builds_is_built_after(kept, site, folder):
    site.gate.clear()
    (folder / "runs/full/x.json").write_text("{}")
    time.sleep(1.2)
    (folder / "runs/full/y.json").write_text("{}")
    time.sleep(1.2)
    site.gate.set()
    wait_for(lambda: site.built == 3)


def test_folders_that_cannot_be_listed_are_a_problem_and_no_end(site, folder):
    catalogue, said, broken = Catalogue(), [], []

    def folders() -> list[Path]:
        if broken:
            raise ValueError("course.yaml:1: nonsense")
        return [folder]

    one = SiteRebuilder(folders, site, catalogue, LivePages("The class"), said.append)
    one.start()
    broken.append(1)
    wait_for(lambda: bool(catalogue.state("index.html")[1]))
    broken.clear()
    wait_for(lambda: catalogue.state("index.html") == ("2", ""))
    assert said[0] == "The folders cannot be looked at: ValueError: course.yaml:1: nonsense"
    one.end()


def test_a_first_build_that_fails_is_raised(site, folder):
    site.error = RuntimeError("no")
    with pytest.raises(RuntimeError):
        SiteRebuilder(lambda: [folder], site, Catalogue(), LivePages("The class"), print).start()


def test_what_the_site_rests_on_beside_the_folders_builds_it_again(site, folder):
    catalogue, course = Catalogue(), ["1"]
    one = SiteRebuilder(lambda: [folder], site, catalogue, LivePages("The class"), print, lambda: course[0])
    one.start()
    course[0] = "2"
    wait_for(lambda: site.built == 2)
    one.end()
