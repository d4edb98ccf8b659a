"""Every built-in data set against the facts that the spec is checked with, on the real data."""

import os
import random
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from repro.data.data_error import DataError
from repro.data.datasets import read_items
from repro.data.datasets.idx import parse_idx
from repro.data.datasets.mnist import INDEX
from repro.data.datasets.read import MODULES
from repro.data.download.cache import cached_path
from repro.spec.experiment import Dataset
from repro.spec.index import index

HERE = Path()
ARRAYS = ("diabetes", "digits", "mnist", "mnist1d")
"""Recordings are tested in ``datasets/``."""


def read(name, **args):
    if (
        name == "mnist"
        and not os.environ.get("REPRO_MIRROR")
        and not all(cached_path(f).is_file() for f in INDEX.values())
    ):
        pytest.skip("MNIST is not in the cache and REPRO_MIRROR is not set")
    return read_items(Dataset(name=name, args=args), HERE)


def test_the_index_and_the_readers_know_the_same_data_sets():
    assert set(MODULES) == set(index().datasets)
    assert len(MODULES) >= 10
    assert all(callable(import_module(module).read) for module in MODULES.values())


@pytest.mark.parametrize("name", ARRAYS)
def test_the_facts_hold_on_the_real_data(name):
    facts, items = index().dataset(name), read(name)
    assert items.name == name
    assert len(items) == facts.items
    assert items.shape == facts.shape
    assert items.rate == facts.rate
    assert {n: len(rows) for n, rows in items.parts.items()} == dict(facts.parts)
    if facts.parts:
        assert sorted(np.concatenate(list(items.parts.values())).tolist()) == list(range(len(items)))
    for label in facts.labels.values():
        cells = items.columns[label.column]
        if label.kind == "class":
            assert sorted(set(cells.astype(str))) == sorted(label.classes)
        else:
            assert np.isfinite(cells.astype(float)).all()
    assert items.values.dtype in (np.uint8, np.float32)
    if items.values.dtype == np.float32:
        assert np.isfinite(items.values).all()


@pytest.mark.parametrize("name", ARRAYS)
def test_reading_twice_gives_the_same_hash(name):
    assert read(name).sha256 == read(name).sha256


@pytest.mark.parametrize("name", sorted(MODULES))
def test_each_module_says_source_licence_citation_and_parts(name):
    text = __import__(MODULES[name], fromlist=["x"]).__doc__
    assert all(f"\n{word} " in text for word in ("Source", "Licence", "Citation", "Parts", "Item", "Label"))


def test_mnist1d_is_the_papers_data():
    # the authors' frozen file has these labels, and these values to nine digits
    items = read("mnist1d")
    assert items.columns["digit"][:12].tolist() == [2, 6, 4, 5, 6, 6, 6, 0, 3, 1, 6, 9]
    assert items.values.mean() == pytest.approx(0, abs=1e-6)
    assert items.values.std() == pytest.approx(1, abs=1e-6)


def test_mnist1d_is_made_once_and_then_read_from_the_cache(tmp_path, monkeypatch):
    import mnist1d.data

    monkeypatch.setenv("REPRO_DATA", str(tmp_path))
    first = read("mnist1d")
    with monkeypatch.context() as patch:
        patch.setattr(mnist1d.data, "make_dataset", None)
        assert read("mnist1d").sha256 == first.sha256
    (kept,) = tmp_path.rglob("*.map")
    kept.write_bytes(kept.read_bytes()[:-1])
    assert read("mnist1d").sha256 == first.sha256  # one that is damaged is made again


def test_mnist1d_leaves_the_global_generators_alone():
    np.random.seed(5)
    random.seed(5)
    expected = np.random.random(3).tolist(), random.random()
    np.random.seed(5)
    random.seed(5)
    read("mnist1d")
    assert (np.random.random(3).tolist(), random.random()) == expected


@pytest.mark.slow
def test_mnist1d_with_another_seed_is_another_data_set():
    assert read("mnist1d", seed=1).sha256 != read("mnist1d").sha256


