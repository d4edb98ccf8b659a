"""What the gate says of a finding can be done, and does mend it."""

import numpy as np
import pytest
import soundfile
from PIL import Image

from repro.data import gate
from repro.data.datasets.own_folder import read_folder
from repro.data.gate.exact_duplicates import duplicates
from repro.data.gate.remedies import remedy
from repro.data.items import Items
from repro.data.prepare import prepare
from repro.data.splits import Split
from repro.spec.experiment import Dataset
from repro.spec.load import load_spec
from repro.spec.shape import Shape

SPEC = """paper: {title: T, authors: [A B], year: 2024}
question: Which one is it?
dataset: {folder: things, why: mine EXTRA}
splits: {train: 0.5, test: 0.5, group: none, why: none known}
FEATURES
architecture: {net: [Flatten, Linear: {out_features: classes}]}
model: net
optimizer: {SGD: {lr: 0.1}}
loss: CrossEntropyLoss
metric: Accuracy
training: {batch_size: 2, epochs: 1, order: fixed, select: last}
seeds: [0]
baseline: net
experiments: {net: {}}
"""


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("REPRO_DATA", str(tmp_path / "cache"))


def picture(path, seed):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (6, 6), dtype=np.uint8)).save(path)


def sound(path, seed):
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.random.default_rng(seed).normal(0, 0.1, 4000), 8000)


def study(folder, extra="", features=""):
    (folder / "paper.yaml").write_text(SPEC.replace("EXTRA", extra).replace("FEATURES", features))
    return load_spec(folder / "paper.yaml").experiments["net"]


@pytest.mark.parametrize("form", ["png", "bmp", "gif"])
def test_equal_pictures_in_two_parts_stop_by_their_files_and_the_list_that_is_proposed_mends_it(tmp_path, form):
    for at in range(8):
        picture(tmp_path / "things" / "ab"[at % 2] / f"p{at}.{form}", 0 if at in (0, 2, 4, 6) else at)
    with pytest.raises(gate.GateError) as caught:
        prepare(study(tmp_path), seed=0, folder=tmp_path)
    text = str(caught.value)
    assert "are equal to an item of another part" in text
    assert f"p0.{form}" in text
    proposed = text.partition("exclude: [")[2].partition("]")[0]
    assert proposed
    data = prepare(study(tmp_path, f", exclude: [{proposed}]"), seed=0, folder=tmp_path)
    assert gate.failures(data.gate) == []


def test_equal_recordings_too_short_to_be_compared_by_ear_stop_as_well(tmp_path):
    for at in range(8):
        path = tmp_path / "things" / "ab"[at % 2] / f"s{at}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, np.random.default_rng(0 if at % 2 == 0 else at).normal(0, 0.1, 200), 8000)
    with pytest.raises(gate.GateError, match=r"exclude: \[a/s\d.wav"):
        prepare(study(tmp_path), seed=0, folder=tmp_path)


def test_recordings_that_sound_alike_stop_with_a_list_and_the_list_mends_it(tmp_path):
    for at in range(6):
        sound(tmp_path / "things" / "ab"[at % 2] / f"s {at}.wav", at)
    samples, rate = soundfile.read(tmp_path / "things" / "a" / "s 0.wav")
    for at in range(3):
        soundfile.write(tmp_path / "things" / "a" / f"louder {at}.flac", samples * (1.5 + at / 10), rate)
    with pytest.raises(gate.GateError) as caught:
        prepare(study(tmp_path), seed=0, folder=tmp_path)
    proposed = str(caught.value).partition("exclude: [")[2].partition("]")[0]
    assert '"a/' in proposed
    data = prepare(study(tmp_path, f", exclude: [{proposed}]"), seed=0, folder=tmp_path)
    assert data.gate["checks"]["duplicate-audio"]["state"] == "ok"


def test_one_picture_under_two_labels_stops_wherever_it_stands():
    values = np.random.default_rng(0).integers(0, 256, (6, 1, 4, 4), dtype=np.uint8)
    values[1] = values[0]
    items = Items(
        "things/", values, Shape.of("C H W", 1, 4, 4), {"class": np.array(list("abaabb"))},
        names=tuple(f"p{at}.png" for at in range(6)),
    )  # fmt: skip
    split = Split({"train": np.array([0, 1, 2, 3]), "test": np.array([4, 5])}, 6, {"from": "all"})
    found = duplicates(items, split, {"class": "class"})
    assert found["state"] == "failed"
    assert (
        "1 pair of equal items with different labels, of which one is wrong: 0 (p0.png) is a and 1 (p1.png) b"
        in (found["text"])
    )
    assert duplicates(items, split)["state"] == "ok"


@pytest.mark.parametrize(
    ("name", "shape", "how", "state"),
    [
        ("things/", "C H W", "all", "failed"),
        ("data.py:Own", "C H W", "official", "failed"),
        ("data.py:Own", "C T", "all", "failed"),
        ("data.py:Own", "F", "all", "found"),
        ("mnist", "C H W", "official", "found"),
        ("mnist", "C H W", "all", "failed"),
    ],
)
def test_where_equal_items_stop(name, shape, how, state):
    axes = Shape.of(shape, *[2] * len(shape.split()))
    values = np.random.default_rng(0).normal(size=(4, *axes.sizes)).astype(np.float32)
    values[3] = values[0]
    items = Items(name, values, axes, {"kind": np.array(list("abab"))})
    split = Split({"train": np.array([0, 1]), "test": np.array([2, 3])}, 4, {"from": how})
    assert duplicates(items, split)["state"] == state


COLUMNS = {"kind": np.array(list("aabbaa")), "room": np.array(list("xyxyxy"))}


@pytest.mark.parametrize(
    ("check", "result", "says"),
    [
        ("shared-groups", {"state": "failed", "shared": {"room": {}}}, "group: room under splits"),
        ("same-file", {"state": "failed"}, "group: source under splits"),
        ("fold-reuse", {"state": "found", "column": "Fold"}, "folds: official, or group: Fold"),
        ("validation-is-test", {"state": "failed"}, "another part for validation"),
        ("fitted-on-all", {"state": "failed"}, "Standardize under features"),
        ("duplicates", {"state": "failed", "pairs": [(0, 1)]}, "out of what data.py:Own makes"),
    ],
)
def test_every_finding_says_what_to_write_and_a_failure_names_the_waiver(check, result, says):
    items = Items("data.py:Own", np.zeros((6, 1), np.float32), Shape.of("F", 1), COLUMNS)
    split = Split({"train": np.arange(3), "test": np.arange(3, 6)}, 6, {"from": "all"})
    text = remedy(check, result, items, split)
    assert says in text
    assert ("waiver" in text) == (result["state"] == "failed")
    assert remedy(check, {"state": "ok"}, items, split) == ""


def test_folders_can_be_excluded(tmp_path):
    for name in ("a/old/1.png", "a/2.png", "b/3.png", "older/4.png"):
        picture(tmp_path / "things" / name, len(name))
    items = read_folder(Dataset(name="things/", args={"exclude": ["a/old", "older/4.png"]}), tmp_path)
    assert items.names == ("a/2.png", "b/3.png")
