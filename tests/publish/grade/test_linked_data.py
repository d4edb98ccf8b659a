"""Data behind a link out of the folder stay unread; spec, answers and records of such a folder are judged."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from repro.publish.grade.data_folders import data_folders, strays
from repro.publish.grade.grade_all import rows
from repro.publish.grade.submitted_folders import SubmittedFolder
from repro.publish.serve.read_progress import read_progress
from repro.publish.site.build import build_site
from repro.spec.yaml import read_tree

SECRET = "token-7f3a"
SPEC = """\
paper: {title: Two sounds, authors: [A. B.], year: 2020}
question: Which of two kinds of noise is it, and can a linear net tell them apart?
dataset: {folder: FOLDER, why: "They lie on this machine, and nobody else has them, so they are what we could take."}
splits: {train: 0.6, validation: 0.2, test: 0.2, seed: 0}
features: [MelSpectrogram: {n_mels: 8, n_fft: 256}]
architecture: {net: [Flatten, Linear: {out_features: classes}]}
optimizer: {Adam: {lr: 1e-3}}
loss: CrossEntropyLoss
metric: Accuracy
training: {batch_size: 4, steps: 2}
seeds: [0, 1]
baseline: net
experiments: {net: {model: net}}
answers: {criticisms: "ANSWER"}
"""
ANSWER = "The set is small and nobody knows who made it. " * 6


@pytest.fixture
def data(tmp_path: Path) -> Path:
    away = tmp_path / "elsewhere" / "takes"
    for cls in ("low", "high"):
        (away / cls).mkdir(parents=True)
        for number in range(4):
            soundfile.write(away / cls / f"{SECRET}{number}.wav", np.zeros(800), 8000)
    (away / "items.csv").write_text(f"path,class\n{SECRET},x\n")
    return away


def study(folder: Path, named: str = "recordings", extra: str = "") -> Path:
    folder.mkdir(parents=True)
    text = SPEC.replace("FOLDER", f"{named}{extra}").replace("ANSWER", ANSWER)
    (folder / "paper.yaml").write_text(text + ("labels: class\n" if extra else ""))
    return folder


LINKED = {"recordings": "recordings", "sets/takes": "sets", "sets": "sets/takes"}
"""What the spec names, and where the link stands."""


@pytest.mark.parametrize(("named", "link"), LINKED.items())
@pytest.mark.parametrize("extra", ["", ", manifest: items.csv"])
def test_all_but_the_data_is_judged(named: str, link: str, extra: str, data: Path, tmp_path: Path) -> None:
    ada = study(tmp_path / "in" / "ada", named, extra)
    (ada / link).parent.mkdir(exist_ok=True)
    (ada / link).symlink_to(data if named != "sets/takes" else data.parent)
    (row,) = rows([SubmittedFolder(ada, "ada")], None, workers=1)
    assert SECRET not in str(row)
    assert row.problems == 0, row.first
    (said,) = row.ungraded
    assert said.startswith(f"how many items there are: {named} leads out of the folder")
    assert row.runs is not None
    assert row.runs.planned == 2
    assert next(part for part in row.parts if part.number == 3).answered == 1
    assert any(f"leads out of the folder: {link}" in line for line in row.look)


def test_nothing_stays_ungraded_where_the_spec_says_how_many_items(data: Path, tmp_path: Path) -> None:
    ada = study(tmp_path / "in" / "ada")
    (ada / "recordings").symlink_to(data)
    text = (ada / "paper.yaml").read_text()
    (ada / "paper.yaml").write_text(text.replace("{folder: recordings,", "{folder: recordings, items: 8,"))
    (row,) = rows([SubmittedFolder(ada, "ada")], None, workers=1)
    assert row.problems == 0, row.first
    assert row.ungraded == ()


def test_the_site_shows_it(data: Path, tmp_path: Path) -> None:
    ada = study(tmp_path / "in" / "ada")
    (ada / "recordings").symlink_to(data)
    built = build_site([tmp_path / "in"], tmp_path / "out")
    assert built.problems == {}
    text = (tmp_path / "out" / "folders" / "ada.html").read_text()
    assert "The set is small and nobody knows" in text
    assert SECRET not in "".join(path.read_text() for path in (tmp_path / "out").rglob("*.html"))
    assert read_progress(ada, "ada").problem == ""


@pytest.mark.parametrize("link", ["more", "results", "runs", "handin2", "recordings2"])
def test_any_other_link_to_a_folder_is_not_followed(link: str, data: Path, tmp_path: Path) -> None:
    ada = study(tmp_path / "in" / "ada", link if link in ("results", "runs") else "recordings")
    (ada / link).symlink_to(data)
    (row,) = rows([SubmittedFolder(ada, "ada")], None, workers=1)
    assert f"{link} is a link that leads out of the folder" in row.first
    built = build_site([tmp_path / "in"], tmp_path / "out")
    assert list(built.problems.values()) == [
        f"{link} is a link that leads out of the folder; nothing behind it was read"
    ]
    assert "leads out of the folder" in read_progress(ada, "ada").problem


def test_which_folders_are_data() -> None:
    text = (
        "dataset: {folder: a/b/}\nexperiments: {x: {dataset.folder: c}, y: {dataset: {folder: ../d}}, z: {dataset: "
        "{folder: results/x}}}\nrungs: {smoke: {dataset: {folder: e}}}\n"
    )
    assert data_folders(read_tree(text, "paper.yaml")) == ("a/b", "c", "e")
    assert strays(["a", "a/b", "a/b/c", "ab", "a/c", "cc"], ("a/b", "c")) == ["ab", "a/c", "cc"]
