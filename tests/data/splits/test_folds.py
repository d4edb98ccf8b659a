import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repro.data.data_error import DataError
from repro.data.items import Items
from repro.data.splits import Split, draw
from repro.spec.experiment import Folds, Splits, Values
from repro.spec.shape import Shape


def items(kinds: np.ndarray, **columns: np.ndarray) -> Items:
    values = np.arange(len(kinds), dtype=np.float32)[:, None]
    return Items("made", values, Shape.of("F", 1), {"kind": kinds, **columns})


def study(count: int = 240, groups: int = 12, seed: int = 0) -> Items:
    random = np.random.default_rng(seed)
    speaker = random.integers(0, groups, count)
    return items(random.integers(0, 3, count), speaker=np.array([f"s{n}" for n in speaker]))


def all_of(data: Items, splits: Splits, count: int, **words: object) -> list[Split]:
    return [draw(data, splits, seed=0, stratify="kind", fold=fold, **words) for fold in range(1, count + 1)]


@settings(max_examples=60, deadline=None)
@given(
    count=st.integers(30, 200),
    folds=st.integers(3, 6),
    grouped=st.booleans(),
    validation=st.sampled_from(["next", "previous", 0.2, None]),
    seed=st.integers(0, 5),
)
def test_every_item_is_tested_once_and_no_part_shares_an_item_or_a_group(count, folds, grouped, validation, seed):
    data = study(count, 9, seed)
    splits = Splits(
        folds=Folds(by="count", count=folds), group="speaker" if grouped else None, validation=validation, seed=seed
    )
    if grouped and len(np.unique(data.columns["speaker"])) < folds:
        return
    drawn = all_of(data, splits, folds)
    tested = np.concatenate([split.parts["test"] for split in drawn])
    assert sorted(tested.tolist()) == list(range(count))
    for split in drawn:
        rows = np.concatenate(list(split.parts.values()))
        assert len(rows) == len(np.unique(rows))
        assert ("validation" in split.parts) == (validation is not None)
        if validation in ("next", "previous") or validation is None:
            assert len(rows) == count
        if grouped:
            speakers = [set(data.columns["speaker"][part]) for part in split.parts.values()]
            assert sum(map(len, speakers)) == len(set().union(*speakers))


def test_the_next_fold_validates_and_the_last_goes_round_to_the_first():
    data = study()
    splits = Splits(folds=Folds(by="count", count=5), validation="next")
    drawn = all_of(data, splits, 5)
    for number, split in enumerate(drawn):
        assert split.parts["validation"].tolist() == drawn[(number + 1) % 5].parts["test"].tolist()
    before = all_of(data, splits.model_copy(update={"validation": "previous"}), 5)
    assert before[0].parts["validation"].tolist() == drawn[4].parts["test"].tolist()


def test_folds_keep_the_shares_of_the_classes():
    data = items(np.repeat([0, 1], [200, 50]))
    for split in all_of(data, Splits(folds=Folds(by="count", count=5)), 5):
        assert np.bincount(data.columns["kind"][split.parts["test"]]).tolist() == [40, 10]


def test_groups_of_unlike_sizes_are_dealt_to_folds_of_like_size_and_like_classes():
    random = np.random.default_rng(1)
    speaker = random.choice(30, 600, p=random.dirichlet(np.ones(30)))
    data = items(random.integers(0, 2, 600), speaker=speaker)
    sizes = [
        np.bincount(data.columns["kind"][split.parts["test"]])
        for split in all_of(data, Splits(folds=Folds(by="count", count=4), group="speaker"), 4)
    ]
    assert max(s.sum() for s in sizes) - min(s.sum() for s in sizes) <= 60
    assert max(s[0] for s in sizes) - min(s[0] for s in sizes) <= 60


def test_leave_one_out_takes_the_groups_in_order_numbers_by_size():
    data = items(np.zeros(8, dtype=int), session=np.array([10, 10, 2, 2, 9, 9, 9, 2]))
    splits = Splits(folds=Folds(by="each"), group="session")
    tested = [set(data.columns["session"][split.parts["test"]]) for split in all_of(data, splits, 3)]
    assert tested == [{2}, {9}, {10}]


def test_official_folds_are_those_of_the_column_fold():
    data = items(np.zeros(6, dtype=int), fold=np.array([1, 2, 3, 3, 2, 1]))
    drawn = all_of(data, Splits(folds=Folds(by="official"), validation="next"), 3)
    assert [split.parts["test"].tolist() for split in drawn] == [[0, 5], [1, 4], [2, 3]]


