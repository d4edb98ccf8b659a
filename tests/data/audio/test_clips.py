"""Clips, and the scan that finds what files hold."""

import json
import pickle
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from repro.data.audio.clips import Clips
from repro.data.audio.decode import decode, measure
from repro.data.audio.index_clips import content_sha256, index_clips
from repro.data.audio.scan import _version, scan
from repro.data.data_error import DataError
from repro.data.items import Items
from repro.data.randomized import randomize
from repro.data.splits import Split
from repro.data.subsample import subsample
from repro.spec.shape import Shape


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("REPRO_DATA", str(tmp_path / "cache"))
    return tmp_path / "cache"


def write(path: Path, frames: int, *, rate: int = 8000, channels: int = 1, seed: int = 0) -> np.ndarray:
    samples = np.random.default_rng(seed).uniform(-0.9, 0.9, (frames, channels))
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples, rate)
    return soundfile.read(path, dtype="float32", always_2d=True)[0].T


@pytest.fixture
def clips(tmp_path) -> Clips:
    for number, (frames, rate, channels) in enumerate(((800, 8000, 1), (900, 8000, 2), (1600, 16000, 1))):
        write(tmp_path / f"{number}.wav", frames, rate=rate, channels=channels, seed=number)
    return index_clips("x", tmp_path, ["0.wav", "1.wav", "2.wav", "0.wav"])


def items_of(clips: Clips, **words) -> Items:
    return Items("x", clips, clips.shape, {"kind": np.array(list("abba"))[: len(clips)]}, **words)


def test_a_clip_is_what_soundfile_reads_with_its_channels_first(clips, tmp_path):
    for row, name in enumerate(clips.names):
        samples = clips.read(row)
        assert samples.dtype == np.float32
        assert samples.flags.c_contiguous
        np.testing.assert_array_equal(samples, soundfile.read(tmp_path / name, dtype="float32", always_2d=True)[0].T)
    assert [clips.rate(row) for row in range(4)] == [8000, 8000, 16000, 8000]
    assert {kind: rows.tolist() for kind, rows in clips.kinds().items()} == {
        (8000, 1): [0, 3],
        (8000, 2): [1],
        (16000, 1): [2],
    }
    assert (clips.shape, clips.one_rate) == (Shape.of("C T", 0, 0), None)


def test_it_is_small_and_goes_to_another_process(clips):
    sent = pickle.dumps(clips)
    assert len(sent) < 2000
    again = pickle.loads(sent)
    assert again.sha256 == clips.sha256
    np.testing.assert_array_equal(again.read(1), clips.read(1))


def test_the_hash_is_of_contents_rates_and_stretches(clips):
    same = Clips(clips.root, ("a", "b", "c", "d"), clips.rates, clips.channels, clips.frames, files=clips.files)
    assert same.sha256 == clips.sha256
    at = np.array([0, 100, 0, 0])
    stretch = Clips(
        clips.root, clips.names, clips.rates, clips.channels, clips.frames - at, at, clips.frames, files=clips.files
    )
    assert stretch.sha256 != clips.sha256
    assert clips.take(np.array([1, 0, 2, 3])).sha256 != clips.sha256


def test_what_is_equal_has_the_same_content(clips):
    assert clips.content(0) == clips.content(3) != clips.content(1)
    unknown = Clips(clips.root, clips.names, clips.rates, clips.channels, clips.frames, sha256="0" * 64)
    assert unknown.content(0) == unknown.content(3) != unknown.content(1)  # decoded, as no file's sha256 is known


def test_a_file_that_changed_its_length_is_said(clips, tmp_path):
    write(tmp_path / "0.wav", 700)
    with pytest.raises(DataError, match=r"0\.wav: decodes to 700 frames of 1 channels; 800 of 1 were expected"):
        clips.read(0)
    (tmp_path / "0.wav").unlink()
    with pytest.raises(DataError, match=r"0\.wav: there is no such file"):
        clips.read(0)


