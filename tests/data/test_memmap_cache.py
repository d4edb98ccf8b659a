import os
import shutil
import subprocess
import sys
import threading
import time
from collections import namedtuple

import pytest
import torch

from repro.data import cache_eviction
from repro.data import memmap_cache as room
from repro.data.cache_eviction import lock_of
from repro.data.data_error import DataError
from repro.data.memmap_cache import HEAD_BYTES, as_tensor, cached_memmap, memmap_folder

VALUES = torch.arange(24, dtype=torch.float32).reshape(6, 4)
FILE_BYTES = HEAD_BYTES + VALUES.nbytes
Usage = namedtuple("Usage", "total used free")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("REPRO_DATA", str(tmp_path))
    return tmp_path / "made"


class Made:
    """Gives the values in three chunks, plus a number, and counts how often it was asked to."""

    def __init__(self, plus=0.0, stop=False):
        self.times, self.plus, self.stop = 0, plus, stop

    def __call__(self):
        self.times += 1
        for start in (0, 2, 4):
            if self.stop and start == 4:
                raise KeyboardInterrupt
            yield VALUES[start : start + 2] + self.plus


def get(made, key="a"):
    return as_tensor(cached_memmap(key, tuple(VALUES.shape), made, what="six items"))


def maps(folder):
    return sorted(folder.glob("*.map"))


def test_it_is_computed_once_and_then_mapped(folder):
    made = Made()
    once, again = get(made), get(made)
    assert made.times == 1
    assert torch.equal(once, VALUES)
    assert torch.equal(again, VALUES)
    assert [f.stat().st_size for f in maps(folder)] == [FILE_BYTES]
    assert folder == memmap_folder()


def test_another_key_or_shape_is_another_file(folder):
    get(Made())
    other = get(Made(plus=1), key="b")
    flat = cached_memmap("a", (24,), lambda: [VALUES.flatten()], what="flat")
    assert torch.equal(other, VALUES + 1)
    assert flat.shape == (24,)
    assert len(maps(folder)) == 3


def test_an_interrupted_build_leaves_nothing_that_could_be_taken_for_a_file(folder):
    with pytest.raises(KeyboardInterrupt):
        get(Made(stop=True))
    assert [f.name for f in folder.iterdir() if not f.name.endswith(".lock")] == []
    assert torch.equal(get(Made()), VALUES)


def cut(path):
    os.truncate(path, FILE_BYTES - 1)


def scratch_head(path):
    with path.open("r+b") as file:
        file.seek(10)
        file.write(b"?")


@pytest.mark.parametrize("damage", [cut, scratch_head])
def test_a_damaged_file_is_made_again(damage, folder, caplog):
    get(Made())
    damage(maps(folder)[0])
    made = Made()
    assert torch.equal(get(made), VALUES)
    assert made.times == 1
    assert "is damaged and is made again" in caplog.text


def test_a_chain_that_gives_too_little_is_an_error_and_no_file(folder):
    with pytest.raises(DataError, match=rf"{FILE_BYTES - 16} bytes were computed; expected {FILE_BYTES}"):
        cached_memmap("a", (6, 4), lambda: [VALUES[:5]], what="six items")
    assert maps(folder) == []


def test_what_a_killed_build_left_is_removed(folder):
    get(Made())
    name = maps(folder)[0].name
    maps(folder)[0].unlink()
    mine, others, in_work = (folder / f".{n}.abc.tmp" for n in (name, "b" * 40 + ".map", "c" * 40 + ".map"))
    for half in (mine, others, in_work):
        half.write_bytes(b"half")
    with lock_of(folder / ("c" * 40 + ".map")):
        get(Made())
    assert [half.exists() for half in (mine, others, in_work)] == [False, False, True], "a living build is left alone"


def test_the_files_used_longest_ago_make_room(folder, monkeypatch):
    for age, key in enumerate("abc"):
        get(Made(), key)
        newest = max(maps(folder), key=lambda f: f.stat().st_mtime)
        os.utime(newest, (1000 + age, 1000 + age))
    get(Made(), "a")  # now b was used longest ago
    before = set(maps(folder))

    def usage(_):
        taken = sum(f.stat().st_size for f in maps(folder))
        return Usage(0, 0, 7 * FILE_BYTES - taken)

    monkeypatch.setattr(cache_eviction.shutil, "disk_usage", usage)
    monkeypatch.setattr(cache_eviction, "SPARE_BYTES", 0)
    get(Made(), "d")  # four would be more than half of seven
    gone = before - set(maps(folder))
    assert len(gone) == 1
    made = {key: Made() for key in "acd"}
    for key, again in made.items():
        get(again, key)
    assert [again.times for again in made.values()] == [0, 0, 0]


def test_a_file_that_was_deleted_stays_readable_for_who_has_it(folder):
    have = get(Made())
    shutil.rmtree(folder)
    assert torch.equal(have, VALUES)
    assert torch.equal(get(Made()), VALUES)


def test_a_full_disk_is_said_before_anything_is_computed(folder, monkeypatch):
    monkeypatch.setattr(cache_eviction.shutil, "disk_usage", lambda _: Usage(0, 0, 2**28 + 100))
    made = Made()
    with pytest.raises(
        DataError, match=r"six items take 0\.00 GB.*file in .*made; there 0\.25 GB are free.*REPRO_DATA"
    ):
        get(made)
    assert made.times == 0


def test_a_disk_that_fills_up_is_said(monkeypatch):
    def full():
        yield VALUES[:2]
        raise OSError(28, "No space left on device")

    with pytest.raises(DataError, match=r"cannot be written: No space left on device\. Set REPRO_DATA"):
        cached_memmap("a", (6, 4), full, what="six items")


def test_a_folder_that_cannot_be_is_said(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("REPRO_DATA", str(tmp_path / "file"))
    with pytest.raises(DataError, match=r"six items take .* cannot be written: Not a directory"):
        get(Made())


BUILD = """
import sys, time
import torch
from repro.data.memmap_cache import cached_memmap

def chunks():
    print("computed", flush=True)
    for start in range(4):
        time.sleep(0.3)
        yield torch.full((1000, 4), float(start))

print(cached_memmap("a", (4000, 4), chunks, what="items").sum().item())
"""


@pytest.mark.slow
def test_of_two_processes_at_once_one_computes():
    both = [subprocess.Popen([sys.executable, "-c", BUILD], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=300)[0].split() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sorted(map(len, said)) == [1, 2]
    assert {words[-1] for words in said} == {"24000.0"}


def test_waiting_for_another_process_is_said(folder, caplog, monkeypatch):
    real = room.FileLock.acquire
    monkeypatch.setattr(
        room.FileLock, "acquire", lambda self, timeout=None, **w: real(self, 0.05 if timeout == 2 else timeout, **w)
    )
    get(Made())
    path = maps(folder)[0]
    path.unlink()
    held = threading.Event()

    def hold():
        with lock_of(path):
            held.set()
            time.sleep(0.3)

    other = threading.Thread(target=hold)
    other.start()
    assert held.wait(120)
    assert torch.equal(get(Made()), VALUES)
    other.join()
    assert "are being computed by another process; waiting for it" in caplog.text
