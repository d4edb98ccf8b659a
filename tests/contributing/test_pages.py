"""The pages on how to add things are true: each file that they name exists, and their worked examples work."""

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contributing.page_steps import PAGES, ROOT, named_files, steps

ALL = sorted(PAGES.glob("*.md"))
assert len(ALL) == 9, "no pages found: the tests below would test nothing"
COPIED = ("repro", "tests", "scripts", "docs", "pyproject.toml", "repro_harness.py", "README.md", "CHANGELOG.md")


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_every_file_that_a_page_names_exists(path):
    named = named_files(path)
    assert named
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_every_step_that_changes_a_file_names_one_that_exists(path):
    for step in steps(path):
        assert (ROOT / step.file).exists() == (step.how != "New file"), step.file


def test_the_steps_of_all_pages_fit_the_code_and_each_other(tmp_path):
    every = [step for path in ALL for step in steps(path)]
    assert len(every) > 25
    for step in every:
        if step.how != "New file" and not (tmp_path / step.file).exists():
            (tmp_path / step.file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / step.file, tmp_path / step.file)
        step.apply(tmp_path)
    for file in {step.file for step in every if step.file.endswith(".py")}:
        ast.parse((tmp_path / file).read_text(encoding="utf-8"), file)


@pytest.fixture
def follow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Callable[..., str]]:
    """Applies all steps of a page to a copy of the project; gives what runs a Python module in the copy."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path / name)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "REPRO_DATA": str(tmp_path / "cache")}
    environment["REPRO_MIRROR"] = str(tmp_path / "mirror")

    def run(*args: str) -> str:
        command = [sys.executable, "-W", "ignore", *args]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def followed(page: str) -> Callable[..., str]:
        found = steps(PAGES / f"{page}.md")
        assert found
        for step in found:
            step.apply(tmp_path)
        run("scripts/make_schema.py")
        assert str(tmp_path) in run("-c", "import repro; print(repro.__file__)")
        return run

    return followed


@pytest.mark.slow
def test_the_page_on_layers_gives_a_layer_that_checks_and_trains(follow, tmp_path):
    run = follow("add-a-layer")
    assert "1 checked, 0 with problems" in run("-m", "repro", "check", "papers/try-se")
    shapes = run("-m", "repro", "shapes", "papers/try-se")
    assert "8 channel" in shapes  # the rest is on further lines of its cell
    run("-m", "repro", "run", "papers/try-se", "training.steps=1")
    records = list((tmp_path / "papers/try-se/runs").rglob("se-*.json"))
    assert records
    assert '"SqueezeExcite"' in (tmp_path / "repro/spec/schema/paper.json").read_text(encoding="utf-8")
    tests = ("tests/models/test_layer_shapes.py", "tests/docs/test_spec_reference.py")
    assert "passed" in run("-m", "pytest", "-n0", "-k", "SqueezeExcite or ours or classes_of_this", *tests)


@pytest.mark.slow
def test_the_page_on_data_sets_gives_a_data_set_that_is_read_and_trains(follow, tmp_path):
    run = follow("add-a-data-set")
    run("make_words24.py")
    assert "1 checked, 0 with problems" in run("-m", "repro", "check", "papers/try-words")
    assert "24" in run("-m", "repro", "data", "papers/try-words")
    run("-m", "repro", "run", "papers/try-words", "training.steps=1")
    assert list((tmp_path / "papers/try-words/runs").rglob("linear-*.json"))
    tests = ("tests/data/datasets/test_audio_sets.py", "tests/docs/test_spec_reference.py")
    assert "passed" in run("-m", "pytest", "-n0", "-k", "words24 or layout and fsdd or built_in", *tests)
