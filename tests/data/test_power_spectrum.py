"""Power spectra as sums of squares: torchaudio's values, in the features that have one, whose versions say so."""

import pytest
import torch

from repro.data.features import power_spectrum
from repro.data.features.build import build_feature
from repro.data.features.module_feature import ModuleFeature
from repro.data.features.power_spectrum import PowerSpectrum, with_power_spectrum
from repro.runs.forecast.estimate import recipe
from repro.spec.part import Entry
from repro.spec.shape import Shape
from repro.training.numerics import FEATURE_NUMERICS, feature_numerics

transforms = pytest.importorskip("torchaudio").transforms

RATE = 8000
SQUARED = [
    ("Spectrogram", {"n_fft": 64}),
    ("Spectrogram", {"n_fft": 64, "power": 2}),
    ("Spectrogram", {"n_fft": 64, "power": 2.0, "hop_length": 10, "pad": 5, "center": False}),
    ("Spectrogram", {"n_fft": 64, "normalized": True}),
    ("Spectrogram", {"n_fft": 64, "normalized": "frame_length", "onesided": False}),
    ("MelSpectrogram", {"n_fft": 128, "n_mels": 8}),
    ("MelSpectrogram", {"n_fft": 128, "n_mels": 8, "power": 2.0, "normalized": True}),
    ("MFCC", {"n_mfcc": 5, "melkwargs": {"n_fft": 128, "n_mels": 8}}),
    ("LFCC", {"n_lfcc": 5, "n_filter": 8, "speckwargs": {"n_fft": 128}}),
    ("LFCC", {"n_lfcc": 5, "n_filter": 8}),
]
AS_BEFORE = [
    ("Spectrogram", {"n_fft": 64, "power": 1}),
    ("Spectrogram", {"n_fft": 64, "power": 3}),
    ("Spectrogram", {"n_fft": 64, "power": None}),
    ("MelSpectrogram", {"n_fft": 128, "n_mels": 8, "power": 1.0}),
    ("MFCC", {"n_mfcc": 5, "melkwargs": {"n_fft": 128, "n_mels": 8, "power": 1}}),
    ("LFCC", {"n_lfcc": 5, "n_filter": 8, "speckwargs": {"n_fft": 128, "power": 1}}),
    ("SpectralCentroid", {"n_fft": 64}),
]


def signals():
    loud = torch.randn((3, 1, 900), generator=torch.Generator().manual_seed(0))
    return loud * torch.tensor([1.0, 1e-3, 0.0]).view(3, 1, 1)  # the last is silence


def feature_of(name, args):
    feature, _ = build_feature(Entry(name=name, args=args), Shape.of("C T", 1, 900), rate=float(RATE), folder=None)
    assert isinstance(feature, ModuleFeature)
    return feature


def torchaudios(name, args):
    return getattr(transforms, name)(**args, **({} if name == "Spectrogram" else {"sample_rate": RATE}))


def of_experiment(name, args):
    return feature_numerics(
        {"inputs": {"input": {"cached": [{"name": "ToMono", "args": {}}, {"name": name, "args": args}]}}}
    )


@pytest.mark.parametrize(("name", "args"), SQUARED, ids=str)
def test_a_power_spectrum_has_the_values_of_torchaudio(name, args):
    feature, batch = feature_of(name, args), signals()
    assert any(isinstance(module, PowerSpectrum) for module in feature._function.modules())
    expected = torchaudios(name, args)(batch)
    torch.testing.assert_close(feature(batch), expected, rtol=1e-5, atol=1e-4 if name in ("MFCC", "LFCC") else 1e-12)
    assert of_experiment(name, args) == {name: FEATURE_NUMERICS[name]}


@pytest.mark.parametrize(("name", "args"), AS_BEFORE, ids=str)
def test_what_is_no_power_spectrum_has_the_bits_of_torchaudio_and_the_identity_of_before(name, args):
    feature, batch = feature_of(name, args), signals()
    assert not any(isinstance(module, PowerSpectrum) for module in feature._function.modules())
    assert torch.equal(feature(batch).nan_to_num(), torchaudios(name, args)(batch).nan_to_num())
    assert of_experiment(name, args) == {}


def test_a_power_spectrum_is_as_near_to_the_truth_as_the_squared_root():
    batch = signals()[:2]
    truth = transforms.Spectrogram(64).double()(batch.double())
    ours = (feature_of("Spectrogram", {"n_fft": 64})(batch) - truth).abs().mean()
    theirs = (transforms.Spectrogram(64)(batch) - truth).abs().mean()
    assert ours <= 1.05 * theirs


@pytest.mark.parametrize("at_once", [1, 2**10, 5000, 2**18])
@pytest.mark.parametrize("args", [{"n_fft": 64}, {"n_fft": 64, "hop_length": 7, "center": False, "onesided": False}])
def test_the_bits_do_not_depend_on_how_many_rows_are_worked_on_at_a_time(monkeypatch, at_once, args):
    batch = torch.randn((7, 2, 900), generator=torch.Generator().manual_seed(1))
    spectrum = PowerSpectrum(transforms.Spectrogram(**args))
    whole = spectrum._whole(batch.flatten(0, 1)).unflatten(0, (7, 2))
    monkeypatch.setattr(power_spectrum, "CACHED_VALUES", at_once)
    made = spectrum(batch)
    assert torch.equal(made, whole)
    assert made.stride() == whole.stride(), "so that what comes behind works on it in the same order"


@pytest.mark.filterwarnings("ignore:At least one mel filterbank:UserWarning")
def test_no_other_transform_of_torchaudio_has_a_power_spectrum():
    found = set()
    for name in transforms.__all__:
        try:
            made = with_power_spectrum(getattr(transforms, name)())
        except TypeError:  # it has arguments without defaults; none of these looks at a spectrum of its own
            continue
        if any(isinstance(module, PowerSpectrum) for module in made.modules()):
            found.add(name)
    assert found == set(FEATURE_NUMERICS)


@pytest.mark.parametrize(
    "damaged",
    [
        {"name": ["MFCC"], "args": {}},
        {"name": "MFCC", "args": []},
        {"name": "MFCC", "args": {"melkwargs": "x"}},
        {"name": {"name": 3}},
        [[None, 3]],
    ],
    ids=str,
)
def test_what_a_stranger_s_record_holds_is_read_without_harm(damaged):
    assert set(feature_numerics({"inputs": damaged})) <= {"MFCC"}
    assert recipe({"inputs": damaged, "training": damaged})
