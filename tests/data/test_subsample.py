import numpy as np

from repro.data.items import Items
from repro.data.splits import Split
from repro.data.subsample import subsample
from repro.spec.shape import Shape

ITEMS = Items("made", np.arange(100, dtype=np.float32)[:, None], Shape.of("F", 1), {"n": np.arange(100)}, rate=8.0)
SPLIT = Split({"train": np.arange(0, 60), "test": np.arange(70, 100)}, 100, {})


def test_a_cut_holds_so_many_items_of_each_part_and_nothing_else():
    made = subsample(ITEMS, SPLIT, {"train": 20, "validation": 5, "test": 500})
    assert {name: len(rows) for name, rows in made.parts.items()} == {"train": 20, "test": 30}
    for name, rows in made.parts.items():
        assert set(made.columns["n"][rows]) <= set(SPLIT.parts[name].tolist())
        assert (made.values[rows, 0] == made.columns["n"][rows]).all()
    assert len(made) == 50
    assert (np.diff(made.columns["n"]) > 0).all()
    assert made.rate == 8.0


def test_the_same_cut_comes_again_and_is_drawn_from_the_whole_part():
    one, two = (subsample(ITEMS, SPLIT, {"train": 20, "test": 10}) for _ in range(2))
    assert one.sha256 == two.sha256
    assert one.columns["n"][one.parts["train"]].max() > 40


def test_only_the_rows_taken_are_read():
    class Counted(np.ndarray):
        read = 0

        def __getitem__(self, at):
            if isinstance(at, np.ndarray):
                Counted.read += len(at)
            return np.asarray(self)[at]

    values = np.arange(100, dtype=np.float32)[:, None].view(Counted)
    items = Items("made", values, Shape.of("F", 1), {}, sha256="known")
    assert len(subsample(items, SPLIT, {"train": 20, "test": 10})) == 30
    assert Counted.read == 30