def test_clips_that_do_not_fit_together_are_refused(clips):
    with pytest.raises(DataError, match="clips: rates has 3 values for 4 names"):
        Clips(clips.root, clips.names, clips.rates[:3], clips.channels, clips.frames, files=clips.files)
    with pytest.raises(DataError, match="starts and ends go together"):
        Clips(clips.root, clips.names, clips.rates, clips.channels, clips.frames, clips.frames, files=clips.files)
    with pytest.raises(DataError, match="frames are not ends - starts"):
        Clips(clips.root, clips.names, clips.rates, clips.channels, clips.frames, clips.frames, clips.frames, "0" * 64)
    with pytest.raises(DataError, match="neither the sha256 of all nor of each file is known"):
        Clips(clips.root, clips.names, clips.rates, clips.channels, clips.frames)
    with pytest.raises(DataError, match=r"clips are C any x T any; expected C 1 x T any"):
        Items("x", clips, Shape.of("C T", 1, 0), {})


def test_items_hash_clips_columns_and_parts(clips):
    one = items_of(clips)
    assert one.sha256 == items_of(clips).sha256
    assert one.sha256 != items_of(clips, parts={"train": np.arange(4)}).sha256
    assert one.sha256 != items_of(clips.take(np.array([1, 0, 2, 3]))).sha256
    assert one.sha256 == items_of(clips, skipped=("gone.wav",)).sha256
    assert len(one) == 4
    assert one.memory_bytes == 0


def test_a_cut_holds_the_clips_of_its_rows(clips):
    split = Split({"train": np.array([0, 2]), "test": np.array([1, 3])}, 4, {})
    small = subsample(items_of(clips), split, {"train": 1, "test": 2})
    assert len(small) == 3
    for row, name in enumerate(small.values.names):
        np.testing.assert_array_equal(small.values.read(row), clips.read(clips.names.index(name)))


def test_noise_takes_the_place_of_some_clips_and_keeps_their_lengths(clips):
    items = items_of(clips)
    made = randomize(items, np.array([1, 2]), np.array([], dtype=np.int64), {}, {})
    assert made.sha256 != items.sha256
    np.testing.assert_array_equal(made.values.read(0), clips.read(0))
    for row in (1, 2):
        noise, before = made.values.read(row), clips.read(row)
        assert noise.shape == before.shape
        assert (noise != before).mean() > 0.99
        assert before.min() <= noise.min() <= noise.max() <= before.max()
    picked = made.values.take(np.array([2, 0]))
    np.testing.assert_array_equal(picked.read(0), made.values.read(2))
    assert pickle.loads(pickle.dumps(made.values)).sha256 == made.values.sha256
    assert randomize(items, np.array([1, 2]), np.array([], dtype=np.int64), {}, {}).sha256 == made.sha256


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 3000), st.integers(1, 3), st.data())
def test_any_stretch_is_that_of_the_whole_file(tmp_path_factory, frames, channels, data):
    path = tmp_path_factory.mktemp("w") / "a.wav"
    whole = write(path, frames, channels=channels, seed=frames)
    start = data.draw(st.integers(0, frames - 1))
    end = data.draw(st.integers(start + 1, frames))
    np.testing.assert_array_equal(decode(path, start=start, frames=end - start), whole[:, start:end])


@pytest.mark.parametrize("suffix", ["wav", "flac", "ogg", "mp3"])
def test_measured_is_what_is_decoded(tmp_path, suffix):
    whole = write(tmp_path / f"a.{suffix}", 30_000, rate=44100, channels=2)
    sound = measure(tmp_path / f"a.{suffix}")
    assert (sound.rate, sound.channels, sound.frames) == (44100, 2, whole.shape[1])
    assert decode(tmp_path / f"a.{suffix}").shape == whole.shape


