"""``repro data``, seen from outside."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from repro.cli.main import app, main


def data(*args: object) -> tuple[int, str, str]:
    ran = CliRunner().invoke(app, ["data", *map(str, args)])
    if ran.exception is not None and not isinstance(ran.exception, SystemExit):
        raise ran.exception
    return ran.exit_code, ran.stdout, ran.stderr


def test_it_says_what_is_there_and_writes_nothing(plant: Callable[..., Path], tmp_path: Path) -> None:
    folder = plant()
    before = sorted(folder.rglob("*"))
    command = [sys.executable, "-m", "repro", "data", str(folder)]
    ran = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONIOENCODING": "utf-8"})
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == "", "no library may say anything"
    faults = ("go/clipped.wav", "go/silent.flac", "no/padded.wav", "no/off.ogg", "go/00.wav", "6.0 dB quieter")
    for words in ("24 items", "3 classes", "wav 9, flac 6, ogg 5, mp3 4", "rare: 2", "duplicate-audio", *faults):
        assert words in ran.stdout, words
    assert sorted(folder.rglob("*")) == before
    assert all(line == line.rstrip() or "  " in line for line in ran.stdout.splitlines())


def test_json_alone_is_on_stdout(plant: Callable[..., Path]) -> None:
    code, out, _ = data(plant(), "--json")
    assert code == 0
    (study,) = json.loads(out)
    assert (study["spec"], study["rung"], study["problem"], study["page"]) == ("study", "full", None, None)
    (found,) = study["datasets"]
    assert set(found) == {
        "dataset", "args", "data_sha256", "items", "files", "shape", "seconds", "rates", "channels", "formats",
        "values", "skipped", "few_items", "flagged", "levels", "duplicates", "splits",
    }  # fmt: skip
    assert {kind: [one["name"] for one in some] for kind, some in found["flagged"].items()} == {
        "clipped": ["go/clipped.wav"], "silent": ["go/silent.flac"], "mostly silence": ["no/padded.wav"],
        "offset": ["no/off.ogg"],
    }  # fmt: skip
    assert sum(found["splits"][0]["parts"].values()) == 24
    assert sum(found["levels"]["seconds"]) == pytest.approx(found["seconds"]["total"])


def test_a_page_goes_where_git_does_not_look_or_where_one_says(plant: Callable[..., Path], tmp_path: Path) -> None:
    folder = plant()
    code, out, _ = data(folder, "--page")
    assert code == 0
    assert (folder / "runs/data.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert "runs/data.html" in out.replace("\n", "")
    ignored = (Path(__file__).parents[2] / ".gitignore").read_text().split()
    assert "papers/*/runs/" in ignored
    assert data(folder, "-o", tmp_path / "pages")[0] == 0
    assert (tmp_path / "pages/study.html").is_file()


def test_all_that_cannot_be_read_is_listed_at_once(plant: Callable[..., Path]) -> None:
    code, out, err = data(plant(broken=True))
    assert (code, out) == (2, "")
    assert "2 of its 26 items cannot be used" in err
    assert "go/text.wav: cannot be decoded: its format is not known" in err
    assert "no/empty.mp3: cannot be decoded: the file is empty" in err


def test_what_is_left_out_is_counted_and_named(plant: Callable[..., Path]) -> None:
    code, out, _ = data(plant(broken=True), "dataset.skip_unreadable=true")
    assert code == 0
    assert "2 items could not be read and are left out" in out
    assert "go/text.wav" in out


def test_a_check_that_had_nothing_to_look_at_has_no_tick(plant: Callable[..., Path]) -> None:
    _, out, _ = data(plant())
    (line,) = [line for line in out.splitlines() if "shared-groups: " in line]
    assert line.strip() == "shared-groups: no column is known to tie items together"
    assert any("shared-items: " in line and line.strip()[0] in "✓+" for line in out.splitlines())


def test_one_bad_folder_does_not_hide_the_others(plant: Callable[..., Path], tmp_path: Path) -> None:
    good, bad = plant(name="ann"), plant(name="ben", broken=True)
    code, out, err = data(bad, tmp_path / "nowhere", good)
    assert code == 2
    assert f"{bad}: recordings/: 2 of its 26" in err
    assert "nowhere: no such file or folder" in err
    assert "24 items" in out
    assert "3 folders looked at, 2 with problems" in out


def test_one_data_set_that_is_not_there_does_not_hide_the_other(plant: Callable[..., Path]) -> None:
    folder = plant()
    text = (folder / "proposal.yaml").read_text() + "  other: {model: linear, dataset.folder: missing}\n"
    (folder / "proposal.yaml").write_text(
        text.replace("experiments: {linear: {model: linear}}", "experiments:\n  linear: {model: linear}")
    )
    code, out, err = data(folder)
    assert code == 2
    assert "missing/: there is no folder" in err
    assert "24 items" in out


def test_folders_of_one_name_have_pages_of_their_own(plant: Callable[..., Path], tmp_path: Path) -> None:
    folders = [plant(name="ann/study"), plant(name="ben/study")]
    assert data(*folders, "-o", tmp_path / "pages")[0] == 0
    assert sorted(path.name for path in (tmp_path / "pages").iterdir()) == ["ann-study.html", "ben-study.html"]


OWN = """\
import sys
import warnings

