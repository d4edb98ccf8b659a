import tracemalloc

import numpy as np

from repro.data import gate
from repro.data.gate.class_counts import labels
from repro.data.gate.exact_duplicates import duplicates
from repro.data.gate.shared_items import shared_items
from repro.data.items import Items
from repro.data.splits import Split
from repro.spec.shape import Shape


def made(rows: list[int], kinds: list[str]) -> Items:
    values = np.array(rows, dtype=np.float32)[:, None]
    return Items("made", values, Shape.of("F", 1), {"kind": np.array(kinds)})


def split(**parts: list[int]) -> Split:
    return Split({n: np.array(r) for n, r in parts.items()}, 6, {})


CLEAN = made([1, 2, 3, 4, 5, 6], list("aabbab"))


def states(result):
    return {name: c["state"] for name, c in result["checks"].items()}


def test_a_clean_split_passes_every_check():
    result = gate.check(CLEAN, split(train=[0, 1, 2, 3], test=[4, 5]), {"kind": "kind"})
    assert states(result) == {
        "shared-items": "ok",
        "duplicates": "ok",
        "labels": "ok",
        "fitted": "ok",
        "fitted-on-all": "ok",
    }
    assert result["checks"]["labels"]["counts"] == {"kind": {"train": {"a": 2, "b": 2}, "test": {"a": 1, "b": 1}}}
    assert gate.failures(result) == []


def test_an_item_in_two_parts_fails_and_is_named():
    result = gate.check(CLEAN, split(train=[0, 1, 2, 3], test=[3, 4]), {})
    assert states(result)["shared-items"] == "failed"
    assert gate.failures(result) == ["shared items: 1 in both train and test (item 3)"]


def test_an_item_twice_in_one_part_fails():
    result = shared_items(split(train=[0, 1, 1], test=[4]))
    assert result == {"state": "failed", "text": "shared items: 1 more than once in train"}


def test_equal_items_across_parts_are_counted_and_shown_and_stop_nothing():
    items = made([1, 2, 3, 1, 1, 2], list("aabbab"))
    result = duplicates(items, split(train=[0, 1, 2], validation=[3], test=[4, 5]))
    assert result["state"] == "found"
    assert result["count"] == 3
    assert result["examples"] == [["train", 0, "validation", 3], ["train", 0, "test", 4], ["train", 1, "test", 5]]
    assert "1 of 1 items of validation and 2 of 2 items of test are equal" in result["text"]


def test_repeats_inside_a_part_are_told_but_no_leak():
    result = duplicates(made([1, 1, 1, 2, 3, 3], list("aabbab")), split(train=[0, 1, 2, 3], test=[4, 5]))
    assert result["state"] == "ok"
    assert result["text"].endswith("; 2 repeated inside train; 1 repeated inside test")


def test_an_item_in_two_parts_is_its_own_duplicate():
    result = duplicates(CLEAN, split(train=[0, 1, 2, 3], test=[3, 4]))
    assert (result["count"], result["examples"]) == (1, [["train", 3, "test", 3]])


def test_duplicates_are_found_whatever_the_heads_of_their_hashes_are(monkeypatch):
    """Hashes whose first 8 bytes are alike are told apart by the rest, and nothing else is."""
    monkeypatch.setattr(Items, "content", lambda items, row: b"the same" + items.array[row].tobytes())
    result = duplicates(made([1, 2, 3, 4, 5, 1], list("aabbab")), split(train=[0, 1, 2, 3], test=[4, 5]))
    assert (result["count"], result["examples"]) == (1, [["train", 0, "test", 5]])


def test_looking_for_duplicates_takes_little_memory_an_item():
    count = 30_000
    values = np.arange(count, dtype=np.float32)[:, None]
    items = Items("made", values, Shape.of("F", 1), {})
    parts = Split({"train": np.arange(count - 9), "test": np.arange(count - 9, count)}, count, {})
    tracemalloc.start()
    try:
        assert duplicates(items, parts)["state"] == "ok"
        assert tracemalloc.get_traced_memory()[1] / count < 130
    finally:
        tracemalloc.stop()


def test_a_class_that_train_never_saw_is_found():
    result = labels(CLEAN, split(train=[0, 1], test=[2, 4]), {"kind": "kind"})
    assert (result["state"], result["text"]) == ("found", "kind 'b' is in test and not in train")


def test_what_was_fitted_is_said():
    text = gate.check(CLEAN, split(train=[0, 1, 2], test=[5]), {}, ["Standardize (input)"])["checks"]["fitted"]["text"]
    assert text == "Standardize (input) fitted on the 3 items of train only"
