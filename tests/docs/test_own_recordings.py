"""The page on own recordings works as it stands, with the recordings that its own script writes."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from repro.spec.load import load_spec

PAGE = (Path(__file__).parents[2] / "docs/how-to/own-recordings.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """The first code block of a language."""
    found = re.search(rf"^```{language}\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def do(line: str, folder: Path) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", line], cwd=folder, env=os.environ | {"PATH": path}, capture_output=True, text=True
    )
    assert done.returncode == 0, (line, done.stdout, done.stderr)
    return done.stdout


def prepare(folder: Path) -> None:
    """What the page has done before one looks at the data."""
    (folder / "papers/words").mkdir(parents=True)
    (folder / "make_recordings.py").write_text(block("python"), encoding="utf-8")
    (folder / "papers/words/paper.yaml").write_text(block("yaml"), encoding="utf-8")
    do("python make_recordings.py", folder)


def test_the_script_and_the_spec_of_the_page_fit_each_other(tmp_path: Path) -> None:
    prepare(tmp_path)
    recordings = tmp_path / "papers/words/recordings"
    rows = (recordings / "items.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0] == "path,word,speaker"
    assert sorted(row.split(",")[0] for row in rows[1:]) == sorted(path.name for path in recordings.glob("*.wav"))
    assert len(rows) == 1 + 24
    assert list(load_spec(tmp_path / "papers/words").experiments) == ["logistic", "cnn"]


@pytest.mark.slow
def test_the_commands_of_the_page_lead_from_recordings_to_a_report(tmp_path: Path) -> None:
    prepare(tmp_path)
    assert "nothing stands out" in do("repro data papers/words --page", tmp_path)
    table = do("repro run papers/words --rung smoke", tmp_path)
    assert "1 claim: 1 PARTIAL" in table
    for command in ("report papers/words", "slides papers/words"):
        assert f"$ repro {command} --rung smoke" in PAGE
        do(f"repro {command} --rung smoke", tmp_path)
    do("repro post papers/words --part 1", tmp_path)
    handed_in = {path.name for path in (tmp_path / "papers/words/handin").iterdir()}
    assert {"report.html", "slides.pptx", "post-8a-1.md"} <= handed_in
    assert (tmp_path / "papers/words/runs/data.html").is_file()