def test_mnist_is_bit_exact():
    items = read("mnist")
    # the mean of MNIST's training pixels that everyone normalises with
    assert items.values[:60000].mean() / 255 == pytest.approx(0.1307, abs=5e-5)
    assert items.columns["digit"][:5].tolist() == [5, 0, 4, 1, 9]
    assert items.columns["digit"][60000:60005].tolist() == [7, 2, 1, 0, 4]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:lbfgs failed to converge")
def test_mnist_has_its_labels_on_the_right_pictures():
    # measured elsewhere with the same model: 0.918
    from sklearn.linear_model import LogisticRegression

    items = read("mnist")
    x, y = items.values.reshape(len(items), -1) / np.float32(255), items.columns["digit"]
    model = LogisticRegression(max_iter=100).fit(x[:20000], y[:20000])
    assert model.score(x[60000:], y[60000:]) == pytest.approx(0.918, abs=0.005)


def test_digits_and_diabetes_are_in_their_units():
    digits, patients = read("digits"), read("diabetes")
    assert (digits.values.min(), digits.values.max()) == (0, 1)
    assert set(np.unique(patients.values[:, 1])) == {1, 2}
    assert 19 <= patients.values[:, 0].min() < patients.values[:, 0].max() <= 79  # years
    assert (patients.columns["progression"].min(), patients.columns["progression"].max()) == (25, 346)


def test_an_unknown_data_set_or_argument_is_said():
    with pytest.raises(DataError, match="unknown data set 'mnist2d'; did you mean 'mnist1d'"):
        read("mnist2d")
    with pytest.raises(DataError, match=r"dataset mnist1d: .*unexpected keyword argument 'sed'"):
        read("mnist1d", sed=1)


def idx(header: bytes, values: bytes) -> bytes:
    import gzip

    return gzip.compress(header + values, mtime=0)  # the clock in it would make another test of it in each process


def test_idx_is_parsed_row_by_row():
    header = bytes([0, 0, 8, 3]) + b"".join(n.to_bytes(4, "big") for n in (2, 3, 4))
    array = parse_idx(idx(header, bytes(range(24))), name="x")
    assert array.dtype == np.uint8
    assert array[1].tolist() == [[12, 13, 14, 15], [16, 17, 18, 19], [20, 21, 22, 23]]
    array[0, 0, 0] = 9  # the caller owns it


HEADER = bytes([0, 0, 8, 1, 0, 0, 0, 5])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no gzip", "not a whole gzip file"),
        (idx(HEADER, bytes(5))[:-9], "not a whole gzip file"),
        (idx(b"\x00\x00", b""), "ends after 2 of 4 bytes"),
        (idx(bytes([0, 0, 13, 1]), bytes(4)), "starts with 00000d01; expected 000008 and 1 to 4 axes"),
        (idx(bytes([0, 0, 8, 9]), bytes(4)), "starts with 00000809; expected 000008 and 1 to 4 axes"),
        (idx(HEADER, bytes(4)), "ends after 4 of 5 bytes"),
        (idx(HEADER, bytes(6)), "holds more than the 5 values of its header"),
        (idx(bytes([0, 0, 8, 2]) + b"\xff" * 8, b""), "the header asks for 18446744065119617025 bytes"),
    ],
)
def test_a_wrong_idx_file_is_refused(content, said):
    with pytest.raises(DataError, match=f"^x: {said}"):
        parse_idx(content, name="x")


@pytest.mark.slow
def test_the_shuffled_mnist1d_is_the_same_signals_in_one_other_order() -> None:
    from repro.data.datasets import mnist1d

    straight, shuffled = mnist1d.read(), mnist1d.read(shuffle_seq=True)
    first = straight.values[0, 0]
    order = [int(np.flatnonzero(first == value)[0]) for value in shuffled.values[0, 0]]
    assert sorted(order) == list(range(40))
    assert order != list(range(40))
    np.testing.assert_array_equal(shuffled.values, straight.values[:, :, order])
    np.testing.assert_array_equal(shuffled.columns["digit"], straight.columns["digit"])
