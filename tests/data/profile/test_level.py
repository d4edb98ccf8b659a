"""Planted faults are always found, clean sounds never blamed, however the samples come."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from repro.data.profile.level import Level, LevelMeter


def measured(samples: np.ndarray, rate: int = 16000, cuts: tuple[int, ...] = ()) -> Level:
    """The level of samples ``(C, T)`` that come in blocks cut at these places."""
    measuring = LevelMeter(len(samples), rate)
    for block in np.split(samples.astype(np.float32), sorted(set(cuts)), axis=1):
        if block.shape[1]:
            measuring.take(block)
    return measuring.level()


def tone(hertz: float, seconds: float, rate: int, peak: float = 0.5) -> np.ndarray:
    return peak * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)[None]


@given(
    hertz=st.floats(60, 3000), rate=st.sampled_from([8000, 16000, 22050, 44100]), bits=st.sampled_from([0, 15]),
    start=st.integers(0, 50),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_a_clean_tone_at_full_scale_is_not_clipped(hertz: float, rate: int, bits: int, start: int) -> None:
    wave = tone(hertz, 0.3, rate, 1.0)[:, start:]
    if bits:
        wave = np.clip(np.round(wave * 2**bits), -(2**bits), 2**bits - 1) / 2**bits
    equal = wave[:, 1:] == wave[:, :-1]
    if (equal[:, 1:] & equal[:, :-1] & (np.abs(wave[:, 2:]) > 0.999)).any():
        return  # 16 bits met its crest twice: hertz divides the rate
    assert measured(wave, rate).clipped == 0


@given(
    run=st.integers(3, 60), at=st.integers(0, 900), sign=st.sampled_from([-1, 1]), channel=st.integers(0, 1),
    cuts=st.lists(st.integers(1, 999), max_size=5),
)  # fmt: skip
@settings(max_examples=80, deadline=None)
def test_a_clipped_crest_is_found_and_counted(run: int, at: int, sign: int, channel: int, cuts: list[int]) -> None:
    samples = np.tile(tone(440, 1000 / 16000, 16000), (2, 1))
    samples[channel, at : at + run] = sign * 32767 / 32768
    assert measured(samples, cuts=tuple(cuts)).clipped == run


def test_two_samples_at_full_scale_are_not_clipped() -> None:
    samples = tone(440, 0.1, 16000)
    samples[0, 100:102] = 1.0
    assert measured(samples).clipped == 0


def test_equal_samples_below_full_scale_are_not_clipped() -> None:
    samples = tone(440, 0.1, 16000)
    samples[0, 100:120] = 0.99
    assert measured(samples).clipped == 0


def test_beyond_full_scale_need_not_be_flat() -> None:
    samples = tone(440, 0.1, 16000)
    samples[0, 100:104] = [1.01, 1.05, 1.04, 1.02]
    assert measured(samples).clipped == 4


@given(cuts=st.lists(st.integers(1, 4999), max_size=6), channels=st.integers(1, 3), seed=st.integers(0, 9))
@settings(max_examples=40, deadline=None)
def test_blocks_change_nothing(cuts: list[int], channels: int, seed: int) -> None:
    samples = np.random.default_rng(seed).normal(0, 0.4, (channels, 5000)).astype(np.float32)
    samples[:, :1000] = 0
    whole, pieces = measured(samples), measured(samples, cuts=tuple(cuts))
    for name in Level.__slots__:
        assert getattr(pieces, name) == pytest.approx(getattr(whole, name), rel=1e-9, abs=1e-12), name


@given(lead=st.integers(0, 50), tail=st.integers(0, 50), gain=st.floats(0.01, 1))
@settings(max_examples=40, deadline=None)
def test_silence_at_both_ends_is_measured(lead: int, tail: int, gain: float) -> None:
    noise = gain * np.random.default_rng(1).uniform(-1, 1, (1, 8000))
    silent = np.zeros((1, 160))
    level = measured(np.concatenate([np.tile(silent, lead), noise, np.tile(silent, tail)], axis=1))
    assert level.lead == pytest.approx(lead / 100)
    assert level.tail == pytest.approx(tail / 100)


def test_offset_peak_and_power_are_those_of_the_samples() -> None:
    samples = np.random.default_rng(0).uniform(-0.3, 0.5, (2, 7000)).astype(np.float32)
    level = measured(samples, cuts=(123, 4567))
    means = samples.astype(float).mean(1)
    assert level.peak == float(np.abs(samples).max())
    assert level.rms == pytest.approx(math.sqrt((samples.astype(float) ** 2).mean()))
    assert level.offset == pytest.approx(means[np.abs(means).argmax()])


def test_an_offset_alone_is_silence() -> None:
    level = measured(np.full((1, 4000), 0.2))
    assert level.loudest < 1e-6
    assert measured(np.zeros((1, 4000))).loudest == 0


def test_equal_channels_are_told() -> None:
    one = tone(300, 0.1, 16000)
    assert measured(np.tile(one, (2, 1))).alike
    assert not measured(np.concatenate([one, 0.9 * one])).alike
    assert not measured(one).alike


def test_nothing_has_no_level() -> None:
    with pytest.raises(ValueError, match="without samples"):
        LevelMeter(1, 8000).level()
