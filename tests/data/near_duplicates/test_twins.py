"""Every way in which one sound becomes two items is found, and honest neighbours are left in peace."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from repro.data.audio.index_clips import index_clips
from repro.data.data_error import DataError
from repro.data.items import Items
from repro.data.near_duplicates import find
from repro.data.near_duplicates.alignment import SAME, SAME_TONE, align
from repro.data.near_duplicates.cached import cached_near_duplicates
from repro.data.near_duplicates.find import NearDuplicates, find_near_duplicates, is_audio
from repro.data.near_duplicates.landmarks import SIZE, find_landmarks
from repro.data.near_duplicates.nearest_neighbours import nearest_neighbours
from repro.data.near_duplicates.preprocess import RATE as COMMON
from repro.data.near_duplicates.preprocess import preprocess, resample
from repro.spec.shape import Shape

HONEST = 12
RATE = 16000


def voice(seed: int, seconds: float = 1.2, *, pitch: float | None = None) -> np.ndarray:
    """Syllables of a voice with its own pitch, breath between them: one channel, float32 ``(T,)``, -1 .. 1."""
    rng = np.random.default_rng(seed)
    count = int(seconds * RATE)
    slow = np.cumsum(rng.normal(0, 1, count // 400 + 2))
    wander = np.interp(np.arange(count) / 400, np.arange(len(slow)), slow) * 2
    phase = 2 * np.pi * np.cumsum((pitch or rng.uniform(90, 250)) + wander) / RATE
    strengths = rng.uniform(0.1, 1, 14) / np.arange(1, 15) ** 0.7
    tone = sum(s * np.sin(k * phase + rng.uniform(0, 6)) for k, s in enumerate(strengths, 1))
    breath = rng.normal(0, 0.6, count)
    corners = np.linspace(0, count, int(seconds * 8) + 2)
    loud = np.interp(np.arange(count), corners, rng.uniform(0.02, 1, len(corners)))
    mixed = np.interp(np.arange(count), corners, rng.uniform(0, 1, len(corners)))
    made = loud * (mixed * tone + (1 - mixed) * breath)
    return (0.7 * made / np.abs(made).max()).astype(np.float32)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("REPRO_DATA", str(tmp_path / "cache"))
    return tmp_path / "cache"


def items_of(folder: Path, names: list[str]) -> Items:
    clips = index_clips("x", folder, names)
    return Items("recordings/", clips, clips.shape, {}, rate=clips.one_rate)


def silence(seconds: float, quiet: float = 0.0) -> np.ndarray:
    return (np.random.default_rng(9).normal(0, 1, int(seconds * RATE)) * quiet).astype(np.float32)


def as_file(name: str, rate: int = RATE, **words) -> Callable[[Path, np.ndarray], str]:
    def write(folder: Path, samples: np.ndarray) -> str:
        soundfile.write(folder / name, samples, rate, **words)
        return name

    return write


COPIES: dict[str, tuple[Callable[[np.ndarray], np.ndarray], Callable[[Path, np.ndarray], str]]] = {
    "another name": (lambda x: x, as_file("b.wav")),
    "flac": (lambda x: x, as_file("b.flac")),
    "ogg": (lambda x: x, as_file("b.ogg")),
    "mp3": (lambda x: x, as_file("b.mp3")),
    "quieter": (lambda x: 0.05 * x, as_file("b.wav")),
    "turned round": (lambda x: -x, as_file("b.wav")),
    "stereo": (lambda x: np.stack([x, 0.5 * x], 1), as_file("b.wav")),
    "an offset": (lambda x: x + 0.2, as_file("b.wav")),
    "silence before": (lambda x: np.concatenate([silence(0.613), x]), as_file("b.wav")),
    "silence after": (lambda x: np.concatenate([x, silence(0.4)]), as_file("b.wav")),
    "hiss at both ends": (lambda x: np.concatenate([silence(0.31, 1e-3), x, silence(0.2, 1e-3)]), as_file("b.wav")),
    "silence, gain and ogg": (lambda x: 0.3 * np.concatenate([silence(0.31), x, silence(0.2)]), as_file("b.ogg")),
    "another rate": (lambda x: resample(torch.from_numpy(x), RATE, 22050).numpy(), as_file("b.wav", 22050)),
    "faded": (lambda x: x * np.minimum(1, np.minimum(t := np.linspace(0, 20, len(x)), t[::-1])), as_file("b.wav")),
    "its beginning": (lambda x: x[: len(x) // 2], as_file("b.wav")),
    "its middle, as ogg": (lambda x: x[len(x) // 4 : 3 * len(x) // 4], as_file("b.ogg")),
}


@pytest.mark.parametrize("kind", COPIES)
def test_a_copy_is_found_among_honest_neighbours(kind, tmp_path):
    change, write = COPIES[kind]
    names = [as_file(f"{n}.wav")(tmp_path, voice(n, pitch=120 + n)) for n in range(HONEST)]
    names.append(write(tmp_path, change(voice(5, pitch=125))))
    found = find_near_duplicates(items_of(tmp_path, names), tmp_path)
    assert [(twin.one, twin.other) for twin in found.pairs] == [(5, HONEST)]
    assert found.pairs[0].alignment.correlation > SAME


def test_two_stretches_of_a_recording_are_found_where_they_overlap_and_not_where_they_do_not(tmp_path):
    long = voice(1, 3.0)
    parts = {"first": long[: 2 * RATE], "second": long[RATE:], "end": long[int(2.05 * RATE) :]}
    names = [as_file(f"{name}.wav")(tmp_path, part) for name, part in parts.items()]
    found = find_near_duplicates(items_of(tmp_path, names), tmp_path)
    assert [(twin.one, twin.other) for twin in found.pairs] == [(0, 1), (1, 2)]
    assert found.pairs[0].alignment.lag == pytest.approx(1.0, abs=0.02)  # ends are trimmed by hundredths of a second
    assert found.pairs[0].alignment.overlap == pytest.approx(1.0, abs=0.05)


def test_every_pair_of_many_copies_is_found(tmp_path):
    names = [as_file(f"{n}.wav")(tmp_path, voice(n)) for n in range(3)]
    names += [as_file(f"again{n}.flac")(tmp_path, 0.1 * n * voice(1)) for n in range(1, 4)]
    pairs = {(twin.one, twin.other) for twin in find_near_duplicates(items_of(tmp_path, names), tmp_path).pairs}
    assert pairs == {(1, 3), (1, 4), (1, 5), (3, 4), (3, 5), (4, 5)}


def test_honest_takes_of_one_voice_are_no_twins(tmp_path):
    names = [as_file(f"{n}.wav")(tmp_path, voice(n, pitch=140)) for n in range(40)]
    assert find_near_duplicates(items_of(tmp_path, names), tmp_path).pairs == ()


def test_two_takes_of_a_steady_tone_need_more_than_speech(tmp_path):
    time = np.arange(RATE) / RATE

    def take(pitch: float, second: float) -> torch.Tensor:
        made = np.sin(2 * np.pi * pitch * time) + second * np.sin(4 * np.pi * pitch * time + 1)
        return preprocess(made[None].astype(np.float32), RATE)

    honest = align(take(440, 0.0), take(440.05, 0.28))
    assert SAME < honest.correlation < honest.need == SAME_TONE
    assert not honest.same
    assert align(take(440, 0.2), take(440, 0.2)).same


def test_silent_short_and_long_ones_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr(find, "LONGEST_SECONDS", 2.0)
    sounds = [silence(0.5), voice(1, 0.05), voice(2), voice(3, 2.5), silence(0.5)]
    names = [as_file(f"{n}.wav")(tmp_path, sound) for n, sound in enumerate(sounds)]
    found = find_near_duplicates(items_of(tmp_path, names), tmp_path)
    assert (found.silent, found.short, found.long, found.pairs) == ((0, 4), (1,), (3,), ())
    only = find_near_duplicates(items_of(tmp_path, names[:1] * 2), tmp_path)
    assert (only.silent, only.pairs, only.compared) == ((0, 1), (), 0)


def test_an_array_with_a_rate_is_heard_and_pictures_and_slow_signals_are_not(tmp_path):
    values = np.stack([voice(n, 0.6)[None] for n in (1, 2, 1)])
    shape = Shape.of("C T", 1, values.shape[2])
    items = Items("made", values, shape, {}, rate=float(RATE))
    assert is_audio(items)
    assert [(t.one, t.other) for t in find_near_duplicates(items, tmp_path).pairs] == [(0, 2)]
    assert not is_audio(Items("pulse", values, shape, {}, rate=100.0))
    assert not is_audio(Items("unknown", values, shape, {}))
    assert not is_audio(Items("pictures", values[:, :, None], Shape.of("C H W", 1, 1, values.shape[2]), {}))


def test_twins_are_kept_for_the_sounds_whatever_else_is_known_of_the_items(tmp_path, monkeypatch, cache):
    names = [as_file(f"{n}.wav")(tmp_path, voice(n % 2)) for n in range(3)]
    first = cached_near_duplicates(items_of(tmp_path, names))
    assert [(t.one, t.other) for t in first.pairs] == [(0, 2)]
    monkeypatch.setattr(
        "repro.data.near_duplicates.cached.find_near_duplicates", lambda *_: pytest.fail("looked for again")
    )
    items = items_of(tmp_path, names)
    again = Items("other", items.values, items.shape, {"kind": np.array(list("aba"))}, rate=items.rate)
    assert cached_near_duplicates(again) == first


@pytest.mark.parametrize("damage", [b"", b"{", b'{"key": "other"}', b'{"key": 1, "items": 3}'])
def test_a_damaged_file_of_twins_is_made_again(damage, tmp_path, cache):
    names = [as_file(f"{n}.wav")(tmp_path, voice(n % 2)) for n in range(3)]
    first = cached_near_duplicates(items_of(tmp_path, names))
    (path,) = (cache / "twins").glob("*.json")
    path.write_bytes(damage)
    assert cached_near_duplicates(items_of(tmp_path, names)) == first
    assert b'"pairs": [[0, 2, ' in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(b"[[0, 2,", b"[[0, 7,"))
    assert cached_near_duplicates(items_of(tmp_path, names)) == first


def test_a_folder_that_cannot_be_written_to_hides_no_twins(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr("repro.data.near_duplicates.cached.write_atomically", _full)
    names = [as_file(f"{n}.wav")(tmp_path, voice(n % 2)) for n in range(3)]
    assert len(cached_near_duplicates(items_of(tmp_path, names)).pairs) == 1
    assert "cannot be written" in caplog.text


def _full(path, data):
    raise OSError(28, "No space left on device", str(path))


def test_a_file_that_cannot_be_decoded_is_named(tmp_path):
    items = items_of(tmp_path, [as_file(f"{n}.wav")(tmp_path, voice(n)) for n in range(2)])
    (tmp_path / "1.wav").write_bytes(b"RIFF")
    with pytest.raises(DataError, match=r"1\.wav"):
        find_near_duplicates(items, tmp_path)
    assert not list(tmp_path.glob("sounds-*"))


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    rate=st.sampled_from([8000, 11025, 16000, 22050, 44100, 48000]),
    gain=st.floats(1e-3, 10),
    before=st.integers(0, 4000),
    seed=st.integers(0, 50),
)
def test_what_is_heard_does_not_depend_on_gain_silence_or_place(rate, gain, before, seed):
    sound = voice(seed, 0.5 * max(1, rate / RATE))[None]  # half a second, whatever the rate
    moved = np.pad(sound * np.float32(gain), ((0, 0), (before, 2000)))
    one, other = preprocess(sound, rate), preprocess(moved, rate)
    assert float(one.square().mean()) == pytest.approx(1, rel=1e-4)
    found = align(one, other)
    assert found.same
    assert found.correlation == pytest.approx(align(other, one).correlation, abs=0.01)


def test_aligned_finds_the_place_and_the_sign_to_part_of_a_sample():
    sound = preprocess(voice(3)[None], RATE)
    turned = align(sound[400:], -sound[:-1000])
    assert (round(turned.lag * COMMON), turned.same) == (-400, True)
    assert turned.overlap == pytest.approx((len(sound) - 1400) / COMMON)
    fast = torch.from_numpy(voice(3)[None])
    half = align(
        preprocess(fast[:, 1:].numpy(), RATE), preprocess(fast.numpy(), RATE)
    )  # half a sample of the common rate
    assert half.correlation > 0.98


def pairs_of(pictures: torch.Tensor, owners: torch.Tensor) -> set[tuple[int, int]]:
    one, other = nearest_neighbours(pictures, owners)
    found = list(zip(one.tolist(), other.tolist(), strict=True))
    assert len(found) == len(set(found))
    return set(found)


def test_neighbours_of_blocks_are_those_of_one_product(monkeypatch):
    torch.manual_seed(0)
    pictures = torch.nn.functional.normalize(torch.randn(150, SIZE).abs(), dim=1)
    owners = torch.arange(150) // 3
    found = pairs_of(pictures, owners)
    monkeypatch.setattr("repro.data.near_duplicates.nearest_neighbours.BLOCK", 7)
    monkeypatch.setattr("repro.data.near_duplicates.nearest_neighbours.BESIDE", 11)
    assert pairs_of(pictures, owners) == found
    assert all(owners[i] != owners[j] and i < j for i, j in found)
    cosines = (pictures @ pictures.T).masked_fill(owners[:, None] == owners[None], -1)
    nearest = int(cosines[0].argmax())
    assert (min(0, nearest), max(0, nearest)) in found


def test_marks_stay_where_they_are_when_a_sound_is_cut():
    sound = preprocess(voice(8, 3.0)[None], RATE)
    whole, _ = find_landmarks(sound)
    start = 80 * 64
    cut, _ = find_landmarks(sound[start:])
    far = [m for m in (cut + start).tolist() if m > start + 2000]
    assert set(far) <= set(whole.tolist())
    assert len(far) > 10


def test_a_steady_tone_and_silence_have_few_marks():
    time = torch.arange(8000) / 8000
    assert len(find_landmarks((2 * torch.pi * 440 * time).sin())[0]) < 60
    assert len(find_landmarks(torch.ones(8000))[0]) < 10
    assert len(find_landmarks(torch.zeros(0))[0]) == 0


@pytest.mark.slow
@pytest.mark.parametrize(("name", "args", "twins"), [("fsdd", {}, 0), ("esc50", {"subset": "esc10"}, 1)])
def test_real_recordings_have_the_twins_that_were_looked_at(name, args, twins):
    """ESC-10: 2-28314-A and 2-30322-A, one fire twice in fold 2 (its two sources share it). FSDD: none."""
    if not os.environ.get("REPRO_MIRROR"):
        pytest.skip("REPRO_MIRROR is not set")
    from repro.data.datasets.read import read_items
    from repro.spec.experiment import Dataset

    items = read_items(Dataset(name=name, args=args), Path())
    found: NearDuplicates = cached_near_duplicates(items)
    assert len(found.pairs) == twins
    assert all(items.columns["fold"][t.one] == items.columns["fold"][t.other] for t in found.pairs)