def test_lists_make_folds_of_several_groups():
    data = items(np.zeros(6, dtype=int), speaker=np.array(list("aabbcc")))
    splits = Splits(folds=Folds(by="lists", column="speaker", lists=(("a", "c"), ("b",))))
    assert [split.parts["test"].tolist() for split in all_of(data, splits, 2)] == [[0, 1, 4, 5], [2, 3]]


def test_folds_do_not_depend_on_the_order_of_the_groups_names():
    data = study()
    renamed = items(data.columns["kind"], speaker=np.array([f"{s}-x" for s in data.columns["speaker"]]))
    splits = Splits(folds=Folds(by="count", count=4), group="speaker")
    assert [s.sha256 for s in all_of(data, splits, 4)] == [s.sha256 for s in all_of(renamed, splits, 4)]


@settings(max_examples=60, deadline=None)
@given(share=st.floats(0.1, 0.4), seed=st.integers(0, 50))
def test_shares_by_group_are_met_as_nearly_as_whole_groups_allow(share, seed):
    data = study(400, 20, seed)
    split = draw(
        data,
        Splits(train="rest", validation=share, test=share, group="speaker", seed=seed),
        seed=0,
        stratify="kind",
    )
    largest = max(np.unique(data.columns["speaker"], return_counts=True)[1])
    for part in ("validation", "test"):
        assert abs(len(split.parts[part]) - share * 400) <= largest
    speakers = [set(data.columns["speaker"][rows]) for rows in split.parts.values()]
    assert sum(map(len, speakers)) == len(set().union(*speakers))


def test_parts_by_values_of_a_column_then_a_share_of_the_rest():
    data = items(np.zeros(100, dtype=int), fold=np.repeat(np.arange(1, 11), 10))
    splits = Splits(test=Values(column="fold", values=("10",)), validation=0.1, train="rest")
    drawn = draw(data, splits, seed=0).parts
    assert drawn["test"].tolist() == list(range(90, 100))
    assert (len(drawn["validation"]), len(drawn["train"])) == (9, 81)


def test_a_column_may_name_the_parts():
    data = items(np.zeros(5, dtype=int), split=np.array(["train", "test", "validation", "", "train"]))
    drawn = draw(data, Splits(column="split"), seed=0).parts
    assert {name: rows.tolist() for name, rows in drawn.items()} == {"train": [0, 4], "validation": [2], "test": [1]}


@pytest.mark.parametrize(
    ("splits", "fold", "said"),
    [
        (Splits(folds=Folds(by="official")), 1, "splits.folds: made has no column 'fold'; it has kind, speaker"),
        (Splits(folds=Folds(by="count", count=3)), 4, "there are 3 folds of made, no fold 4"),
        (Splits(folds=Folds(by="count", count=3)), None, "is of one fold"),
        (Splits(train=0.5, test=0.5), 1, "fold 1 of a study without folds"),
        (Splits(folds=Folds(by="lists", column="speaker", lists=(("nobody",),))), 1, "has speaker 'nobody'"),
        (Splits(folds=Folds(by="count", count=3), group="singer"), 1, "splits.group: made has no column 'singer'"),
        (Splits(column="speaker"), None, "a cell is train, validation or test"),
        (Splits(test=Values(column="speaker", values=("s99",)), train="rest"), None, "no item has speaker 's99'"),
        (Splits(folds=Folds(by="count", count=2), validation="next"), 1, "the train part has no items"),
    ],
)
def test_what_cannot_be_drawn_is_said(splits, fold, said):
    with pytest.raises(DataError, match=said.replace("(", r"\(")):
        draw(study(), splits, seed=0, fold=fold)


def test_all_items_of_a_split_that_adds_up_are_in_some_part_though_groups_are_larger_or_smaller_than_asked():
    data = study(400, 20)
    for splits in (
        Splits(train=280, validation=60, test=60, group="speaker"),
        Splits(train=0.7, validation=0.15, test=0.15, group="speaker"),
    ):
        parts = draw(data, splits, seed=0, stratify="kind").parts
        assert sum(map(len, parts.values())) == 400


