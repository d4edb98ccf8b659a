"""Where the cache folder cannot be written the message says where it is and how another is set."""

import errno
import tarfile
from pathlib import Path

import numpy as np
import pytest
import soundfile

from repro.cli.refusal import refusal
from repro.data.audio.scan import scan
from repro.data.data_error import DataError
from repro.data.datasets.own_folder import read_folder
from repro.data.download.cache import not_done
from repro.data.download.download_error import DownloadError
from repro.data.download.extract import extract
from repro.data.memmap_cache import cached_memmap
from repro.data.near_duplicates.cached import cached_near_duplicates
from repro.data.profile.cached_levels import cached_levels
from repro.spec.experiment import Dataset

SET = "[Ss]et REPRO_DATA to a folder"


@pytest.fixture
def closed(tmp_path, monkeypatch) -> Path:
    """A cache folder that nobody, root included, can make: one below a file."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("REPRO_DATA", str(tmp_path / "file" / "cache"))
    return tmp_path / "file" / "cache"


@pytest.fixture
def items(tmp_path, closed):
    for number in range(3):
        path = tmp_path / "recordings" / "ab"[number % 2] / f"{number}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, np.random.default_rng(number).uniform(-0.5, 0.5, 4000), 8000)
    return read_folder(Dataset(name="recordings/"), tmp_path)


def test_the_search_for_duplicates_says_it(items):
    with pytest.raises(DataError, match=f"duplicates cannot be looked for: .*{SET}"):
        cached_near_duplicates(items)


def test_large_inputs_say_it(closed):
    with pytest.raises(DataError, match=f"x take .*{SET}"):
        cached_memmap("0" * 64, (2, 3), lambda: iter(()), what="x")


def test_an_archive_says_it_and_is_not_called_damaged(tmp_path, closed):
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        archive.add(__file__, "a.py")
    with pytest.raises(DownloadError, match=f"cannot be unpacked: .*Not a directory.*{SET}"):
        extract(tmp_path / "a.tar", closed / "x" / "a")


def test_what_is_only_kept_for_the_next_time_says_it_and_goes_on(items, tmp_path, caplog):
    assert scan(tmp_path / "recordings", ["a/0.wav"])[0].frames == 4000
    assert "files are decoded again next time; set REPRO_DATA to a folder" in caplog.text
    cached_levels(items)
    assert "recordings are measured again next time; set REPRO_DATA to a folder" in caplog.text


@pytest.mark.parametrize("inside", ["file/cache/made/x", "file/cache", "file"])
def test_any_refusal_of_the_system_on_the_way_to_the_cache_says_it(tmp_path, closed, inside):
    error = PermissionError(errno.EACCES, "Permission denied", str(tmp_path / inside))
    for text in (not_done(error), refusal(error).text):
        assert text.startswith(f"{tmp_path / inside}: Permission denied. ")
        assert text.endswith("set REPRO_DATA to a folder that can be written")


def test_a_refusal_elsewhere_does_not(tmp_path, closed):
    error = PermissionError(errno.EACCES, "Permission denied", str(tmp_path / "study" / "runs"))
    assert not_done(error) == f"{tmp_path / 'study' / 'runs'}: Permission denied"
    assert not_done(OSError(errno.ENOSPC, "No space left on device"), closed / "x").endswith("that can be written")
