"""Output that is not UTF-8, and names that are no text: replaced characters, and never a traceback."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SPEC = """\
paper: {title: "Töne 音", authors: [Å. Ström], year: 2024}
question: "Ja — oder nein?"
dataset: {name: digits}
splits: {train: 300, test: 200}
architecture: {mlp: [Flatten, Linear: {out_features: classes}]}
optimizer: {SGD: {lr: 1e-2}}
loss: CrossEntropyLoss
metric: Accuracy
training: {batch_size: 50, epochs: 1}
seeds: [0]
baseline: mlp
experiments: {mlp: {model: mlp, title: "网"}}
reported: [{where: "Tabelle “1”", metric: Accuracy, unit: percent, values: {mlp: 50}}]
"""
LIGHT = (
    "check", "ls", "status", "status --json", "table", "table --json", "table --csv", "table --markdown",
    "table --latex", "homework", "homework --json", "discuss", "grade --json",
)  # fmt: skip
HEAVY = (
    "run", "data", "data --page -o out", "shapes", "report -o out", "slides -o out", "post --part 3 -o out",
    "grade -o out", "site -o out/site", "dashboard --offline", "verify --sample 0",
)  # fmt: skip
ASCII = {"PYTHONIOENCODING": "ascii"}
OUTPUTS = {
    "latin-1": {"PYTHONIOENCODING": "latin-1"},
    "ascii": ASCII,
    "C": {"LC_ALL": "C", "LANG": "C"},
    "no utf-8 at all": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
}
FOLDERS = {"音 study": "音 study".encode(), "no text": b"st\xfeudy", "half": b"\xed\xb0\x80"}


def repro(words: str, study: bytes, place: Path, **variables: str) -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-m", "repro", *words.split(), study]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **variables}
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, timeout=300)
    assert b"Traceback" not in done.stdout + done.stderr, done.stderr.decode("utf-8", "replace")
    return done


def study(place: Path, name: bytes) -> bytes:
    folder = os.fsencode(place) + b"/" + name
    os.mkdir(folder)  # noqa: PTH102 (its name is no text)
    with open(folder + b"/paper.yaml", "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write(SPEC)
    return name


@pytest.mark.parametrize("output", OUTPUTS)
def test_a_title_that_the_terminal_lacks(tmp_path, output):
    done = repro("status", study(tmp_path, "音 study".encode()), tmp_path, **OUTPUTS[output])
    assert done.returncode == 0, done.stderr
    assert b"mlp" in done.stdout or b"?" in done.stdout


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_whose_name_is_no_text(tmp_path, name):
    done = repro("check", study(tmp_path, FOLDERS[name]), tmp_path, PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert b"fine" in done.stdout
    assert done.stdout.isascii()


@pytest.mark.parametrize("words", ["table --json", "status --json"])
def test_json_loses_nothing(tmp_path, words):
    name = study(tmp_path, "音 study".encode())
    plain = repro(words, name, tmp_path, PYTHONIOENCODING="utf-8")
    narrow = repro(words, name, tmp_path, **ASCII)
    assert json.loads(plain.stdout) == json.loads(narrow.stdout)
    assert narrow.stdout.isascii()


@pytest.mark.parametrize(
    "words",
    [
        *(pytest.param(words, marks=pytest.mark.slow) for words in LIGHT[:3]),
        *(pytest.param(words, marks=pytest.mark.exhaustive) for words in (*LIGHT[3:], *HEAVY)),
    ],
)
def test_no_command_ends_in_a_traceback(tmp_path, trained, words):
    for name in trained[1]:
        done = repro(words, name, trained[0], **ASCII)
        assert words not in LIGHT or done.returncode == 0, done.stderr
        assert (done.stdout + done.stderr).isascii()


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    place = tmp_path_factory.mktemp("trained")
    names = [study(place, name) for name in FOLDERS.values()]
    for name in names:
        assert repro("run", name, place, **ASCII).returncode == 0
    return place, names


def test_own_recordings_whose_names_are_no_text_are_named(plant):
    folder = plant()
    os.rename(folder / "recordings/go/00.wav", os.fsencode(folder) + b"/recordings/go/\xe9.wav")  # noqa: PTH104
    done = repro("check", os.fsencode(folder), folder, **ASCII)
    assert done.returncode == 1
    assert b"go/?.wav: the name is not UTF-8, so no table can hold it; rename it" in done.stdout


def test_recordings_below_a_folder_whose_name_is_no_text_are_read(plant, tmp_path):
    folder = plant()
    there = os.fsencode(tmp_path) + b"/st\xffudy"
    os.rename(folder, there)  # noqa: PTH104
    done = repro("data --json", there, tmp_path, **ASCII)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)[0]["datasets"], done.stdout
