"""Bands without a frequency are counted as torchaudio's own banks have them, and told at the feature's line."""

import pytest

from repro.spec.filter_banks import bank_notes, bank_text, empty_bands, known_bank_notes
from repro.spec.load import load_spec
from repro.spec.part import Entry

SPEC = """paper: {{title: T, authors: [A B], year: 2024}}
question: Which one is it?
dataset: {dataset}
splits: {splits}
features:
{features}
architecture: {{net: [Flatten, Linear: {{out_features: classes}}]}}
model: net
optimizer: {{SGD: {{lr: 0.1}}}}
loss: CrossEntropyLoss
metric: Accuracy
training: {{batch_size: 2, epochs: 1, order: fixed, select: last}}
seeds: [0]
baseline: net
experiments: {{net: {{}}}}
"""


EMPTY = "ignore:At least one mel filterbank"


@pytest.mark.filterwarnings(EMPTY)
@pytest.mark.parametrize("rate", [8000, 11127, 16000, 44100])
@pytest.mark.parametrize("scale", ["htk", "slaney"])
@pytest.mark.parametrize(("low", "high"), [(0.0, None), (20.0, None), (300.0, 3400.0), (0.0, 16000.0)])
def test_the_count_is_that_of_torchaudios_banks(rate, scale, low, high):
    functional = pytest.importorskip("torchaudio.functional")
    for size in (256, 400, 1024):
        for bands in (13, 40, 128):
            top = high or float(rate // 2)
            bank = functional.melscale_fbanks(size // 2 + 1, low, top, bands, rate, None, scale)
            assert empty_bands(size // 2 + 1, low, top, bands, rate, scale) == int((bank.amax(0) < 1e-5).sum())


@pytest.mark.parametrize(("size", "bands"), [(128, 40), (256, 128), (400, 128), (512, 300), (1024, 64)])
def test_the_count_is_that_of_torchaudios_linear_banks(size, bands):
    functional = pytest.importorskip("torchaudio.functional")
    bank = functional.linear_fbanks(size // 2 + 1, 20.0, 4000.0, bands, 16000)
    assert empty_bands(size // 2 + 1, 20.0, 4000.0, bands, 16000, "linear") == int((bank.amax(0) < 1e-4).sum())


@pytest.mark.parametrize(
    ("name", "args", "rate", "says"),
    [
        ("MelSpectrogram", {"n_fft": 256, "n_mels": 128}, 8000, "at 8000 Hz 6 of its 128 bands are always empty"),
        ("MelSpectrogram", {}, 16000, "bands are always empty"),
        (
            "MelSpectrogram",
            {"n_fft": 256, "n_mels": 40, "f_max": 16000.0},
            8000,
            "f_max 16000 Hz is above half the rate",
        ),
        ("MelSpectrogram", {"n_fft": 2048, "n_mels": 20, "f_max": 4100.0}, 8000, "leave f_max out, or write 4000"),
        ("MFCC", {"melkwargs": {"n_fft": 200, "n_mels": 64}}, 16000, "of its 64 bands are always empty"),
        ("MFCC", {}, 16000, "of its 128 bands are always empty"),
        ("LFCC", {"n_filter": 256, "speckwargs": {"n_fft": 256}}, 16000, "of its 256 bands are always empty"),
        ("MelScale", {"n_stft": 129, "n_mels": 128}, 8000, "6 of its 128 bands are"),
        ("InverseMelScale", {"n_stft": 129, "n_mels": 128}, 8000, "6 of its 128 bands are"),
    ],
)
def test_every_bank_is_told(name, args, rate, says):
    assert says in bank_text(Entry(name=name, args=args), rate)


@pytest.mark.parametrize(
    ("name", "args", "rate"),
    [
        ("MelSpectrogram", {"n_fft": 1024, "n_mels": 64}, 16000),
        ("MelSpectrogram", {"n_fft": 512, "n_mels": 40, "f_max": 8000.0}, 16000),
        ("MFCC", {"melkwargs": {"n_fft": 512, "n_mels": 40}}, 16000),
        ("Spectrogram", {"n_fft": 16}, 16000),
        ("LFCC", {"n_filter": 64}, 16000),
    ],
)
def test_a_bank_without_empty_bands_is_not(name, args, rate):
    assert bank_text(Entry(name=name, args=args), rate) == ""


def test_check_tells_it_at_its_line_where_the_rate_is_known(tmp_path):
    bank = "  - MelSpectrogram: {n_fft: 256, n_mels: 128}"
    fsdd = ("{name: fsdd, why: w}\nlabels: digit", "{from: all, train: 0.5, test: 0.5, group: speaker}")
    own = ("{folder: takes}\nlabels: {class: {kind: class, classes: [a, b]}}", "{train: 0.5, test: 0.5}")
    for (dataset, splits), features in (
        (fsdd, f"  - PadOrCrop: {{seconds: 1}}\n{bank}"),
        (own, f"  - Resample: {{new_freq: 8000}}\n{bank}"),
    ):
        (tmp_path / "paper.yaml").write_text(SPEC.format(dataset=dataset, splits=splits, features=features))
        spec = load_spec(tmp_path / "paper.yaml")
        (note,) = known_bank_notes(spec)
        assert (note.place.line, note.key) == (8, "features.MelSpectrogram")
        assert "at 8000 Hz 6 of its 128 bands are always empty" in note.text


def test_where_it_is_not_known_the_rates_of_the_recordings_tell(tmp_path):
    features = "  - PadOrCrop: {seconds: 1}\n  - MelSpectrogram: {n_fft: 256, n_mels: 128}"
    (tmp_path / "paper.yaml").write_text(
        SPEC.format(dataset="{folder: takes}", splits="{train: 0.5, test: 0.5}", features=features)
    )
    spec = load_spec(tmp_path / "paper.yaml")
    assert known_bank_notes(spec) == ()
    assert bank_notes(spec.experiments.values(), [None]) == ()
    (note,) = bank_notes([*spec.experiments.values()] * 2, [8000.0, 16000.0])
    assert note.place.line == 7
