"""Inputs above the memory limit: the same values, out of a file, and nothing of them in memory."""

from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest
import torch

from repro.data import prepare as room
from repro.data.array_chunks import memory_bytes
from repro.data.data_error import DataError
from repro.data.lazy_rows import LazyRows, materialize
from repro.data.memmap_cache import memmap_folder
from repro.data.own_code import OwnCodeError
from repro.data.prepare import prepare
from repro.spec.experiment import Dataset, Input, Label, Splits, View
from repro.spec.part import Entry

DATA = """\
from pathlib import Path
import numpy as np

class Signals:
    def __init__(self, kind="float32"):
        self.values = np.memmap(Path(__file__).with_name(kind), dtype=kind, mode="r").reshape(1500, 1, 12)
        self.axes = "C T"
        self.columns = {"digit": np.arange(1500) % 3}
"""
DEFAULTS = {"splits": Splits(source="all", train=1000, validation=200, test=250)}
NOISE = Entry(name="Noise", args={"snr_db": 3.0, "seed": 5})
STANDARDIZE = Entry(name="Standardize")
AUGMENTED = {
    "input": Input(
        name="input",
        cached=(STANDARDIZE,),
        augment=(Entry(name="Noise", args={"snr_db": 5.0}),),
        live=(Entry(name="Rescale", args={"low": 0, "high": 2}),),
    )
}
CLEAN = {"clean": Label(name="clean", column="", kind="input")}
CASES = {  # fields of the experiment, and how many map files it makes
    "as it lies": ({}, 0),
    "bytes as they lie": ({"dataset": Dataset(name="data.py:Signals", args={"kind": "uint8"})}, 0),
    "other numbers": ({"dataset": Dataset(name="data.py:Signals", args={"kind": "float64"})}, 1),
    "features": ({"features": (Entry(name="ShufflePositions", args={"seed": 1}),)}, 1),
    "bytes with features": (
        {
            "dataset": Dataset(name="data.py:Signals", args={"kind": "uint8"}),
            "features": (Entry(name="Rescale", args={"low": -1.0, "high": 1.0}),),
        },
        1,
    ),
    "drawn": ({"features": (NOISE,)}, 1),
    "learnt": ({"features": (STANDARDIZE,)}, 1),
    "its own clean target": ({"inputs": AUGMENTED, "labels": CLEAN}, 2),
    "a view's own data": (
        {
            "features": (STANDARDIZE,),
            "views": {
                "bytes": View(name="bytes", of="test", dataset=Dataset(name="data.py:Signals", args={"kind": "uint8"}))
            },
        },
        2,
    ),
    "built in": ({"dataset": Dataset(name="digits")}, 0),
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    noise = np.random.default_rng(0)
    values = noise.normal(size=(1500, 1, 12))
    for kind in ("float32", "float64"):
        values.astype(kind).tofile(tmp_path / kind)
    noise.integers(0, 256, size=values.shape, dtype=np.uint8).tofile(tmp_path / "uint8")
    (tmp_path / "data.py").write_text(DATA)
    monkeypatch.setenv("REPRO_DATA", str(tmp_path / "cache"))
    room.forget()
    yield tmp_path
    room.forget()


@pytest.fixture
def made(make_experiment, folder, monkeypatch):
    """Prepare an experiment with so many GB of memory."""

    def make(gigabytes, **fields):
        room.forget()
        monkeypatch.setenv("REPRO_MEMORY_GB", str(gigabytes))
        words = {"dataset": Dataset(name="data.py:Signals")} | DEFAULTS | fields
        return prepare(make_experiment(**words), seed=0, folder=folder)

    return make


@pytest.mark.parametrize("name", CASES)
def test_a_file_gives_the_values_that_memory_gives(name, made):
    fields, files = CASES[name]
    ram = made(1, **fields)
    assert not memmap_folder().exists()
    mapped = made(0, **fields)
    again = made(0, **fields)
    assert len(list(memmap_folder().glob("*.map"))) == files
    assert set(ram.parts) == set(mapped.parts) >= {"train", "validation", "test"}
    for part, small in ram.parts.items():
        for large in (mapped.parts[part], again.parts[part]):
            assert torch.equal(small.items, large.items)
            for key in ("inputs", "targets"):
                ones, others = getattr(small, key), getattr(large, key)
                assert all(torch.equal(ones[n], materialize(others[n])) for n in ones)
            assert all(isinstance(values, LazyRows) for values in large.inputs.values())
    for data in (mapped, again):
        assert (data.data_sha256, data.splits_sha256, data.gate, data.labels, data.shapes) == (
            ram.data_sha256,
            ram.splits_sha256,
            ram.gate,
            ram.labels,
            ram.shapes,
        )


def file_at(address: int) -> str:
    """The file that is mapped at this address of the process, empty where there is none."""
    for line in Path("/proc/self/maps").read_text().splitlines():
        stretch, _, _, _, _, *name = line.split(maxsplit=5)
        start, end = (int(word, 16) for word in stretch.split("-"))
        if start <= address < end:
            return "".join(name)
    return ""


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="reads Linux's list of mapped files")
@pytest.mark.parametrize("kind", ["float32", "uint8", "float64"])
@pytest.mark.parametrize("features", [(), (STANDARDIZE,)], ids=["plain", "features"])
def test_nothing_of_a_large_input_is_in_memory(kind, features, made, folder):
    data = made(0, dataset=Dataset(name="data.py:Signals", args={"kind": kind}), features=features)
    for part in data.parts.values():
        assert str(folder) in file_at(part.inputs["input"]._array.data_ptr())
    assert all(memory_bytes(items.values) == 0 for items in room._ITEMS._kept.values())
    assert all(made.made.memory_bytes == 0 for made in room._INPUTS._kept.values())


