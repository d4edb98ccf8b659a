"""Recordings whose channels cancel each other: found by listening, named by the gate, and still compared."""

import numpy as np
import pytest
import soundfile

from repro.data import gate
from repro.data.datasets.own_folder import read_folder
from repro.data.gate.own_data import own_data_notes
from repro.data.near_duplicates.cached import cached_near_duplicates
from repro.data.near_duplicates.preprocess import channels_cancelled, preprocess
from repro.data.splits import Split
from repro.spec.experiment import Dataset

NOISE = np.random.default_rng(0).normal(0, 0.1, (8, 8000))
ZEROS = np.zeros(8000)


@pytest.mark.parametrize(
    "channels",
    [
        [NOISE[0], -NOISE[0]],
        [NOISE[0], -0.9 * NOISE[0]],
        [NOISE[0] + 0.2, 0.1 - NOISE[0]],
        [NOISE[0], -NOISE[0], NOISE[1], -NOISE[1]],
        [NOISE[0], NOISE[1], -NOISE[0] - NOISE[1]],
        [1e-3 * NOISE[0], -1e-3 * NOISE[0]],
    ],
)
def test_channels_that_cancel(channels):
    assert channels_cancelled(np.stack(channels).astype(np.float32))


@pytest.mark.parametrize(
    "channels",
    [
        [NOISE[0]],
        [NOISE[0], NOISE[0]],
        [NOISE[0], NOISE[1]],
        [NOISE[0], ZEROS],
        [NOISE[0], -0.5 * NOISE[0]],
        list(NOISE),
        [ZEROS, ZEROS],
        [ZEROS + 0.3, ZEROS - 0.3],
    ],
)
def test_channels_that_do_not(channels):
    assert not channels_cancelled(np.stack(channels).astype(np.float32))


def test_what_is_heard_of_them_is_one_of_them_and_no_silence():
    sound = NOISE[0].astype(np.float32)
    assert np.allclose(preprocess(np.stack([sound, -sound]), 8000), preprocess(sound[None], 8000), atol=1e-5)


@pytest.fixture
def items(tmp_path, monkeypatch):
    monkeypatch.setenv("REPRO_DATA", str(tmp_path / "cache"))
    for at in range(6):
        sides = np.stack([NOISE[at], -NOISE[at] if at in (1, 4) else NOISE[at]], axis=1)
        path = tmp_path / "takes" / "ab"[at % 2] / f"{at}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, sides, 8000)
    soundfile.write(tmp_path / "takes" / "a" / "copy.wav", NOISE[4] * 0.5, 8000)
    return read_folder(Dataset(name="takes/"), tmp_path)


def test_the_gate_names_them_and_says_what_to_do(items):
    rows = np.arange(len(items))
    split = Split({"train": rows[:3], "test": rows[3:]}, len(items), {"from": "all"})
    result = gate.check(items, split, {"class": "class"})
    found = result["checks"]["channels-cancel"]
    assert (found["state"], found["count"]) == ("found", 2)
    assert "a/4.wav, b/1.wav" in found["text"]
    assert "exclude: [a/4.wav, b/1.wav]" in found["mend"]
    assert found["text"] in own_data_notes(result)
    only = Split({"train": rows[:1], "test": rows[1:2]}, len(items), {"from": "all"})
    assert "channels-cancel" not in gate.check(items, only, {"class": "class"})["checks"]


def test_a_copy_of_one_is_a_twin_and_the_cache_keeps_who_they_are(items):
    for _ in range(2):
        twins = cached_near_duplicates(items)
        names = [items.file_names[row] for pair in twins.pairs for row in (pair.one, pair.other)]
        assert names == ["a/4.wav", "a/copy.wav"]
        assert [items.file_names[row] for row in twins.cancelled] == ["a/4.wav", "b/1.wav"]
        assert not twins.silent