def test_official_train_and_validation_are_drawn_by_group_and_leave_nothing_out():
    data = study(400, 20)
    test = np.flatnonzero(np.isin(data.columns["speaker"], ["s0", "s1"]))
    data = Items(
        "made", data.values, data.shape, data.columns, {"train": np.setdiff1d(np.arange(400), test), "test": test}
    )
    train = 400 - len(test)
    for asked in (None, train - 50):  # 50 is no sum of groups
        parts = draw(data, Splits(source="official", train=asked, validation=50, group="speaker"), seed=0).parts
        assert sum(map(len, parts.values())) == 400
        speakers = [set(data.columns["speaker"][rows]) for rows in parts.values()]
        assert sum(map(len, speakers)) == len(set().union(*speakers))


def test_shares_beside_values_of_a_column_are_of_all_that_is_left():
    data = items(np.zeros(100, dtype=int), fold=np.repeat(np.arange(1, 11), 10))
    splits = Splits(test=Values(column="fold", values=("10",)), validation=0.5, train=0.5)
    parts = draw(data, splits, seed=0).parts
    assert {name: len(rows) for name, rows in parts.items()} == {"train": 45, "validation": 45, "test": 10}


def test_a_share_of_validation_beside_folds_of_listed_groups_keeps_groups_whole():
    data = study()
    lists = (tuple(f"s{n}" for n in range(4)), tuple(f"s{n}" for n in range(4, 12)))
    for split in all_of(data, Splits(folds=Folds(by="lists", column="speaker", lists=lists), validation=0.25), 2):
        speakers = [set(data.columns["speaker"][rows]) for rows in split.parts.values()]
        assert sum(map(len, speakers)) == len(set().union(*speakers))


@settings(max_examples=40, deadline=None)
@given(sizes=st.lists(st.integers(1, 30), min_size=3, max_size=9), share=st.floats(0.1, 0.6), seed=st.integers(0, 99))
def test_no_group_added_left_or_exchanged_would_come_nearer_to_the_count(sizes, share, seed):
    speaker = np.repeat([f"s{n}" for n in range(len(sizes))], sizes)
    total = sum(sizes)
    count = max(1, min(total - 1, round(share * total)))
    data = items(np.zeros(total, dtype=int), speaker=speaker)
    test = draw(data, Splits(train="rest", test=count, group="speaker", seed=seed), seed=0).parts["test"]
    inside = {name: int((speaker == name).sum()) for name in np.unique(speaker[test])}
    outside = {name: int((speaker == name).sum()) for name in np.unique(speaker) if name not in inside}
    off = abs(len(test) - count)
    added = [abs(len(test) + n - count) for n in outside.values() if len(outside) > 1]
    left = [abs(len(test) - n - count) for n in inside.values() if len(inside) > 1]
    swapped = [abs(len(test) - n + m - count) for n in inside.values() for m in outside.values()]
    assert off <= min([*added, *left, *swapped])


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 20), grouped=st.sampled_from([3, None]))
def test_the_rows_order_moves_no_group(seed, grouped):
    data = study(150, 9, seed)
    order = np.random.default_rng(seed).permutation(150)
    moved = items(data.columns["kind"][order], speaker=data.columns["speaker"][order])
    splits = (
        Splits(train="rest", test=0.3, group="speaker", seed=seed)
        if grouped is None
        else Splits(folds=Folds(by="count", count=grouped), group="speaker", seed=seed)
    )
    fold = None if grouped is None else 1
    one, other = (draw(d, splits, seed=0, stratify="kind", fold=fold) for d in (data, moved))
    for part, rows in one.parts.items():
        assert set(data.columns["speaker"][rows]) == set(moved.columns["speaker"][other.parts[part]])


@pytest.mark.parametrize(
    ("splits", "speakers", "said"),
    [
        (
            Splits(folds=Folds(by="lists", column="speaker", lists=(("a",), ("b",)))),
            "aabbc",
            "1 items of made are in no",
        ),
        (
            Splits(folds=Folds(by="each"), group="speaker"),
            ["a", "b", ""],
            "column 'speaker' of made is empty for 1 items",
        ),
        (
            Splits(folds=Folds(by="each"), group="speaker", own_folds=4),
            "aabbc",
            "says that there are 4, its items have 3",
        ),
    ],
)
def test_nothing_is_left_out_in_silence(splits, speakers, said):
    data = items(np.zeros(len(speakers), dtype=int), speaker=np.array(list(speakers)))
    with pytest.raises(DataError, match=said):
        draw(data, splits, seed=0, fold=1)
