"""Features of signals, against plain formulas in numpy."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from repro.data.features.chain import build_chain
from repro.data.features.crop import Crop
from repro.data.features.decibels import Decibels
from repro.data.features.delta import Delta
from repro.data.features.feature import FeatureError
from repro.data.features.pad_or_crop import PadOrCrop
from repro.data.features.scale_by_percentile import ScaleByPercentile
from repro.data.features.signals import Signals
from repro.data.features.statistics import Statistics
from repro.data.features.to_mono import ToMono
from repro.data.features.trim import Trim
from repro.data.features.windows import Windows
from repro.data.features.zero_crossing_rate import ZeroCrossingRate
from repro.spec.part import Entry
from repro.spec.place import Place
from repro.spec.problem import SpecError
from repro.spec.shape import Shape

HERE = Path()
CLIPS, ONE_LENGTH, PICTURE = Shape.of("C T", 1, 0), Shape.of("C T", 1, 400), Shape.of("C F T", 2, 5, 11)


def entry(name, **args):
    return Entry(name=name, args=args, place=Place("paper.yaml", 7, 5))


def chain(*entries, shape=CLIPS, rate=8000.0, kinds=()):
    return build_chain(entries, shape, rate=rate, folder=HERE, kinds=kinds)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def noise(*sizes, seed=0):
    return torch.randn(sizes, generator=generator(seed))


def ragged(*signals):
    """Signals of these arrays (C, T), zeros behind the end of each."""
    longest = max(signal.shape[1] for signal in signals)
    values = torch.stack([torch.nn.functional.pad(signal, (0, longest - signal.shape[1])) for signal in signals])
    return Signals(values, torch.tensor([signal.shape[1] for signal in signals]))


def at(feature, shape, rate=8000.0):
    feature.rate(rate)
    return feature, feature.shape(shape)


def alone(made: Signals, row: int):
    """One row without the zeros behind it; what stands behind it is looked at too."""
    length = int(made.known_lengths[row])
    assert (made.values[row, :, length:] == 0).all()
    return made.values[row, :, :length]


@settings(deadline=None, max_examples=25)
@given(
    st.lists(st.integers(1, 700), min_size=1, max_size=5),
    st.sampled_from([(8000, 16000), (44100, 22050), (16000, 11025)]),
)
def test_resampling_a_batch_is_resampling_each_alone(lengths, rates):
    transforms = pytest.importorskip("torchaudio.transforms")
    signals = [noise(2, length, seed=n) for n, length in enumerate(lengths)]
    made = chain(
        entry("Resample", new_freq=rates[1]),
        entry("PadOrCrop", samples=2000),
        shape=Shape.of("C T", 2, 0),
        rate=rates[0],
    )
    resample = made.features[0]
    plain = transforms.Resample(*rates)
    batch = resample.on(ragged(*signals))
    for row, signal in enumerate(signals):
        expected = plain(signal)
        assert expected.shape[1] == -(-signal.shape[1] * rates[1] // rates[0])
        assert torch.allclose(alone(batch, row), expected, atol=1e-5)


def test_what_comes_behind_resample_hears_the_new_rate():
    transforms = pytest.importorskip("torchaudio.transforms")
    made = chain(entry("Resample", new_freq=11025), entry("PadOrCrop", seconds=1.0), entry("MelSpectrogram", n_mels=30))
    assert made.rate == 11025
    assert made.out_shape == Shape.of("C F T", 1, 30, 1 + 11025 // 200)
    expected = transforms.MelSpectrogram(11025, n_mels=30)
    signal = noise(1, 1, 11025)
    torch.testing.assert_close(made.features[2](signal), expected(signal))
    assert not torch.equal(made.features[2](signal), transforms.MelSpectrogram(16000, n_mels=30)(signal))


def test_to_mono_is_the_mean():
    feature, shape = at(ToMono(), Shape.of("C T", 3, 0))
    assert shape == CLIPS
    signals = ragged(noise(3, 5), noise(3, 9, seed=1))
    assert torch.allclose(feature.on(signals).values, signals.values.mean(1, keepdim=True))


@pytest.mark.parametrize(("place", "starts"), [("start", (0, 0)), ("center", (2, -1))])
def test_pad_or_crop_puts_clips_where_it_says(place, starts):
    long, short = torch.arange(1.0, 12).view(1, 11), torch.arange(1.0, 5).view(1, 4)
    feature, shape = at(PadOrCrop(samples=7, place=place), CLIPS)
    assert shape == Shape.of("C T", 1, 7)
    made = feature.on(ragged(long, short))
    assert made.lengths is None
    assert made.values[0, 0].tolist() == list(range(1 + starts[0], 8 + starts[0]))
    expected = [0.0] * -starts[1] + [1, 2, 3, 4] + [0.0] * (3 + starts[1])
    assert made.values[1, 0].tolist() == expected


def test_pad_or_crop_at_random_uses_every_place_evenly():
    feature, _ = at(PadOrCrop(samples=7, place="random", seed=0), CLIPS)
    short = ragged(*[torch.ones(1, 4)] * 4000)
    firsts = feature.on(short, generator()).values[:, 0].argmax(1)
    assert torch.bincount(firsts).tolist() == pytest.approx([1000] * 4, rel=0.12)
    long = ragged(*[torch.arange(10.0).view(1, 10)] * 4000)
    firsts = feature.on(long, generator()).values[:, 0, 0].long()
    assert torch.bincount(firsts).tolist() == pytest.approx([1000] * 4, rel=0.12)


def test_crop_takes_the_stretch_and_says_which_clips_end_before():
    feature, shape = at(Crop(start_seconds=0.01, seconds=0.02), CLIPS, rate=1000.0)
    assert shape.size("T") == 20
    signal = noise(1, 30)
    assert torch.equal(feature.on(ragged(signal, noise(1, 34))).values[0], signal[:, 10:30])
    with pytest.raises(FeatureError, match=r"a clip of 29 samples ends before 0\.03 s"):
        feature.on(ragged(signal, noise(1, 29)))


def test_trim_cuts_both_ends_and_nothing_inside():
    quiet, loud = 0.001 * noise(1, 40), noise(1, 60, seed=1)
    signal = torch.cat([quiet, loud, quiet, loud, quiet[:, :27]], 1)
    feature, shape = at(Trim(below_db=30, frame_seconds=0.01), CLIPS, rate=1000.0)
    assert shape == CLIPS
    made = feature.on(ragged(signal, torch.zeros(1, 300), loud))
    assert torch.equal(alone(made, 0), signal[:, 40:200])
    assert made.known_lengths.tolist() == [160, 300, 60]
    assert torch.equal(alone(made, 2), loud)


def test_windows_fit_in_whole_and_a_short_clip_gives_one():
    feature, shape = at(Windows(seconds=0.004, hop_seconds=0.003), CLIPS, rate=1000.0)
    assert shape == Shape.of("C T", 1, 4)
    made = feature.on(
        ragged(torch.arange(11.0).view(1, 11), torch.arange(3.0).view(1, 3), torch.arange(7.0).view(1, 7))
    )
    assert made.values[:, 0].tolist() == [
        [0, 1, 2, 3],
        [3, 4, 5, 6],
        [6, 7, 8, 9],
        [0, 1, 2, 0],
        [0, 1, 2, 3],
        [3, 4, 5, 6],
    ]
    assert made.owners.tolist() == [0, 0, 0, 1, 2, 2]
    assert made.places.tolist() == [0, 1, 2, 0, 0, 1]


def test_frames_behind_windows_belong_to_the_clip():
    made = chain(
        entry("Windows", seconds=0.1, hop_seconds=0.05),
        entry("Spectrogram", n_fft=64, hop_length=32),
        entry("Frames", frames=9, hop_frames=8),
        rate=8000.0,
    )
    assert made.out_shape == Shape.of("C F T", 1, 33, 9)
    out = made.on(ragged(noise(1, 1300), noise(1, 100)))
    assert out.owners.tolist() == [0] * 6 + [1] * 3  # two windows of 26 frames, three segments each
    assert len(set(out.places[:6].tolist())) == 6
    spectrogram = made.features[1](noise(1, 1300)[None, :, 400:1200])
    assert torch.allclose(out.values[4], spectrogram[0, :, :, 8:17])


def test_silent_segments_go_and_the_loudest_stays_where_all_are_silent():
    loud, low, lower = torch.full((1, 8), 0.5), torch.full((1, 8), 1e-4), torch.full((1, 8), 5e-5)
    made = chain(entry("Windows", seconds=0.001), entry("DropSilent", below_db=-60), rate=8000.0)
    out = made.on(ragged(torch.cat([low, loud, low, loud], 1), torch.cat([lower, low, low], 1), torch.zeros(1, 16)))
    assert out.owners.tolist() == [0, 0, 1, 2]
    assert out.places.tolist() == [1, 3, 1, 0]
    assert torch.equal(out.values[2], low)


def test_decibels_are_what_the_formula_says():
    magnitude = np.abs(np.random.default_rng(0).normal(size=(3, 1, 5, 9))).astype(np.float32) ** 4
    top = magnitude.max((1, 2, 3), keepdims=True)
    expected = np.maximum(20 * np.log10(np.maximum(magnitude, 1e-5) / top), -40)
    made = Decibels(floor_db=40)(torch.tensor(magnitude)).numpy()
    assert np.abs(made - expected).max() < 1e-4
    assert made.min() == pytest.approx(-40, abs=1e-4)
    fixed = Decibels(relative_to=2.0, floor_db=None, of="power")(torch.tensor(magnitude)).numpy()
    assert np.abs(fixed - 10 * np.log10(np.maximum(magnitude, 1e-10) / 2)).max() < 1e-4


@pytest.mark.parametrize("percentile", [0, 37.5, 95, 100])
def test_scaling_is_by_numpys_percentile(percentile):
    signal = noise(3, 1, 41)
    made = ScaleByPercentile(percentile, 0.001)(signal).numpy()
    expected = signal.numpy() / (np.percentile(signal.numpy(), percentile, axis=(1, 2), keepdims=True) + 0.001)
    assert np.allclose(made, expected, rtol=1e-4)


def test_statistics_of_a_spectrogram_are_a_row_of_a_table():
    batch = noise(4, *PICTURE.sizes)
    feature = Statistics(("mean", "std", "min", "max", "median"))
    assert feature.shape(PICTURE) == Shape.of("F", 50)
    wide = batch.numpy().reshape(4, 10, 11)
    expected = np.concatenate([wide.mean(2), wide.std(2), wide.min(2), wide.max(2), np.median(wide, 2)], 1)
    assert np.allclose(feature(batch).numpy(), expected, atol=1e-5)


def test_zero_crossings_are_counted_frame_by_frame():
    signal = torch.tensor([[[1.0, -1, -1, 0, -2, 3, -4, -5, 6, 6, -6]]])
    feature, shape = at(ZeroCrossingRate(4, 3), Shape.of("C T", 1, 11))
    assert shape == Shape.of("C F T", 1, 1, 3)
    assert feature(signal)[0, 0, 0].tolist() == [2 / 4, 3 / 4, 1 / 4]


@pytest.mark.parametrize(("as_", "shape"), [("channel", (4, 5, 11)), ("append", (2, 10, 11))])
def test_deltas_are_regression_slopes(as_, shape):
    batch = noise(3, *PICTURE.sizes)
    feature = Delta(as_, win_length=5)
    assert feature.shape(PICTURE).sizes == shape
    made = feature(batch)
    wide = np.pad(batch.numpy(), ((0, 0), (0, 0), (0, 0), (2, 2)), mode="edge")
    slope = sum(n * (wide[..., 2 + n : 13 + n] - wide[..., 2 - n : 13 - n]) for n in (1, 2)) / 10
    expected = np.concatenate([batch.numpy(), slope], 1 if as_ == "channel" else 2)
    assert np.allclose(made.numpy(), expected, atol=1e-6)


def test_a_complex_spectrogram_becomes_real_channels():
    pytest.importorskip("torchaudio")
    shape = Shape.of("C T", 2, 400)
    made = chain(entry("Spectrogram", n_fft=64, hop_length=40, power=None), entry("ComplexAsChannels"), shape=shape)
    assert made.out_shape == Shape.of("C F T", 4, 33, 11)
    batch = noise(3, 2, 400)
    expected = torch.stft(batch.flatten(0, 1), 64, 40, window=torch.hann_window(64), return_complex=True).view(
        3, 2, 33, 11
    )
    out = made(batch)
    assert torch.allclose(out[:, 0::2], expected.real, atol=1e-5)
    assert torch.allclose(out[:, 1::2], expected.imag, atol=1e-5)


KINDS = ((44100, 2), (8000, 1))
PLACED = entry("PadOrCrop", seconds=1.0, place="random", seed=0)
FIVE_SECONDS = (entry("ToMono"), entry("Resample", new_freq=22050), entry("PadOrCrop", seconds=5.0))
MEAN_AND_STD = entry("Statistics", of=("mean", "std"))
LONG = Shape.of("C T", 1, 220500)

PAPERS = {
    "AudioMNIST, spectrogram": (
        [
            PLACED,
            entry("Spectrogram", n_fft=455, hop_length=35, power=1.0),
            entry("Decibels", relative_to="max"),
            entry("CropBins", bins=227, frames=227),
        ],
        (CLIPS, 8000.0),
        Shape.of("C F T", 1, 227, 227),
    ),
    "AudioMNIST, waveform": (
        [PLACED, entry("ScaleByPercentile", percentile=95.0, plus=0.001)],
        (CLIPS, 8000.0),
        Shape.of("C T", 1, 8000),
    ),
    "AudioMNIST, MFCC": ([PLACED, entry("MFCC", n_mfcc=20), MEAN_AND_STD], (CLIPS, 8000.0), Shape.of("F", 40)),
    "Piczak, MFCC": (
        [
            *FIVE_SECONDS,
            entry(
                "MFCC",
                n_mfcc=13,
                melkwargs={"n_fft": 256, "hop_length": 256, "n_mels": 40, "window_fn": "hamming_window"},
            ),
            entry("DropBins", first=1),
            MEAN_AND_STD,
        ],
        (LONG, 44100.0),
        Shape.of("F", 24),
    ),
    "Piczak, zero crossings": (
        [*FIVE_SECONDS, entry("ZeroCrossingRate", frame_samples=256, hop_samples=256), MEAN_AND_STD],
        (LONG, 44100.0),
        Shape.of("F", 2),
    ),
    "Piczak, short segments": (
        [
            *FIVE_SECONDS,
            entry("MelSpectrogram", n_fft=1024, hop_length=512, n_mels=60),
            entry("AmplitudeToDB"),
            entry("Delta", **{"as": "channel"}),
            entry("Frames", frames=41, hop_frames=20),
            entry("DropSilent", below_db=-60.0),
        ],
        (LONG, 44100.0),
        Shape.of("C F T", 2, 60, 41),
    ),
}


@pytest.mark.parametrize("name", PAPERS)
def test_the_papers_features_have_the_papers_shapes(name):
    pytest.importorskip("torchaudio")
    entries, (shape, rate), expected = PAPERS[name]
    made = chain(*entries, shape=shape, rate=rate)
    assert made.out_shape == expected
    assert made.shapes[-1] == expected
    signals = (
        ragged(noise(1, 220500) * 0.1, noise(1, 110000, seed=1)) if shape.ragged else Signals(noise(2, 1, 220500) * 0.1)
    )
    out = made.on(signals, generator())
    assert tuple(out.values.shape[1:]) == expected.sizes
    assert out.values.isfinite().all()
    if made.cuts:
        assert out.owners.tolist() == [0] * 9 + [1] * 9  # 216 frames: 1 + (216 - 41) // 20


def test_clips_of_several_kinds_meet_in_one_shape():
    pytest.importorskip("torchaudio")
    entries = [entry("ToMono"), entry("Resample", new_freq=8000), entry("PadOrCrop", seconds=0.1)]
    alone = entry("Standardize", per="item")
    made = chain(*entries, alone, shape=Shape.of("C T", 0, 0), rate=None, kinds=KINDS)
    assert made.out_shape == Shape.of("C T", 1, 800)
    assert len(made.heads[KINDS[0]]) == 2
    assert made.of(KINDS[0])[2:] == made.of(KINDS[1])[2:]
    stereo = made.on(ragged(noise(2, 4410)), kind=KINDS[0])
    mono = made.on(ragged(noise(1, 800)), kind=KINDS[1])
    assert stereo.values.shape == mono.values.shape == (1, 1, 800)


SECOND, SPECTRUM = entry("PadOrCrop", seconds=1.0), entry("Spectrogram", n_fft=64)
COMPLEX, SAMPLES = entry("Spectrogram", n_fft=64, power=None), entry("PadOrCrop", samples=80)
SILENT, RATES = entry("DropSilent", below_db=-60.0), ((8000, 1), (16000, 1))
TWO_KINDS = "channel count (44100 Hz C 2 x T 44100 and 8000 Hz C 1 x T 8000); add ToMono or Resample first"


@pytest.mark.parametrize(
    ("entries", "shape", "kinds", "said"),
    [
        ([entry("MelSpectrogram")], CLIPS, (), "clips differ in length; put PadOrCrop or Windows before it"),
        ([entry("Rescale", low=0, high=1)], CLIPS, (), "clips differ in length; put PadOrCrop or Windows before it"),
        ([entry("ToMono")], CLIPS, (), "clips differ in length; end with PadOrCrop"),
        ([SECOND], Shape.of("C T", 0, 0), KINDS, TWO_KINDS),
        ([SAMPLES], CLIPS, RATES, "add ToMono or Resample first"),
        ([SAMPLES, entry("Standardize")], CLIPS, RATES, "Standardize learns from clips that are not of one kind"),
        ([entry("PadOrCrop")], CLIPS, (), "PadOrCrop needs seconds or samples"),
        ([entry("PadOrCrop", seconds=1.0, seed=3)], CLIPS, (), "nothing is drawn for place: start"),
        ([SILENT], ONE_LENGTH, (), "works on segments; put Windows or Frames before it"),
        ([SPECTRUM, entry("Frames", frames=3), SILENT], ONE_LENGTH, (), "needs a spectrogram in decibels"),
        ([SPECTRUM, entry("Frames", frames=90)], ONE_LENGTH, (), "90 frames don't fit into C 1 x F 33 x T 13"),
        ([COMPLEX], ONE_LENGTH, (), "complex-valued, which no layer accepts; add ComplexAsChannels after them"),
        ([COMPLEX, entry("AmplitudeToDB")], ONE_LENGTH, (), "comes in is complex; put ComplexAsChannels before it"),
        ([SPECTRUM, entry("ComplexAsChannels")], ONE_LENGTH, (), "what comes in is not complex"),
        ([SPECTRUM, entry("CropBins", bins=34)], ONE_LENGTH, (), "34 bins and 13 frames don't fit"),
        ([entry("Crop", start_seconds=0.04, seconds=0.02)], ONE_LENGTH, (), "put PadOrCrop before it"),
        ([entry("Delta", **{"as": "channel"})], ONE_LENGTH, (), "Delta needs a spectrogram, C x F x T"),
        ([entry("Windows", seconds=0.00001)], CLIPS, (), "1e-05 s at 8000 Hz is 0 samples"),
    ],
)
def test_what_cannot_work_is_said_at_its_line(entries, shape, kinds, said):
    pytest.importorskip("torchaudio")
    with pytest.raises(SpecError) as caught:
        chain(*entries, shape=shape, rate=8000.0, kinds=kinds)
    assert said in str(caught.value)
    assert str(caught.value).startswith("paper.yaml:7:5: features.")


def test_seconds_need_a_rate():
    with pytest.raises(
        SpecError, match="seconds needs the rate of the signal, and this data set has none; write samples"
    ):
        chain(entry("PadOrCrop", seconds=1.0), rate=None)
