import numpy as np

from repro.data.gate import check, failures
from repro.data.items import Items
from repro.data.splits import Split
from repro.spec.shape import Shape


def made(**columns: list) -> Items:
    count = len(next(iter(columns.values())))
    values = np.random.default_rng(0).normal(size=(count, 3)).astype(np.float32)
    return Items("made", values, Shape.of("F", 3), {name: np.array(cells) for name, cells in columns.items()})


def split(train: list[int], test: list[int], validation: list[int] | None = None, items: int = 6) -> Split:
    parts = {"train": np.array(train), "test": np.array(test)}
    if validation is not None:
        parts["validation"] = np.array(validation)
    return Split(parts, items, {})


SPEAKERS = ["ann", "ann", "bob", "bob", "cat", "cat"]


def test_a_speaker_on_both_sides_fails_by_name():
    gate = check(made(speaker=SPEAKERS), split([0, 1, 2], [3, 4, 5]), {}, groups={"speaker": True})
    assert failures(gate) == ["1 speaker in both train and test: bob"]


def test_with_a_reason_for_no_group_the_shared_speakers_are_named_and_stop_nothing():
    gate = check(made(speaker=SPEAKERS), split([0, 2, 4], [1, 3, 5]), {}, groups={"speaker": False})
    assert failures(gate) == []
    found = gate["checks"]["shared-groups"]
    assert (found["state"], found["text"]) == ("found", "3 speakers in both train and test: ann, bob, cat")
    assert found["shared"] == {"speaker": {"train, test": ["ann", "bob", "cat"]}}


def test_groups_apart_are_silent_and_empty_cells_tie_nothing():
    data = made(speaker=["ann", "", "bob", "", "cat", "cat"])
    gate = check(data, split([0, 1], [2, 3], [4, 5]), {}, groups={"speaker": True})
    assert gate["checks"]["shared-groups"]["state"] == "ok"


def test_a_fold_that_both_chooses_and_judges_fails():
    gate = check(made(fold=[1, 1, 2, 2, 3, 3]), split([0, 1, 2, 3], [4, 5], [4, 5]), {})
    assert "validation and test are the same 2 items" in failures(gate)


def test_train_items_from_the_future_are_found():
    data = made(time=["2024-01-01", "2024-06-01", "2024-02-01", "2024-03-01", "2024-03-02", "2024-03-03"])
    gate = check(data, split([0, 1], [2, 3, 4, 5]), {})
    assert gate["checks"]["time-order"]["text"] == "1 of 2 train items are from after the first test item"
    assert check(data, split([0, 2], [1, 3, 4, 5]), {})["checks"]["time-order"]["state"] == "ok"


def test_published_folds_that_are_parted_are_found_and_stop_nothing():
    gate = check(made(fold=[1, 1, 2, 2, 3, 3]), split([0, 1, 2], [3, 4, 5]), {})
    assert gate["checks"]["fold-reuse"]["state"] == "found"
    assert "fold 2 in both train and test" in gate["checks"]["fold-reuse"]["text"]
    assert not failures(gate)
    kept = check(made(fold=[1, 1, 2, 2, 3, 3]), split([0, 1], [4, 5], [2, 3]), {})
    assert kept["checks"]["fold-reuse"]["state"] == "ok"
