"""Filter banks of which a band holds no frequency of the spectrum, so that it is 0 whatever is heard.

The banks are torchaudio's: triangles whose corners are evenly spaced in mel (or in Hz for LFCC), on the frequencies of
a Fourier transform. A test holds what is counted here against the banks themselves.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from repro.spec.experiment import Experiment, Input
from repro.spec.part import Entry
from repro.spec.problem import Problem
from repro.spec.read_dataset import facts_of
from repro.spec.spec import Spec

_SPECTROGRAM = {"n_fft": 400, "n_mels": 128, "f_min": 0.0, "f_max": None, "mel_scale": "htk"}
_LINEAR = {"n_fft": 400, "n_filter": 128, "f_min": 0.0, "f_max": None}

_HTK: tuple[Callable[[float], float], Callable[[float], float]] = (
    lambda hertz: 2595.0 * math.log10(1.0 + hertz / 700.0),
    lambda mel: 700.0 * (10.0 ** (mel / 2595.0) - 1.0),
)
_LOG_STEP = math.log(6.4) / 27.0
_SLANEY: tuple[Callable[[float], float], Callable[[float], float]] = (
    lambda hertz: 3.0 * hertz / 200.0 if hertz < 1000.0 else 15.0 + math.log(hertz / 1000.0) / _LOG_STEP,
    lambda mel: 200.0 * mel / 3.0 if mel < 15.0 else 1000.0 * math.exp(_LOG_STEP * (mel - 15.0)),
)
_PLAIN: tuple[Callable[[float], float], Callable[[float], float]] = (lambda hertz: hertz, lambda hertz: hertz)
_SCALES = {"htk": _HTK, "slaney": _SLANEY, "linear": _PLAIN}


def bank_notes(experiments: Iterable[Experiment], rates: Iterable[float | None]) -> tuple[Problem, ...]:
    """What is to be said of the filter banks of some experiments, each line once.

    Args:
        experiments: resolved.
        rates: of the recordings that come in, Hz; those that nobody knows (None) tell nothing until Resample.

    """
    known = tuple(dict.fromkeys(rate for rate in rates if rate))
    notes = (
        note for experiment in experiments for source in experiment.inputs.values() for note in _of_input(source, known)
    )
    return tuple({str(note): note for note in notes}.values())


def known_bank_notes(spec: Spec) -> tuple[Problem, ...]:
    """The same for all experiments of a spec, where the rate is known without reading the data."""
    facts = ((experiment, facts_of(experiment.dataset, spec.folder)) for experiment in spec.experiments.values())
    notes = [note for experiment, known in facts for note in bank_notes([experiment], [known.rate if known else None])]
    return tuple({str(note): note for note in notes}.values())


def _of_input(source: Input, rates: tuple[float, ...]) -> Iterable[Problem]:
    for entry in (*source.cached, *source.augment, *source.live):
        if entry.name == "Resample":
            rates = (float(entry.args.get("new_freq", 16000)),)
        elif entry.own:
            rates = ()  # what own code makes of the rate is not known
        for rate in rates:
            if text := bank_text(entry, rate):
                yield Problem(entry.place, f"features.{entry.short}", text)
                break


def bank_text(entry: Entry, rate: float) -> str:
    """What is wrong with the filter bank of a feature at this rate, in Hz; "" for nothing, or for no bank."""
    words = _words(entry)
    if words is None:
        return ""
    bands = int(words.get("n_mels", words.get("n_filter", 0)))
    low, high = float(words["f_min"]), float(rate // 2 if words["f_max"] is None else words["f_max"])
    bins = int(words["n_fft"]) // 2 + 1
    empty = empty_bands(bins, low, high, bands, rate, str(words.get("mel_scale", "linear")))
    beyond = high > rate / 2
    if not empty and not beyond:
        return ""
    share = f"{empty} of its {bands} bands are" if empty != 1 else f"1 of its {bands} bands is"
    text = f"at {rate:g} Hz {share} always empty: no frequency of the spectrum lies in {'it' if empty == 1 else 'them'}"
    if beyond:
        text = f"f_max {high:g} Hz is above half the rate, {rate / 2:g} Hz" + (f"; {text}" if empty else "")
        return f"{text}; leave f_max out, or write {rate / 2:g}"
    return f"{text} (a frequency every {(rate // 2) / (bins - 1):.3g} Hz); take fewer bands, or a larger n_fft"


def empty_bands(bins: int, low: float, high: float, bands: int, rate: float, scale: str) -> int:
    """How many triangles have no frequency within.

    Args:
        bins: frequencies from 0 to half the rate.
        low: where the first triangle begins, Hz.
        high: where the last one ends, Hz.
        bands: triangles.
        rate: Hz.
        scale: on which their corners are evenly spaced: ``htk``, ``slaney`` (mel) or ``linear`` (Hz).

    >>> empty_bands(bins=129, low=0.0, high=4000.0, bands=128, rate=8000, scale="htk")
    6
    """
    to_scale, from_scale = _SCALES[scale]
    first, last = to_scale(low), to_scale(high)
    corners = [from_scale(first + (last - first) * at / (bands + 1)) for at in range(bands + 2)]
    step = (rate // 2) / max(1, bins - 1)
    empty = 0
    for band in range(bands):
        begin, end = corners[band], corners[band + 2]
        nearest = math.floor(begin / step * (1 + 1e-6) + 1e-6) + 1  # the first frequency that is not the corner itself
        empty += nearest > bins - 1 or nearest * step >= end * (1 - 1e-6)
    return empty


def _words(entry: Entry) -> Mapping[str, Any] | None:
    """The arguments of a feature's bank, with torchaudio's defaults; None for a feature without one."""
    args = entry.args
    if entry.name == "MelSpectrogram":
        return {**_SPECTROGRAM, **args}
    if entry.name in ("MelScale", "InverseMelScale"):
        return {**_SPECTROGRAM, **args, "n_fft": 2 * (int(args.get("n_stft", 201)) - 1)}
    if entry.name == "MFCC":
        return {**_SPECTROGRAM, **(args.get("melkwargs") or {})}
    if entry.name == "LFCC":
        spectrum = (args.get("speckwargs") or {}).get("n_fft", 400)
        return {**_LINEAR, **args, "n_fft": spectrum}
    return None
