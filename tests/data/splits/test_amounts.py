import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repro.data.data_error import DataError
from repro.data.frozen_splits import FrozenSplitsError, freeze, from_json, load_frozen, to_json
from repro.data.items import Items
from repro.data.splits import draw
from repro.spec.experiment import Splits
from repro.spec.shape import Shape

CLASSES = np.repeat([0, 1, 2], [600, 300, 100])


def items(official: bool = True, count: int = 1000) -> Items:
    values = np.arange(count, dtype=np.float32)[:, None]
    parts = {"train": np.arange(800), "test": np.arange(800, count)} if official else {}
    classes = np.random.default_rng(0).permutation(CLASSES)[:count]
    return Items("made", values, Shape.of("F", 1), {"kind": classes}, parts)


def parts(splits: Splits, *, seed: int = 0, official: bool = True, stratify: str | None = "kind"):
    return draw(items(official), splits, seed=seed, stratify=stratify).parts


def test_the_official_parts_as_they_are_in_the_order_of_the_data():
    drawn = parts(Splits(source="official", train=800, test=200))
    assert drawn["train"].tolist() == list(range(800))
    assert drawn["test"].tolist() == list(range(800, 1000))
    assert set(drawn) == {"train", "test"}


def test_validation_comes_out_of_the_whole_official_train_part_with_each_class_in_its_share():
    drawn = parts(Splits(source="official", train=800, validation=80, test=200))
    assert {n: len(r) for n, r in drawn.items()} == {"train": 720, "validation": 80, "test": 200}
    assert not set(drawn["validation"].tolist()) & set(drawn["train"].tolist())
    kinds = items().columns["kind"]
    shares = np.bincount(kinds[:800]) / 10
    assert np.abs(np.bincount(kinds[drawn["validation"]]) - shares).max() < 1


def test_less_training_data_leaves_validation_the_same():
    more = parts(Splits(source="official", train=600, validation=100))
    less = parts(Splits(source="official", train=150, validation=100))
    assert more["validation"].tolist() == less["validation"].tolist()
    assert (len(more["train"]), len(less["train"])) == (600, 150)
    assert not set(less["train"].tolist()) & set(less["validation"].tolist())


@pytest.mark.parametrize(
    ("splits", "said"),
    [
        (Splits(source="official", train=801), "splits.train is 801; there are only 800 items"),
        (Splits(source="official", test=201), "splits.test is 201; there are only 200 items"),
        (Splits(source="official", train=750, validation=100), "train 750 and validation 100 are more than"),
        (
            Splits(source="all", train=900, test=200),
            "train 900, test 200 are 1100 items together; the data set has 1000",
        ),
        (Splits(source="all", train="rest", test="rest"), "only one part can be the rest"),
        (Splits(source="all", train=10), "the test part has no items"),
        (Splits(source="official", stratify="colour"), "no column 'colour'; it has kind"),
    ],
)
def test_what_cannot_be_drawn_is_said(splits, said):
    with pytest.raises(DataError, match=said):
        parts(splits)


def test_official_where_there_is_none():
    with pytest.raises(DataError, match="made has no official parts; write from: all"):
        parts(Splits(source="official"), official=False)


def test_shares_that_make_one_leave_no_item_out():
    drawn = draw(items(False, 997), Splits(train=0.7, validation=0.15, test=0.15), seed=0, stratify="kind").parts
    assert sum(map(len, drawn.values())) == 997
    assert {n: len(r) for n, r in drawn.items()} == {"train": 698, "validation": 150, "test": 149}


def test_counts_shares_and_one_rest():
    drawn = parts(Splits(source="all", train="rest", validation=0.1, test=100))
    assert {n: len(r) for n, r in drawn.items()} == {"train": 800, "validation": 100, "test": 100}


def test_the_split_seed_counts_and_the_run_seed_only_where_the_spec_says_run():
    fixed = [parts(Splits(source="all", train=500, test=500, seed=3), seed=s)["test"].tolist() for s in (0, 1)]
    assert fixed[0] == fixed[1]
    assert parts(Splits(source="all", train=500, test=500, seed=4))["test"].tolist() != fixed[0]
    run = [parts(Splits(source="all", train=500, test=500, seed="run"), seed=s)["test"].tolist() for s in (3, 4)]
    assert run[0] == fixed[0]
    assert run[1] != fixed[0]


