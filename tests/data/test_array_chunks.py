import tracemalloc

import numpy as np
import pytest

from repro.data import array_chunks as room
from repro.data.array_chunks import is_mapped, iter_chunks, memory_bytes
from repro.data.items import Items
from repro.spec.shape import Shape


def items(values) -> Items:
    return Items("made", values, Shape(axes=tuple("CT"), sizes=values.shape[1:]), {})


def test_stretches_hold_everything_once_in_order(monkeypatch):
    monkeypatch.setattr(room, "CHUNK_BYTES", 100)
    array = np.arange(70, dtype=np.float32).reshape(7, 10)
    parts = list(iter_chunks(array))
    assert [len(p) for p in parts] == [2, 2, 2, 1]
    np.testing.assert_array_equal(np.concatenate(parts), array)
    assert all(np.shares_memory(p, array) for p in parts)
    monkeypatch.setattr(room, "CHUNK_BYTES", 1)
    assert [len(p) for p in iter_chunks(array)] == [1] * 7, "an item is never cut"
    assert [p.shape for p in iter_chunks(np.array(3.0))] == [()]
    assert list(iter_chunks(array[:0])) == []


@pytest.mark.parametrize("stretch_bytes", [1, 1000, 2**25])
def test_a_hash_is_the_same_in_whatever_stretches_and_layout(stretch_bytes, monkeypatch):
    plain = np.random.default_rng(0).normal(size=(50, 2, 7)).astype(np.float32)
    known = "ceca9263da72c86794b0943e945b82548a69b76db46261dcd28e030bc2dd15a6"  # as a whole
    monkeypatch.setattr(room, "CHUNK_BYTES", stretch_bytes)
    every_other = np.repeat(plain, 2, axis=0)[::2]
    layouts = [plain, np.asfortranarray(plain), plain.astype(">f4"), every_other]
    assert {items(values).sha256 for values in layouts} == {known}


def test_hashing_copies_no_more_than_a_stretch(monkeypatch):
    monkeypatch.setattr(room, "CHUNK_BYTES", 2**16)
    array = np.zeros((1000, 1, 1024), dtype=">f4")
    tracemalloc.start()
    try:
        items(array)
        assert tracemalloc.get_traced_memory()[1] < 2**19 < array.nbytes / 4
    finally:
        tracemalloc.stop()


def test_a_memory_map_is_known_behind_every_view(tmp_path):
    np.zeros((6, 4), dtype=np.float32).tofile(tmp_path / "x")
    mapped = np.memmap(tmp_path / "x", dtype=np.float32, mode="r").reshape(6, 4)
    for view in (mapped, np.asarray(mapped), np.asarray(mapped)[1:].T):
        assert is_mapped(view)
        assert memory_bytes(view) == 0
    copy = np.array(mapped)
    assert not is_mapped(copy)
    assert memory_bytes(copy) == 96