def test_an_array_in_memory_is_used_as_it_is(made, folder):
    (folder / "data.py").write_text(DATA.replace("np.memmap(", "np.fromfile(").replace(', mode="r"', ""))
    data = made(0)
    assert not memmap_folder().exists()
    arrays = {part.inputs["input"]._array.data_ptr() for part in data.parts.values()}
    assert len(arrays) == 1


def test_a_reversed_array_cannot_be_shared_and_is_written(made, folder):
    (folder / "data.py").write_text(DATA.replace("reshape(1500, 1, 12)", "reshape(1500, 1, 12)[::-1]"))
    ram, mapped = made(1), made(0)
    assert torch.equal(ram.parts["test"].inputs["input"], materialize(mapped.parts["test"].inputs["input"]))
    assert len(list(memmap_folder().glob("*.map"))) == 1


def test_parts_that_lie_side_by_side_are_large_too(made, folder):
    more = '        self.parts = {"train": list(range(1000)), "test": list(range(1000, 1500))}\n'
    (folder / "data.py").write_text(DATA + more)
    ram, mapped = (made(gb, splits=Splits(source="official")) for gb in (1, 0))
    for part in ("train", "test"):
        assert mapped.parts[part].inputs["input"]._at is None
        assert torch.equal(ram.parts[part].inputs["input"], materialize(mapped.parts[part].inputs["input"]))


def test_few_items_of_a_large_array_are_taken_into_memory(made):
    gigabytes = 2 * 4 * 12 * 30 / 2**30
    few = made(gigabytes, splits=Splits(source="all", train=20, test=10))
    more = made(gigabytes, splits=Splits(source="all", train=20, test=11))
    assert isinstance(few.parts["train"].inputs["input"], torch.Tensor)
    assert isinstance(more.parts["train"].inputs["input"], LazyRows)


def test_numbers_that_are_not_finite_are_found_in_a_large_array(made, folder):
    for kind, options in (
        ("float32", {}),
        ("float64", {"dataset": Dataset(name="data.py:Signals", args={"kind": "float64"})}),
    ):
        values = np.fromfile(folder / kind, dtype=kind)
        values[-1] = np.nan
        values.tofile(folder / kind)
        with pytest.raises(OwnCodeError, match="values hold what is not a finite number"):
            made(0, **options)
    assert list(memmap_folder().glob("*.map")) == []


def test_a_full_disk_names_the_folder_and_the_size(made, monkeypatch):
    usage = namedtuple("Usage", "total used free")(0, 0, 10)
    monkeypatch.setattr("repro.data.cache_eviction.shutil.disk_usage", lambda _: usage)
    with pytest.raises(DataError, match=r"the features of 1450 items of data\.py:Signals take 0\.00 GB.*cache/made"):
        made(0, features=(STANDARDIZE,))
