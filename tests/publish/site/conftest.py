"""A class with its folders, and the site of it; built once, in the way the command builds it."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from repro.publish.sandbox.pool import WorkerPool
from repro.publish.site.build import BuiltSite, build_site
from repro.publish.site.reader_pool import reader_pool

ROOT = Path(__file__).parents[3]
COURSE = """\
title: Listening & <learning>
zone: America/New_York
roster:
  ada-l: {folder: ada, submitted: {8a: {1: 2026-10-02}}}
  ben: {folder: ben}
  gone: {folder: never-came}
papers: {8b: {smith2020: A guest's paper}}
"""
QUESTIONS = """
questions:
  - {ask: "Why did you use a single random seed for all of your training runs?", paper: smith2020}
"""
ALIKE = """
questions:
  - {ask: "Was only one random seed used for the training runs, and why?", paper: smith2020}
answers_to_peers:
  - {to: "ada-l", ask: "Why one seed?", answer: "Because the machine was needed by others, I think.", paper: smith2020}
"""


@dataclass(frozen=True)
class Site:
    """Where the class is, where its site is, and what the build said."""

    home: Path
    out: Path
    built: BuiltSite

    def text(self, name: str) -> str:
        """A page."""
        return (self.out / name).read_text(encoding="utf-8")


def study(folder: Path, paper: str = "papers/mnist1d", more: str = "") -> Path:
    """A shipped study with its records, and a few words more in its spec."""
    skipped = shutil.ignore_patterns("runs", "handin", "figures", "__pycache__")
    shutil.copytree(ROOT / paper, folder, ignore=skipped)
    spec = folder / f"{paper.partition('s/')[0]}.yaml"
    spec.write_text(spec.read_text(encoding="utf-8") + more, encoding="utf-8")
    return folder


def class_of(home: Path) -> Path:
    """Two students with the same paper, a proposal, a spec with a mistake, and the course's file."""
    study(home / "ada", more=QUESTIONS)
    study(home / "ben", more=ALIKE)
    study(home / "Zoë's", "proposals/instrument-families")
    (home / "broken").mkdir()
    (home / "broken" / "paper.yaml").write_text(
        (ROOT / "papers/mnist1d/paper.yaml").read_text().replace("loss:", "losss:"), encoding="utf-8"
    )
    (home / "course.yaml").write_text(COURSE, encoding="utf-8")
    return home


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, pool: WorkerPool) -> Site:
    """The site of the class; nobody changes it."""
    home = class_of(tmp_path_factory.mktemp("class") / "in")
    out = home.parent / "out"
    return Site(home, out, build_site([home], out, course=home / "course.yaml", pool=pool))


@pytest.fixture(scope="session")
def pool() -> Iterator[WorkerPool]:
    """The processes that read, started once."""
    with reader_pool(1) as made:
        yield made


@pytest.fixture
def build(pool: WorkerPool) -> Callable[..., BuiltSite]:
    """Builds a site, with processes that are there already."""
    return partial(build_site, pool=pool)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A class of one proposal without records, quickly built."""
    study(tmp_path / "in" / "eve", "proposals/instrument-families")
    return tmp_path / "in"
