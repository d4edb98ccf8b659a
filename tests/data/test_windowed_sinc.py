"""Resampling between rates without a common divisor: the same numbers as torchaudio's, in little memory and time."""

import resource
import time

import pytest
import torch
from torchaudio import transforms

from repro.data.features.pitch_shifted import PitchShifted, bounded
from repro.data.features.torchaudio_transform import torchaudio_transform
from repro.data.features.windowed_sinc import WindowedSinc, resampler, weights_of
from repro.spec.shape import Shape


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (44100, 16000, {}),
        (8000, 11025, {}),
        (1127, 800, {"lowpass_filter_width": 16, "rolloff": 0.95}),
        (1127, 800, {"resampling_method": "sinc_interp_kaiser"}),
        (301, 700, {"resampling_method": "sinc_interp_kaiser", "beta": 8.0}),
        (7, 3, {}),
        (3, 7, {}),
    ],
)
@pytest.mark.parametrize("size", [1, 17, 2003])
def test_it_is_torchaudios_filter(old, new, words, size):
    signals = torch.randn(2, 3, size, generator=torch.Generator().manual_seed(0))
    exact = transforms.Resample(old, new, **words, dtype=torch.float64)(signals.double())
    assert torch.allclose(WindowedSinc(old, new, **words)(signals).double(), exact, atol=2e-6)


def test_stretches_and_batches_change_nothing(monkeypatch):
    signals = torch.randn(3, 1, 3000, generator=torch.Generator().manual_seed(0))
    filters = WindowedSinc(1127, 800)
    at_once = filters(signals)
    monkeypatch.setattr("repro.data.features.windowed_sinc._AT_ONCE", 1000)
    assert torch.equal(filters(signals), at_once)
    assert torch.equal(torch.cat([filters(one) for one in signals.split(1)]), at_once)


def test_usual_rates_go_torchaudios_own_way_with_its_bits():
    for old, new in ((44100, 16000), (48000, 44100), (22050, 16000), (8000, 44100), (11025, 8000)):
        assert isinstance(resampler(transforms.Resample, {"orig_freq": old, "new_freq": new}), transforms.Resample)


@pytest.mark.parametrize("old", [11127, 44101, 22051, 191999])
def test_a_rate_without_a_common_divisor_is_quick_and_its_memory_flat(old):
    assert weights_of(old, 16000) * 4 > 3e8
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    feature = torchaudio_transform("Resample", {"new_freq": 16000}, float(old))
    assert feature.shape(Shape.of("C T", 1, old)) == Shape.of("C T", 1, 16000)
    tone = torch.sin(2 * torch.pi * 440 * torch.arange(2 * old) / old)
    made = feature(tone.view(1, 1, -1))[0, 0, 500:-500]
    clean = torch.sin(2 * torch.pi * 440 * torch.arange(500, 31500) / 16000)
    assert (made - clean).abs().max() < 2e-3
    assert time.process_time() - began < 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000  # KB


def test_what_torchaudio_refuses_is_refused_at_any_rate():
    with pytest.raises(ValueError, match="Invalid resampling method"):
        resampler(transforms.Resample, {"orig_freq": 11127, "new_freq": 8000, "resampling_method": "linear"})


@pytest.mark.parametrize("steps", [-3, 2])
def test_a_pitch_is_shifted_as_torchaudio_shifts_it(steps):
    signals = torch.randn(2, 1, 3000, generator=torch.Generator().manual_seed(0))
    made = transforms.PitchShift(sample_rate=500, n_steps=steps)
    assert weights_of(made.orig_freq, 500) > 0
    mine = PitchShifted(made)(signals)
    assert torch.allclose(mine, made(signals), atol=2e-3)
    assert bounded(transforms.PitchShift(sample_rate=12, n_steps=steps)).__class__ is transforms.PitchShift


def test_a_pitch_at_a_usual_rate_takes_no_gigabyte():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    feature = torchaudio_transform("PitchShift", {"n_steps": 2}, 16000.0)
    assert feature(torch.randn(1, 1, 4000)).shape == (1, 1, 4000)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000  # KB