@pytest.mark.parametrize(
    ("suffix", "damage", "said"),
    [
        ("wav", lambda c: c[: len(c) // 2], "is cut off: its last 30022 bytes are missing"),
        ("flac", lambda c: c[: len(c) // 2], "cannot be decoded: "),
        ("ogg", lambda c: c[: len(c) // 2], "is cut off: the end of the stream is missing"),
        ("ogg", lambda c: c[: len(c) // 2] + bytes(3000) + c[len(c) // 2 + 3000 :], "is damaged: "),
        ("flac", lambda c: c[: len(c) // 2] + bytes(3000) + c[len(c) // 2 + 3000 :], "cannot be decoded: "),
        ("wav", lambda c: b"", "cannot be decoded: the file is empty"),
        ("mp3", lambda c: b"", "cannot be decoded: the file is empty"),
        ("mp3", lambda c: b"no recording " * 100, "cannot be decoded: not what its ending .mp3 says"),
        ("wav", lambda c: b"no recording " * 100, "cannot be decoded: its format is not known"),
        ("wav", lambda c: c[:44], "is cut off: its last 60000 bytes are missing"),
    ],
)
def test_a_damaged_file_is_found_out(tmp_path, suffix, damage, said):
    path = tmp_path / f"a.{suffix}"
    write(path, 30_000)
    path.write_bytes(damage(path.read_bytes()))
    error = scan(tmp_path, [path.name])[0].error
    assert error.startswith(said)


def test_samples_that_are_no_numbers_are_found_out(tmp_path):
    samples = np.zeros(1000, dtype=np.float32)
    samples[500] = np.nan
    soundfile.write(tmp_path / "a.wav", samples, 8000, subtype="FLOAT")
    assert scan(tmp_path, ["a.wav"])[0].error == "holds samples that are no finite numbers"


def test_a_wav_written_to_a_stream_has_no_length_and_is_whole(tmp_path):
    write(tmp_path / "a.wav", 1000)
    content = (tmp_path / "a.wav").read_bytes()
    (tmp_path / "a.wav").write_bytes(content[:4] + struct.pack("<I", 0xFFFFFFFF) + content[8:])
    assert measure(tmp_path / "a.wav").frames == 1000


def test_a_scan_is_remembered_until_a_file_changes(tmp_path, monkeypatch):
    write(tmp_path / "a.wav", 800)
    write(tmp_path / "b.wav", 900, seed=1)
    first = scan(tmp_path, ["a.wav", "gone.wav", "b.wav", "a.wav"])
    assert [one.frames for one in first] == [800, 0, 900, 800]
    assert first[1].error == "there is no such file"
    opened = []
    monkeypatch.setattr("repro.data.audio.scan.measure", lambda path: opened.append(path.name) or measure(path))
    assert scan(tmp_path, ["b.wav", "a.wav"]) == [first[2], first[0]]
    assert opened == []
    write(tmp_path / "b.wav", 950, seed=2)
    assert scan(tmp_path, ["a.wav", "b.wav"])[1].frames == 950
    assert opened == ["b.wav"]


NOT_A_MEMORY = ["", "{", '{"version": "0", "files": {}}', '{"version": VERSION, "files": 3}', "[]", '"x"']


@pytest.mark.parametrize("content", NOT_A_MEMORY)
def test_a_damaged_memory_of_a_scan_is_as_good_as_none(tmp_path, cache, content):
    write(tmp_path / "a.wav", 800)
    first = scan(tmp_path, ["a.wav"])
    for file in (cache / "scanned").iterdir():
        file.write_text(content.replace("VERSION", json.dumps(_version())))
    assert scan(tmp_path, ["a.wav"]) == first


def test_a_cache_that_cannot_be_written_costs_time_and_is_said(tmp_path, monkeypatch, caplog):
    write(tmp_path / "a.wav", 800)
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("REPRO_DATA", str(tmp_path / "a file"))
    assert scan(tmp_path, ["a.wav"])[0].frames == 800
    assert "files are decoded again next time" in caplog.text


def test_the_content_of_an_archive_does_not_depend_on_the_order_of_its_files(clips, tmp_path):
    other = index_clips("x", tmp_path, ["2.wav", "0.wav", "0.wav", "1.wav"])
    assert content_sha256(other) == content_sha256(clips)
    write(tmp_path / "1.wav", 901, channels=2)
    assert content_sha256(index_clips("x", tmp_path, ["0.wav", "1.wav", "2.wav", "0.wav"])) != content_sha256(clips)
