"""From recordings to inputs and parts: real files, decoded, transformed, cut, kept and found again."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from repro.data import feature_pipeline
from repro.data.audio import clip_chunks
from repro.data.audio.clips import Clips
from repro.data.data_error import DataError
from repro.data.items import Items
from repro.data.prepare import forget, prepare
from repro.spec.experiment import Dataset, Input, Splits
from repro.spec.part import Entry
from repro.spec.place import Place
from repro.spec.problem import SpecError

pytest.importorskip("torchaudio")
RATE, COUNT = 8000, 40


def entry(name, **args):
    return Entry(name=name, args=args, place=Place("paper.yaml", 7, 5))


LOGMEL = (
    entry("PadOrCrop", seconds=0.2),
    entry("MelSpectrogram", n_fft=128, hop_length=64, n_mels=9),
    entry("AmplitudeToDB"),
)
CUT = (entry("Windows", seconds=0.05, hop_seconds=0.025),)
BAND = entry("Standardize", per="band")


def write(folder: Path, kinds=((RATE, 1),), count=COUNT) -> Items:
    """Clips of 10 to 240 ms, of these kinds in turn."""
    generator = np.random.default_rng(0)
    names, rates, channels, frames = [], [], [], []
    for n in range(count):
        rate, of = kinds[n % len(kinds)]
        length = int(generator.integers(rate // 100, rate // 4))
        samples = (generator.normal(size=(length, of)) * 0.1 * (n + 1) / count).astype(np.float32)
        soundfile.write(folder / f"{n}.wav", samples, rate, subtype="FLOAT")
        names.append(f"{n}.wav")
        rates.append(rate)
        channels.append(of)
        frames.append(length)
    clips = Clips(
        folder,
        tuple(names),
        np.array(rates),
        np.array(channels),
        np.array(frames),
        files=tuple(f"{n:064x}" for n in range(count)),
    )
    columns = {"digit": np.array([str(n % 10) for n in range(count)])}
    parts = {"train": np.arange(0, count, 2), "test": np.arange(1, count, 2)}
    return Items("clips", clips, clips.shape, columns, parts, clips.one_rate)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("REPRO_DATA", str(tmp_path / "cache"))
    monkeypatch.setattr(clip_chunks, "CHUNK_CLIPS", 7)
    monkeypatch.setattr(clip_chunks, "BATCH_SAMPLES", 4000)
    monkeypatch.setattr(feature_pipeline, "CHUNK_ITEMS", 8)
    monkeypatch.setattr(feature_pipeline, "FEW_SAMPLES", 0)
    forget()
    yield tmp_path / "cache" / "made"
    forget()


@pytest.fixture
def data(make_experiment, tmp_path):
    def make(items, *features, splits=None, **inputs):
        given = {n: Input(name=n, cached=cached) for n, cached in inputs.items()} or {
            "input": Input(name="input", cached=features)
        }
        experiment = make_experiment(
            dataset=Dataset(name="fsdd"), inputs=given, splits=splits or Splits(source="official")
        )
        return prepare(experiment, seed=0, folder=tmp_path, items=items)

    return make


def alone(items, row, *features):
    """What a chain makes of one clip alone."""
    from repro.data.features.chain import build_chain
    from repro.data.features.signals import Signals

    chain = build_chain(features, items.shape, rate=items.rate, folder=Path())
    samples = torch.from_numpy(items.clips.read(row))[None]
    return chain.on(Signals(samples, torch.tensor([samples.shape[2]])))


def test_every_clip_is_what_it_would_be_alone(data, tmp_path, cache):
    items = write(tmp_path)
    made = data(items, *LOGMEL)
    for part in made.parts.values():
        assert part.inputs["input"].shape == (20, 1, 9, 26)
        for at, row in enumerate(part.items.tolist()):
            assert torch.allclose(part.inputs["input"][at], alone(items, row, *LOGMEL).values[0], atol=1e-3)
    assert len(list(cache.glob("*.map"))) == 1


def test_however_many_threads_the_bytes_are_the_same(data, tmp_path, cache, monkeypatch):
    items = write(tmp_path)
    made = []
    for threads in (1, 2, 5):
        monkeypatch.setattr(feature_pipeline, "cores", lambda threads=threads: threads)
        made.append(data(items, *LOGMEL, BAND).parts["test"].inputs["input"].clone())
        forget()
        for path in cache.iterdir():
            path.unlink()
    assert torch.equal(made[0], made[1])
    assert torch.equal(made[0], made[2])
    assert torch.get_num_threads() > 0


def test_a_second_start_decodes_nothing(data, tmp_path, monkeypatch):
    items = write(tmp_path)
    first = data(items, *LOGMEL).parts["train"].inputs["input"]
    forget()
    monkeypatch.setattr(Clips, "read", None)
    assert torch.equal(data(items, *LOGMEL).parts["train"].inputs["input"], first)


def test_another_split_uses_what_was_made_and_learns_from_its_own_train(data, tmp_path, cache, monkeypatch):
    items = write(tmp_path)
    first = data(items, *LOGMEL, BAND)
    forget()
    monkeypatch.setattr(Clips, "read", None)
    second = data(items, *LOGMEL, BAND, splits=Splits(source="all", train=0.5, test=0.5, seed=3))
    assert len(list(cache.glob("*.map"))) == 1
    for made in (first, second):
        train = made.parts["train"].inputs["input"]
        assert torch.allclose(train.mean((0, 1, 3)), torch.zeros(9), atol=1e-4)
        assert torch.allclose(train.std((0, 1, 3), correction=0), torch.ones(9), atol=1e-4)
        assert not torch.allclose(made.parts["test"].inputs["input"].mean((0, 1, 3)), torch.zeros(9), atol=1e-4)


def test_segments_are_rows_with_the_items_they_belong_to(data, tmp_path):
    items = write(tmp_path)
    made = data(items, *CUT)
    size, hop = 400, 200
    for part in made.parts.values():
        counts = [max(1, 1 + (int(items.clips.frames[row]) - size) // hop) for row in sorted(set(part.items.tolist()))]
        assert part.items.tolist() == np.repeat(sorted(set(part.items.tolist())), counts).tolist()
        assert len(part) == len(part.inputs["input"]) == len(part.targets["digit"]) == sum(counts)
        assert part.targets["digit"].tolist() == [row % 10 for row in part.items.tolist()]
    train = made.parts["train"]
    row = int(train.items[5])
    rows = (train.items == row).nonzero()[:, 0]
    assert torch.equal(train.inputs["input"][rows], alone(items, row, *CUT).values)
    assert made.shapes["input"].sizes == (1, size)


def test_what_learns_sees_the_segments_of_train_only(data, tmp_path):
    items = write(tmp_path)
    made = data(items, *CUT, entry("Standardize", per="all"))
    train = made.parts["train"].inputs["input"]
    assert float(train.mean()) == pytest.approx(0, abs=1e-4)
    assert float(train.std(correction=0)) == pytest.approx(1, abs=1e-4)
    others = items.clips.replaced({row: 50 + items.clips.read(row) for row in items.parts["test"].tolist()})
    again = data(
        Items("clips", others, items.shape, items.columns, items.parts, items.rate),
        *CUT,
        entry("Standardize", per="all"),
    )
    assert torch.equal(again.parts["train"].inputs["input"], train)
    assert not torch.equal(again.parts["test"].inputs["input"], made.parts["test"].inputs["input"])


def test_cut_behind_what_learns(data, tmp_path, cache, monkeypatch):
    items = write(tmp_path)
    features = (*LOGMEL, BAND, entry("Frames", frames=10, hop_frames=8), entry("DropSilent", below_db=0.0))
    small = data(items, *features).parts["test"]
    assert 20 <= len(small) < 60
    assert set(small.items.tolist()) == set(items.parts["test"].tolist())
    forget()
    monkeypatch.setenv("REPRO_MEMORY_GB", "0")
    large = data(items, *features).parts["test"]
    assert len(list(cache.glob("*.map"))) == 2
    assert torch.equal(large.inputs["input"].to("cpu"), small.inputs["input"])
    assert torch.equal(large.items, small.items)


def test_several_inputs_need_the_same_segments(data, tmp_path):
    items = write(tmp_path)
    made = data(items, a=CUT, b=(*CUT, entry("MelSpectrogram", n_fft=128, hop_length=64, n_mels=9)))
    part = made.parts["train"]
    assert len(part.inputs["a"]) == len(part.inputs["b"]) == len(part)
    for other in (
        (entry("Windows", seconds=0.05, hop_seconds=0.02),),
        (*CUT, entry("DropSilent", below_db=-27.0)),
        LOGMEL,
    ):
        with pytest.raises(SpecError, match="b and a are cut into segments in different ways") as caught:
            data(items, a=CUT, b=other)
        assert str(caught.value).startswith("paper.yaml:7:5: features.b.")


def test_clips_of_several_kinds_become_one(data, tmp_path):
    items = write(tmp_path, kinds=((RATE, 1), (16000, 2), (RATE, 2)))
    assert items.shape.sizes == (0, 0)
    features = (entry("ToMono"), entry("Resample", new_freq=RATE), entry("PadOrCrop", seconds=0.1))
    made = data(items, *features)
    test = made.parts["test"]
    row = next(r for r in test.items.tolist() if r % 3 == 2)  # 8000 Hz, two channels
    expected = torch.nn.functional.pad(torch.from_numpy(items.clips.read(row)).mean(0), (0, 800))[:800]
    assert torch.allclose(test.inputs["input"][test.items.tolist().index(row), 0], expected, atol=1e-6)
    with pytest.raises(SpecError, match="add ToMono or Resample first"):
        data(items, entry("PadOrCrop", seconds=0.1))


def test_a_random_place_depends_on_the_clip_alone(data, tmp_path):
    items = write(tmp_path)
    feature = entry("PadOrCrop", seconds=0.3, place="random", seed=4)
    whole = data(items, feature, splits=Splits(source="all", train=0.5, test=0.5)).parts
    few = data(items, feature, splits=Splits(source="all", train=7, test=3, seed=5)).parts
    placed = {
        row: values
        for part in whole.values()
        for row, values in zip(part.items.tolist(), part.inputs["input"], strict=True)
    }
    for part in few.values():
        for row, values in zip(part.items.tolist(), part.inputs["input"], strict=True):
            assert torch.equal(values, placed[row])


def test_few_clips_leave_no_file(data, tmp_path, cache, monkeypatch):
    monkeypatch.setattr(feature_pipeline, "FEW_SAMPLES", 2**21)
    assert data(write(tmp_path), *LOGMEL).parts["test"].inputs["input"].shape == (20, 1, 9, 26)
    assert not cache.exists()


def test_clips_as_they_are_have_no_shape(data, tmp_path):
    with pytest.raises(SpecError, match="features: clips differ in length; end with PadOrCrop"):
        data(write(tmp_path))


def test_a_file_that_went_away_is_named(data, tmp_path):
    items = write(tmp_path)
    (tmp_path / "11.wav").unlink()
    with pytest.raises(DataError, match=r"11.wav: there is no such file"):
        data(items, *LOGMEL)


def test_a_clip_too_short_for_a_feature_is_named(data, tmp_path):
    with pytest.raises(DataError, match=r"\.wav or a clip of its length: Crop: a clip of \d+ samples ends before"):
        data(write(tmp_path), entry("Crop", start_seconds=0.05, seconds=0.01))
