import numpy as np
import pytest

from repro.data.data_error import DataError
from repro.data.divide import other_columns_of, own_groups
from repro.data.gate import check, failures
from repro.data.gate.own_data import own_data_notes
from repro.data.items import Items
from repro.data.prepare import prepare, read
from repro.data.splits import Split
from repro.spec.load import load_spec
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


def test_folds_and_times_are_looked_at_however_they_are_spelt():
    gate = check(made(Fold_Nr=["a", "a", "b", "b", "c", "c"]), split([0, 1, 2], [3, 4, 5]), {})
    assert "fold b in both train and test" in gate["checks"]["fold-reuse"]["text"]
    gate = check(made(Date=["2024-01-01", "2024-06-01", "2024-02-01"] * 2), split([0, 1], [2, 3, 4, 5]), {})
    assert gate["checks"]["time-order"]["state"] == "found"
    assert "time-order" not in check(made(Date=["1 May", "2 May", "3 May"] * 2), split([0], [1]), {})["checks"]


ROOMS = ["hall", "hall", "hall", "cellar", "cellar", "cellar"]


def test_a_column_that_may_tie_items_is_asked_about_by_name():
    found = check(made(room=ROOMS), split([0, 3, 1], [2, 4, 5]), {}, others=["room"])["checks"]["other-columns"]
    assert found["state"] == "found"
    assert found["text"].startswith("values of 'room' (2 different) stand in more than one part: if items of one value")
    assert "write group: room under splits" in found["text"]
    assert found["columns"] == ["room"]
    assert own_data_notes({"checks": {"other-columns": found}}) == (found["text"],)


def test_a_column_whose_values_stay_in_their_parts_is_not_asked_about():
    gate = check(made(room=ROOMS), split([0, 1, 2], [3, 4, 5]), {}, others=["room"])
    assert "other-columns" not in gate["checks"]


def test_who_has_answered_is_not_asked_again():
    gate = check(made(room=ROOMS), split([0, 3], [1, 4]), {}, others=["room"], answered=True)
    found = gate["checks"]["other-columns"]
    assert (found["state"], "'room'" in found["text"]) == ("ok", True)
    assert not own_data_notes(gate)


@pytest.fixture
def study(tmp_path):
    def written(splits: str, **columns: list):
        (tmp_path / "data.py").write_text(
            "import numpy as np\nclass Tones:\n"
            "    values = np.random.default_rng(0).normal(size=(12, 3)).astype(np.float32)\n    axes = 'F'\n"
            f"    columns = {{name: np.array(cells) for name, cells in {columns!r}.items()}}\n"
        )
        (tmp_path / "paper.yaml").write_text(SPEC.replace("SPLITS", splits))
        return load_spec(tmp_path / "paper.yaml").experiments["net"]

    return written


SPEC = """paper: {title: T, authors: [A B], year: 2024}
question: Which tone is it?
dataset: "data.py:Tones"
labels: {label: {kind: class}}
splits: SPLITS
architecture: {net: [Linear: {out_features: classes}]}
model: net
optimizer: {SGD: {lr: 0.1}}
loss: CrossEntropyLoss
metric: Accuracy
training: {batch_size: 2, epochs: 1, order: fixed, select: last}
seeds: [0]
baseline: net
experiments: {net: {}}
"""
LABEL = ["a", "b"] * 6


def test_own_data_whose_column_is_named_after_a_speaker_need_a_word_on_it(study, tmp_path):
    experiment = study("{train: 0.5, test: 0.5}", label=LABEL, SpeakerID=["s", "s", "t", "t", "u", "u"] * 2)
    with pytest.raises(DataError, match=r"tied together by SpeakerID; write group: SpeakerID, or group: none"):
        prepare(experiment, seed=0, folder=tmp_path)
    experiment = study(
        "{train: 0.5, test: 0.5, group: SpeakerID}", label=LABEL, SpeakerID=["s", "s", "t", "t", "u", "u"] * 2
    )
    gate = prepare(experiment, seed=0, folder=tmp_path).gate
    assert gate["checks"]["shared-groups"]["text"] == "no SpeakerID stands in two parts"


def test_the_label_itself_is_no_group_and_neither_is_what_never_repeats(study, tmp_path):
    experiment = study("{train: 0.5, test: 0.5}", label=LABEL, speaker=[f"s{at}" for at in range(12)])
    assert "shared-groups" not in prepare(experiment, seed=0, folder=tmp_path).gate["checks"]
    experiment = study("{train: 0.5, test: 0.5}", label=LABEL)
    named = experiment.model_copy(
        update={"labels": {"speaker": experiment.labels["label"].model_copy(update={"column": "speaker"})}}
    )
    cells = {"speaker": np.array(["a", "a", "b", "b"])}
    items = Items("data.py:T", np.zeros((4, 1), np.float32), Shape.of("F", 1), cells)
    assert own_groups(items, named.labels) == ()


def test_columns_that_are_asked_about(study, tmp_path):
    experiment = study(
        "{train: 0.5, test: 0.5}",
        label=LABEL,
        label_number=[0, 1] * 6,
        room=["hall", "cellar", "hall"] * 4,
        house=[1, 2, 3] * 4,
        loudness=[0.5, 0.25, 0.5] * 4,
        take=list(range(12)),
        kind=["tone"] * 12,
        fold=[1, 2, 3] * 4,
    )
    items = read(experiment.dataset, tmp_path)
    assert other_columns_of(items, experiment, tmp_path) == ("room", "house")
    gate = prepare(experiment, seed=0, folder=tmp_path).gate
    assert "'room' (2 different), 'house' (3 different)" in gate["checks"]["other-columns"]["text"]
