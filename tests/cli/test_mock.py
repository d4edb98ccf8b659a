"""``repro mock``: figures of what a proposal expects, and the seeds that its claims take."""

import json
import shutil
from pathlib import Path

import pytest

from repro.cli.main import main

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "proposals/instrument-families"


@pytest.fixture
def repro(monkeypatch, capsys):
    def repro(*words):
        monkeypatch.setattr("sys.argv", ["repro", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return ended.value.code or 0, said.out, said.err

    return repro


@pytest.fixture
def folder(tmp_path):
    """The shipped proposal without anything that ran."""
    return Path(
        shutil.copytree(SHIPPED, tmp_path / "mine", ignore=shutil.ignore_patterns("runs", "results", "__pycache__"))
    )


def test_figures_lie_in_runs_mock_and_the_table_says_what_seeds_show(repro, folder) -> None:
    code, out, err = repro("mock", folder)
    assert (code, err) == (0, "")
    made = sorted(path.name for path in (folder / "runs/mock").iterdir())
    names = ("expected", "how-short", "learning", "parts-of-a-note")
    assert made == sorted(f"{name}.{ending}" for name in names for ending in ("svg", "png"))
    for path in (folder / "runs/mock").glob("*.svg"):
        assert path.read_text().count('id="watermark"') == 1
    assert "EXPECTED, NOT MEASURED" in out
    assert "mistakes: what is taken for what does not follow from expected scores" in " ".join(out.split())
    assert "seeds for 80 %" in out
    assert "attack over later" in out


def test_the_same_proposal_gives_the_same_bytes_elsewhere_too(repro, folder, tmp_path) -> None:
    repro("mock", folder)
    repro("mock", folder, "-o", tmp_path / "out")
    first = {path.name: path.read_bytes() for path in (folder / "runs/mock").iterdir()}
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == first


def test_figures_that_are_no_more_go_away(repro, folder, tmp_path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "old.svg").write_text("old")
    (out / "notes.txt").write_text("mine")
    repro("mock", folder, "-o", out)
    assert not (out / "old.svg").exists()
    assert (out / "notes.txt").read_text() == "mine"


def test_as_json(repro, folder) -> None:
    code, out, _ = repro("mock", folder, "--json", "seeds=[0, 1, 2]")
    assert code == 0
    (study,) = json.loads(out)
    assert study["study"] == "mine"
    assert all(Path(path).is_file() for path in study["figures"])
    first = study["claims"][0]
    assert (first["seeds_planned"], first["seeds_needed"], first["threshold"]) == (3, 8, 5.0)
    assert 0.1 < first["power_planned"] < 0.4
    assert (first["steps"][0]["method"], first["steps"][0]["expected_difference"]) == ("attack", 10.0)


def test_nothing_of_the_folder_is_executed(repro, folder) -> None:
    text = (folder / "data.py").read_text()
    (folder / "data.py").write_text(text.replace("import numpy", "raise SystemExit('executed')\nimport numpy"))
    code, _, err = repro("mock", folder)
    assert (code, err) == (0, "")


def test_a_paper_expects_nothing(repro) -> None:
    code, out, err = repro("mock", ROOT / "papers/mnist1d")
    assert (code, out) == (2, "")
    assert "mnist1d/paper.yaml: is of a paper, which reports numbers; only a proposal expects some" in err


def test_bad_points_are_named_at_their_line(repro, folder) -> None:
    (folder / "toghiani2017.csv").write_text("experiment,y\nwhole,lots\n")
    code, _, err = repro("mock", folder)
    assert code == 2
    assert "toghiani2017.csv:2:1: y: expected a number, got 'lots'" in err
    assert "Traceback" not in err


@pytest.mark.slow
def test_two_folders_of_one_name_do_not_overwrite_each_other(repro, folder, tmp_path) -> None:
    other = Path(shutil.copytree(folder, tmp_path / "b/mine"))
    code, _, err = repro("mock", folder, other, "-o", tmp_path / "out")
    assert code == 2
    assert "have the same name" in err
    other = Path(shutil.copytree(folder, tmp_path / "yours"))
    assert repro("mock", folder, other, "-o", tmp_path / "out")[0] == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"mine", "yours"}
