"""``repro report``, ``post`` and ``slides``, seen from outside."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

MNIST1D = Path(__file__).parents[2] / "papers" / "mnist1d"


def repro(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "repro", *words], capture_output=True, text=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("papers") / "mnist1d"
    return Path(shutil.copytree(MNIST1D, made, ignore=shutil.ignore_patterns("runs", "handin")))


@pytest.mark.slow
def test_without_runs_a_report_is_made_from_results(folder: Path) -> None:
    done = repro("report", str(folder))
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    made = (folder / "handin" / "report.html").read_text(encoding="utf-8")
    assert "31.3 ± 0.1" in made
    assert str(folder.parent) not in made


def test_a_post_names_the_pictures_that_it_wrote(folder: Path) -> None:
    done = repro("post", str(folder), "--part", "3")
    assert done.returncode == 0, done.stderr
    pictures = [line.partition(": ")[2] for line in done.stdout.splitlines() if line.startswith("picture")]
    assert pictures
    assert all(Path(one).read_bytes().startswith(b"\x89PNG") for one in pictures)
    assert (folder / "handin" / "post-8a-3.md").read_text(encoding="utf-8").startswith("# Scaling down")


def test_slides_go_where_they_are_asked_to(folder: Path, tmp_path: Path) -> None:
    done = repro("slides", str(folder), "-o", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "15 slides" in done.stdout
    assert (tmp_path / "mnist1d" / "slides.pptx").read_bytes().startswith(b"PK")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("post", "--part", "9"), "--part: 9 is no part of 8a"),
        (("report", "--assignment", "8c"), "unknown assignment '8c'"),
        (("report", "--assignment", "10a"), "10a asks for a proposal; this folder is a paper"),
        (("slides", "--course", "nowhere.yaml"), "nowhere.yaml: no such file"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(words: tuple[str, ...], says: str, folder: Path) -> None:
    done = repro(words[0], str(folder), *words[1:])
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