FROZEN = {
    "validation": (
        Splits(source="official", validation=80),
        "7bdd768f5a973f9e2a7a1dde39ef71a05609c3903d4987ae9361d548f822b768",
    ),
    "subset": (
        Splits(source="official", train=100, seed=7),
        "c5a5075921d23b8dc7a9b0bda22d77d3f210bb706a841cdc158082661f336cf9",
    ),
    "all": (
        Splits(train=0.6, validation=0.2, test=0.2),
        "013d4988d289d4cd929210b3d13711a31775e8639e29923150ef606b011e5da2",
    ),
    "plain": (
        Splits(source="all", train=100, test=30, seed=1),
        "89c00a7f3cda6c67e12c4c895a4209eaab8e37d2236102648f72100e817efaf7",
    ),
}


@pytest.mark.parametrize("name", FROZEN)
def test_a_draw_never_changes(name):
    # under another numpy, or on another machine, the same split must come out
    splits, expected = FROZEN[name]
    values = np.zeros((1000, 1), dtype=np.float32)
    official = {"train": np.arange(800), "test": np.arange(800, 1000)}
    fixed = Items("fixed", values, Shape.of("F", 1), {"kind": np.arange(1000) ** 2 % 7}, official)
    assert draw(fixed, splits, seed=0, stratify=None if name == "plain" else "kind").sha256 == expected


@settings(max_examples=60, deadline=None)
@given(train=st.integers(1, 500), validation=st.integers(1, 200), test=st.integers(1, 300), seed=st.integers(0, 2**62))
def test_parts_have_their_sizes_share_nothing_and_ascend(train, validation, test, seed):
    drawn = parts(Splits(source="all", train=train, validation=validation, test=test, seed=seed))
    assert {n: len(r) for n, r in drawn.items()} == {"train": train, "validation": validation, "test": test}
    assert len(np.unique(np.concatenate(list(drawn.values())))) == train + validation + test
    assert all((np.diff(r) > 0).all() for r in drawn.values())


def test_a_frozen_split_comes_back_and_is_small(tmp_path):
    split = draw(items(), Splits(source="official", validation=80), seed=0, stratify="kind")
    path = tmp_path / "sub" / "splits.json"
    freeze(path, split, data_sha256="d")
    again, data = load_frozen(path)
    assert (again.sha256, data, dict(again.how)) == (split.sha256, "d", dict(split.how))
    assert all(np.array_equal(again.parts[n], split.parts[n]) for n in ("train", "validation", "test"))
    assert path.stat().st_size < 2000
    assert [p.name for p in path.parent.iterdir()] == ["splits.json"]
    freeze(path, split, data_sha256="d")  # equal: nothing to say


@pytest.mark.parametrize(
    ("splits", "data", "said"),
    [
        (
            Splits(source="official", validation=80, seed=1),
            "d",
            r"splits\.json: holds another split .*train, validation differ",
        ),
        (Splits(source="official", validation=80), "e", r"splits\.json: was frozen for other data"),
    ],
)
def test_another_split_than_the_frozen_one_is_an_error_that_names_the_file(tmp_path, splits, data, said):
    path = tmp_path / "splits.json"
    freeze(path, draw(items(), Splits(source="official", validation=80), seed=0, stratify="kind"), data_sha256="d")
    before = path.read_bytes()
    with pytest.raises(FrozenSplitsError, match=said):
        freeze(path, draw(items(), splits, seed=0, stratify="kind"), data_sha256=data)
    assert path.read_bytes() == before


def test_every_damaged_byte_of_the_rows_is_noticed(tmp_path):
    text = to_json(draw(items(), Splits(source="official", validation=80), seed=0), data_sha256="d")
    at = text.index('"rows": "') + 9
    path = tmp_path / "splits.json"
    for place in range(at, at + 60, 7):
        path.write_text(text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :])
        with pytest.raises(FrozenSplitsError, match="not a whole splits file"):
            load_frozen(path)
    path.write_text(text[: len(text) // 2])
    with pytest.raises(FrozenSplitsError, match="not a whole splits file"):
        load_frozen(path)
    assert from_json(text)[1] == "d"
