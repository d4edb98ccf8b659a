"""``repro new``: what it writes is a spec that checks, for someone who has only the installed package."""

import subprocess
import sys
from pathlib import Path

import pytest

from repro.cli.new import starting_text, without_schema_line
from repro.cli.refusal import CommandRefused
from repro.spec.load import load_spec

ROOT = Path(__file__).parents[2]


def repro(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "repro", *args], cwd=cwd, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("kind", "extra"),
    [("paper", ()), ("proposal", ()), ("paper", ("--from", "mnist1d"))],
    ids=["paper", "proposal", "mnist1d"],
)
def test_a_new_spec_checks_clean(kind: str, extra: tuple[str, ...], tmp_path: Path) -> None:
    made = repro("new", kind, "mine", *extra, cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "mine" / f"{kind}.yaml").read_text().startswith("# yaml-language-server: $schema=.spec-schema")
    assert (tmp_path / "mine" / ".spec-schema.json").stat().st_size > 10_000
    checked = repro("check", "mine", cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "1 checked, 0 with problems" in checked.stdout


def test_open_answers_are_listed_with_their_lines(tmp_path: Path) -> None:
    repro("new", "paper", "mine", cwd=tmp_path)
    out = repro("check", "mine", cwd=tmp_path).stdout
    line = next(
        n for n, text in enumerate((tmp_path / "mine/paper.yaml").read_text().splitlines(), 1) if "criticisms" in text
    )
    assert f"mine/paper.yaml:{line}:" in out
    assert "answers.criticisms" in out
    assert "8a: 0 of 11 questions answered, 11 empty" in out


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "proposal.yaml").write_text("mine\n")
    done = repro("new", "paper", ".", cwd=tmp_path)
    assert done.returncode == 2
    assert "is there already" in done.stderr
    assert (tmp_path / "proposal.yaml").read_text() == "mine\n"
    assert not (tmp_path / "paper.yaml").exists()


@pytest.mark.parametrize(
    ("kind", "source", "says"),
    [
        ("papr", "", "did you mean 'paper'"),
        ("paper", "mnist2d", "did you mean 'mnist1d'"),
        ("proposal", "mnist1d", "mnist1d is a paper, not a proposal"),
    ],
)
def test_wrong_words_are_refused(kind: str, source: str, says: str, tmp_path: Path) -> None:
    done = repro("new", kind, "x", *(["--from", source] if source else []), cwd=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "x").exists()


def test_a_folder_can_be_the_start(tmp_path: Path) -> None:
    done = repro("new", "paper", "mine", "--from", str(ROOT / "papers/mnist1d"), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert load_spec(tmp_path / "mine").work.title == "Scaling down deep learning with MNIST-1D"


def test_the_shipped_start_is_the_shipped_paper() -> None:
    paper = (ROOT / "papers/mnist1d/paper.yaml").read_text(encoding="utf-8")
    recipe, _, ours = without_schema_line(paper).partition("answers:\n")
    start, _, yours = starting_text("paper", "mnist1d").partition("answers:\n")
    assert start == recipe
    assert ours.count(": ...") == 1
    assert yours.count(": ...") == 4  # our answers are no start for anybody else's


def test_starting_from_nothing_is_refused() -> None:
    with pytest.raises(CommandRefused, match="there is no folder nowhere"):
        starting_text("paper", "nowhere")
