"""What the gate makes of twins, by where they stand."""

import os
from pathlib import Path

import numpy as np
import pytest

from repro.data import gate
from repro.data.gate.duplicate_audio import duplicate_audio
from repro.data.items import Items
from repro.data.near_duplicates.alignment import Alignment
from repro.data.near_duplicates.find import DuplicatePair, NearDuplicates
from repro.data.splits import Split
from repro.spec.shape import Shape


def items_of(name: str = "recordings/", count: int = 6) -> Items:
    values = np.random.default_rng(0).normal(0, 0.1, (count, 1, 4000)).astype(np.float32)
    return Items(name, values, Shape.of("C T", 1, 4000), {"kind": np.array(list("ababab"))[:count]}, rate=8000.0)


def split_of(how: str = "all", **parts: list[int]) -> Split:
    return Split({name: np.array(rows) for name, rows in parts.items()}, 6, {"from": how})


def twins_of(*pairs: tuple[int, int], **words) -> NearDuplicates:
    return NearDuplicates(
        tuple(DuplicatePair(i, j, Alignment(0.987, 0.95, 0.1, 0.4)) for i, j in pairs), len(pairs), **words
    )


APART = {"train": [0, 1, 2], "validation": [3], "test": [4, 5]}


def test_no_twins_is_no_leak_and_what_could_not_be_compared_is_told():
    found = duplicate_audio(items_of(), split_of(**APART), twins_of((0, 1), (4, 5), silent=(2,), short=(3,)))
    assert (found["state"], found["count"]) == ("ok", 0)
    assert found["text"] == (
        "no sound of one part is in another; 1 pair of twins inside train; 1 pair of twins inside test; "
        "1 silent throughout; 1 too short to compare"
    )


def test_twins_in_two_parts_fail_and_are_named_and_counted_once_an_item():
    found = duplicate_audio(items_of(), split_of(**APART), twins_of((0, 4), (1, 4), (2, 3), (3, 5)))
    assert (found["state"], found["count"]) == ("failed", 3)
    assert found["examples"][0] == ["train", 0, "test", 4, 0.987]
    assert found["text"].startswith(
        "2 of 2 items of test and 1 of 1 items of validation hold the sound of an item of another part: "
        "train 0 = test 4 (0.987), train 1 = test 4 (0.987), train 2 = validation 3 (0.987)"
    )


def test_items_outside_the_split_leak_nothing():
    found = duplicate_audio(items_of(), split_of(train=[0, 1], test=[2]), twins_of((0, 4), (4, 5)))
    assert (found["state"], found["count"]) == ("ok", 0)


@pytest.mark.parametrize(
    ("name", "how", "state"),
    [
        ("esc50", "official", "found"),
        ("esc50", "folds: official", "found"),
        ("esc50", "all", "failed"),
        ("esc50", "folds: group", "failed"),
        ("recordings/", "official", "failed"),
        ("data.py:Own", "official", "failed"),
        ("mirdata/gtzan_genre", "folds: official", "failed"),
    ],
)
def test_only_the_parts_of_a_publisher_of_a_built_in_set_may_have_them(name, how, state):
    found = duplicate_audio(items_of(name), split_of(how, **APART), twins_of((0, 4)))
    assert found["state"] == state
    assert ("others' numbers have them too" in found["text"]) == (state == "found")


def test_the_gate_listens_to_recordings_and_to_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setenv("REPRO_DATA", str(tmp_path))
    items = items_of()
    split = split_of(**APART)
    values = items.array.copy()
    values[4] = 0.5 * np.roll(values[0], 300)
    leaky = Items("recordings/", values, items.shape, items.columns, rate=8000.0)
    found = gate.check(leaky, split, {})["checks"]["duplicate-audio"]
    assert (found["state"], found["kinds"]) == ("failed", ["L1.4"])
    assert gate.check(items, split, {})["checks"]["duplicate-audio"]["state"] == "ok"
    assert "duplicate-audio" not in gate.check(leaky, split, {}, sounds=False)["checks"]
    silent = Items("table", values.reshape(6, -1), Shape.of("F", 4000), {})
    assert "duplicate-audio" not in gate.check(silent, split, {})["checks"]


@pytest.mark.slow
def test_real_sets_split_by_speaker_and_by_fold_leak_nothing():
    if not os.environ.get("REPRO_MIRROR"):
        pytest.skip("REPRO_MIRROR is not set")
    from repro.data.datasets.read import read_items
    from repro.spec.experiment import Dataset

    for name, args, column in (("fsdd", {}, "speaker"), ("esc50", {"subset": "esc10"}, "fold")):
        items = read_items(Dataset(name=name, args=args), Path())
        for value in np.unique(items.columns[column]):
            outside = items.columns[column] != value
            parts = {"train": np.flatnonzero(outside), "test": np.flatnonzero(~outside)}
            split = Split(parts, len(items), {"from": "folds: official"})
            groups = {column: True}
            result = gate.check(items, split, {}, groups=groups)
            assert {name: c["text"] for name, c in result["checks"].items() if c["state"] == "failed"} == {}
            assert result["checks"]["duplicate-audio"]["state"] == "ok"
