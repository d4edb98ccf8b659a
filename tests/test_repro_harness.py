"""Another package named repro, as reproducible-science installs one: noticed at start, with its file."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import repro_harness
from repro.cli import other_packages

ROOT = Path(__file__).parents[1]


def start(module: str, *words: str, cwd: Path, path: list[Path]) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))}
    command = [sys.executable, "-c", f"import sys; sys.argv = ['repro', *{words!r}]; from {module} import main; main()"]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=300)


@pytest.mark.parametrize("file", ["repro/__init__.py", "repro.py", "repro/cli/main.py"])
def test_one_that_comes_first_is_named_and_nothing_of_it_runs(tmp_path, file):
    (tmp_path / "other" / file).parent.mkdir(parents=True)
    (tmp_path / "other" / file).write_text("print('theirs')\n")
    done = start("repro_harness", "--version", cwd=tmp_path, path=[tmp_path / "other", ROOT])
    if file == "repro/cli/main.py":  # a folder without __init__ is no package as long as ours is there
        assert (done.returncode, done.stderr) == (0, "")
        return
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert str(tmp_path / "other" / file) in done.stderr
    assert "reproducible-science" in done.stderr


def test_one_that_comes_later_is_noted_and_ours_runs(tmp_path):
    other = tmp_path / "other/repro/__init__.py"
    other.parent.mkdir(parents=True)
    other.write_text("")
    done = start("repro_harness", "--version", cwd=tmp_path, path=[ROOT, tmp_path / "other"])
    assert done.returncode == 0
    assert done.stdout.startswith("repro 0")
    assert done.stderr == f"note: {other} is of another package named repro, which may come first elsewhere\n"


def test_ours_and_its_copies_are_no_other(tmp_path):
    copy = tmp_path / "repro/__init__.py"
    copy.parent.mkdir()
    copy.write_bytes((ROOT / "repro/__init__.py").read_bytes())
    assert repro_harness.is_ours(copy)
    assert other_packages.is_ours(copy)
    assert not repro_harness.is_ours(tmp_path / "nothing.py")
    assert repro_harness.FIRST_WORDS == other_packages.FIRST_WORDS
