"""The command: what it prints, its exit codes, what it refuses, and that it needs no torch."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def repro(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "repro", "site", *map(str, arguments)], capture_output=True, text=True, cwd=cwd
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A proposal without records."""
    made = tmp_path / "in" / "eve"
    made.mkdir(parents=True)
    for path in (ROOT / "proposals/instrument-families").iterdir():
        if path.is_file():
            (made / path.name).write_bytes(path.read_bytes())
    return made


def test_it_says_what_it_did_and_where_the_site_is(folder, tmp_path):
    (tmp_path / "in" / "bad").mkdir()
    (tmp_path / "in" / "bad" / "paper.yaml").write_text("paper: 3\n")
    done = repro(tmp_path / "in", "-o", tmp_path / "out", "--title", "Spring & all")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("! folders/bad.html: paper.yaml:1:")
    assert lines[1:] == [
        "2 folders, 2 read, 1 that cannot be read; 7 pages: 7 written, 0 as before",
        str(tmp_path / "out" / "index.html"),
    ]
    assert "<title>Spring &amp; all</title>" in (tmp_path / "out" / "index.html").read_text()
    again = repro(tmp_path / "in", "-o", tmp_path / "out", "--title", "Spring & all")
    assert "2 folders, 0 read, 1 that cannot be read; 7 pages: 0 written, 7 as before" in again.stdout


def test_it_goes_to_site_by_default(folder):
    done = repro("eve", cwd=folder.parent)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == str(Path("site/index.html"))
    assert (folder.parent / "site" / "folders" / "eve.html").is_file()


@pytest.mark.parametrize(
    ("out", "said"),
    [
        ("mine", "holds files that are not of a site"),
        ("in/eve/site", "into which nothing is written"),
        ("file", "is a file"),
    ],
)
def test_what_it_refuses(out, said, folder, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    done = repro(folder, "-o", tmp_path / out)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]
    assert (tmp_path / "file").read_text() == "mine"


def test_a_folder_that_is_not_there(tmp_path):
    done = repro(tmp_path / "none", "-o", tmp_path / "out")
    assert done.returncode == 2
    assert "no such folder" in done.stderr
    assert not (tmp_path / "out").exists()


def test_neither_the_command_nor_those_who_read_import_torch_or_draw(folder, tmp_path):
    """The command itself imports nothing heavy either, where nothing has changed."""
    code = (
        "import sys\nfrom pathlib import Path\nfrom repro.publish.site.build import build_site\n"
        f"build_site([Path({str(folder)!r})], Path({str(tmp_path / 'out')!r}))\n"
        f"build_site([Path({str(folder)!r})], Path({str(tmp_path / 'out')!r}))\n"
        "print([one for one in ('torch', 'matplotlib', 'pandas', 'sklearn') if one in sys.modules])\n"
        "import repro.publish.site.summary_worker as worker\n"
        "from repro.publish.assignments.read_course import load_course\n"
        f"seen = worker.read_summary(Path({str(folder)!r}), 'eve', (), load_course())\n"
        "assert seen.page, seen.problem\n"
        f"seen = worker.read_summary(Path({str(ROOT / 'papers/mnist1d')!r}), 'm', (), load_course())\n"
        "assert seen.page\n"
        "print([one for one in ('torch', 'matplotlib.pyplot', 'pandas', 'sklearn') if one in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.splitlines() == ["[]", "[]"], done.stdout + done.stderr
