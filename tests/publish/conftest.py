"""A study with its records, to write about."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from repro.publish.content.report_context import ReportContext
from repro.study import Study, load

PAPERS = Path(__file__).parents[2] / "papers"


@pytest.fixture(scope="session")
def mnist1d(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the shipped paper with its results, tabled from its records."""
    folder = tmp_path_factory.mktemp("papers") / "mnist1d"
    shutil.copytree(PAPERS / "mnist1d", folder, ignore=shutil.ignore_patterns("runs", "handin"))
    study = load(folder)
    study.write(study.results("results"), folder / "results", source="results")
    return folder


@pytest.fixture
def own(mnist1d: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may spoil."""
    return Path(shutil.copytree(mnist1d, tmp_path / "mnist1d"))


@pytest.fixture(scope="session")
def subject_of() -> Callable[[Path], ReportContext]:
    def make(folder: Path) -> ReportContext:
        study: Study = load(folder)
        return ReportContext(study.spec, study.plan, study.ledger())

    return make


@pytest.fixture(scope="session")
def subject(mnist1d: Path, subject_of: Callable[[Path], ReportContext]) -> ReportContext:
    return subject_of(mnist1d)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's chromium, to which evil.example is this machine; one browser for all tests that want one."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or ""
    rules = "--host-resolver-rules=MAP evil.example 127.0.0.1"
    return {**browser_type_launch_args, "executable_path": chromium, "args": ["--no-sandbox", rules]}


@pytest.fixture(scope="session")
def axe() -> Path:
    """The accessibility checker: in REPRO_AXE, or where npm installs globally."""
    npm = shutil.which("npm")
    if "REPRO_AXE" in os.environ:
        found = Path(os.environ["REPRO_AXE"])
    else:
        root = subprocess.run([npm, "root", "-g"], capture_output=True, text=True).stdout.strip() if npm else ""
        found = Path(root) / "axe-core/axe.min.js"
    if not found.is_file():
        pytest.skip("needs axe-core: npm install -g axe-core")
    return found
