"""Files that grow: resumed after an interruption, made again where damaged, never taken for whole when they are not."""

import numpy as np
import pytest
import torch

from repro.data import resumable_cache as room
from repro.data.data_error import DataError
from repro.data.features.signals import Signals
from repro.data.resumable_cache import cached_features

CHUNKS = [np.arange(a, a + 3) for a in (0, 3, 6, 9)]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("REPRO_DATA", str(tmp_path))
    return tmp_path / "made"


class Made:
    """Computes chunks: an item i has i % 3 + 1 rows (i, i, ...); fails at the chunk that ``fails`` counts."""

    def __init__(self, fails=99, cut=True):
        self.fails, self.cut, self.computed = fails, cut, []

    def __call__(self, left):
        for chunk in left:
            if len(self.computed) == self.fails:
                raise KeyboardInterrupt
            self.computed.append(chunk.tolist())
            if not self.cut:
                yield Signals(torch.tensor(chunk, dtype=torch.float32).view(-1, 1, 1).expand(-1, 2, 5))
                continue
            counts = torch.tensor(chunk % 3 + 1)
            rows = torch.repeat_interleave(torch.tensor(chunk, dtype=torch.float32), counts)
            owners = torch.repeat_interleave(torch.arange(len(chunk)), counts)
            yield Signals(rows.view(-1, 1, 1).expand(-1, 2, 5), None, owners, owners * 0 + 7)


def get(made, key="a", told=None):
    tell = None if told is None else lambda what, done, of: told.append((done, of))
    return cached_features(key, (2, 5), CHUNKS, made, what="values", on_computed=tell)


def check(grown):
    owners = np.repeat(np.arange(12), np.arange(12) % 3 + 1)
    assert grown.owners.tolist() == owners.tolist()
    assert grown.places.tolist() == [7] * len(owners)
    assert np.array_equal(grown.values, np.broadcast_to(owners[:, None, None], (24, 2, 5)))
    assert not grown.values.flags.writeable


def test_it_is_computed_once_and_then_mapped(folder):
    made, told = Made(), []
    check(get(made, told=told))
    check(get(made))
    assert len(made.computed) == 4
    assert told == [(0, 12), (3, 12), (6, 12), (9, 12), (12, 12)]
    assert [p.name for p in folder.iterdir() if p.suffix != ".lock"] == [next(folder.glob("*.map")).name]
    get(made, key="b")
    assert len(made.computed) == 8


def test_items_that_were_not_cut_have_no_owners():
    grown = get(Made(cut=False))
    assert grown.owners is None
    assert grown.values[:, 0, 0].tolist() == list(range(12))


@pytest.mark.parametrize("at", [0, 1, 3])
def test_an_interrupted_build_goes_on_where_it_stopped(at, folder):
    with pytest.raises(KeyboardInterrupt):
        get(Made(fails=at))
    assert not list(folder.glob("*.map"))
    again, told = Made(), []
    check(get(again, told=told))
    assert [c[0] for c in again.computed] == [0, 3, 6, 9][at:]
    assert told[0] == (3 * at, 12)


def bent(path, offset):
    with path.open("r+b") as file:
        file.seek(offset)
        byte = file.read(1)
        file.seek(offset)
        file.write(bytes([byte[0] ^ 1]))


def test_a_half_file_that_was_damaged_is_good_up_to_there(folder):
    with pytest.raises(KeyboardInterrupt):
        get(Made(fails=3))
    (half,) = folder.glob(".*.growing")
    bent(half, room.HEAD_BYTES + 6 * 40 + 3)  # in the second chunk: a chunk has six rows of 40 bytes
    again = Made()
    check(get(again))
    assert [c[0] for c in again.computed] == [3, 6, 9]


def test_a_journal_that_was_cut_is_good_up_to_there(folder):
    with pytest.raises(KeyboardInterrupt):
        get(Made(fails=3))
    (journal,) = folder.glob(".*.journal")
    journal.write_bytes(journal.read_bytes()[:-9])
    again = Made()
    check(get(again))
    assert [c[0] for c in again.computed] == [6, 9]


@pytest.mark.parametrize("where", ["head", "values", "owners", "end", "cut"])
def test_a_damaged_file_is_made_again(where, folder, caplog):
    check(get(Made()))
    (path,) = folder.glob("*.map")
    size = path.stat().st_size
    if where == "cut":
        path.write_bytes(path.read_bytes()[:-1])
    else:
        bent(
            path,
            {"head": 30, "values": room.HEAD_BYTES + 500, "owners": room.HEAD_BYTES + 24 * 40 + 9, "end": size - 4}[
                where
            ],
        )
    again = Made()
    check(get(again))
    assert len(again.computed) == 4
    assert "is damaged and is made again" in caplog.text


def test_of_a_large_file_some_chunks_are_looked_at(folder, monkeypatch):
    get(Made())
    (path,) = folder.glob("*.map")
    bent(path, room.HEAD_BYTES + 1)
    monkeypatch.setattr(room, "CHECKED_BYTES", 0)
    again = Made()
    get(again)
    assert len(again.computed) == 4


def test_a_chunk_of_another_shape_is_an_error_and_no_file(folder):
    with pytest.raises(DataError, match=r"a chunk gave values of \(2, 5\); expected \(2, 6\)"):
        cached_features("a", (2, 6), CHUNKS, Made(), what="values")
    assert not list(folder.glob("*.map"))


def test_a_folder_that_cannot_be_is_said(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("REPRO_DATA", str(tmp_path / "file"))
    with pytest.raises(DataError, match="Set REPRO_DATA"):
        get(Made())


def test_a_half_file_goes_when_space_is_wanted_unless_somebody_is_at_it(folder, monkeypatch):
    import shutil
    from collections import namedtuple

    from filelock import FileLock

    from repro.data import cache_eviction

    for key in ("a", "b"):
        with pytest.raises(KeyboardInterrupt):
            get(Made(fails=2), key)
    halves = sorted(folder.glob(".*.growing"))
    assert len(halves) == 2
    with FileLock(folder / f"{halves[0].name.removesuffix('.growing')}.lock"):
        free = namedtuple("free", "total used free")(2**40, 2**40, 2**28)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: free)
        with pytest.raises(DataError, match="GB are free"):
            cache_eviction.make_room(folder / "new.map", 2**20, "values")
    assert sorted(folder.glob(".*.growing")) == halves[:1]
    assert len(list(folder.glob(".*.journal"))) == 1