import numpy as np

print("own code speaks")
warnings.warn("own code warns")


class Noise:
    def __init__(self):
        self.values = np.random.default_rng(0).normal(size=(40, 1, 16))
        self.axes = "C T"
        self.columns = {"class": np.arange(40) % 2}
"""


def test_own_code_runs_only_where_one_says_so(plant: Callable[..., Path]) -> None:
    folder = plant()
    text = (folder / "proposal.yaml").read_text()
    text = text.replace("{folder: recordings, why: Own.}", '{name: "data.py:Noise", why: Own.}')
    text = text.replace("features: [ToMono, Resample: {new_freq: 8000}, PadOrCrop: {seconds: 0.5}]\n", "")
    (folder / "proposal.yaml").write_text(text)
    (folder / "data.py").write_text(OWN)
    code, out, err = data(folder)
    assert (code, out) == (2, "")
    assert "data.py:Noise" in err
    assert "--run-own-code" in err
    code, out, err = data(folder, "--run-own-code", "--json", "--page")
    assert code == 0
    assert json.loads(out)[0]["datasets"][0]["items"] == 40, "what own code prints is not on stdout"
    assert "own code warns" not in err
    assert "<polyline" in (folder / "runs/data.html").read_text()


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda folder: (folder / "recordings").rename(folder / "elsewhere"), "there is no folder"),
        (lambda folder: [path.unlink() for path in (folder / "recordings").rglob("*.*")], "no sub-folder with"),
    ],
)  # fmt: skip
def test_a_missing_and_an_empty_folder_are_told(plant: Callable[..., Path], spoil: Callable, says: str) -> None:
    folder = plant()
    spoil(folder)
    code, out, err = data(folder)
    assert (code, out) == (2, "")
    assert says in err
    assert "recordings" in err


def test_a_folder_that_cannot_be_read_is_told(plant: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    folder, scandir = plant(), os.scandir

    def refusing(path):
        if str(path).endswith("/rare"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    code, out, err = data(folder)
    assert (code, out) == (2, "")
    assert "recordings/rare: Permission denied" in err


def test_a_page_that_cannot_be_written_is_told(
    plant: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setattr(sys, "argv", ["repro", "data", str(plant()), "-o", str(tmp_path / "file")])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert str(tmp_path / "file") in capsys.readouterr().err


def test_data_without_sound_have_a_report_and_a_page(tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["new", "paper", str(tmp_path / "digits")]).exit_code == 0
    code, out, _ = data(tmp_path / "digits", "-o", tmp_path)
    assert code == 0
    assert "1,797 items, 10 classes of digit" in out
    assert "C 1 x H 8 x W 8" in out
    assert "1,200" in out, "items of train"
    assert (tmp_path / "digits.html").read_text().count('<img class="photo small"') == 30


def test_the_spec_that_is_wrong_is_refused_with_its_line(plant: Callable[..., Path]) -> None:
    folder = plant()
    text = (folder / "proposal.yaml").read_text()
    (folder / "proposal.yaml").write_text(text.replace("labels: class", "labels: clas"))
    code, _, err = data(folder)
    assert code == 2
    assert "proposal.yaml:5:9: labels.clas: unknown label" in err
