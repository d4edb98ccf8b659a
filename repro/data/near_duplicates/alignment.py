"""Do two sounds agree sample by sample once they are laid over each other?"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from repro.data.near_duplicates.preprocess import RATE, fast_size

SAME = 0.95
"""Least correlation of the waveforms of two twins. A copy with noise of its own reaches it where that noise lies at
least 9.7 dB below the sound."""

SAME_TONE = 0.975
"""Least correlation where a sound is nearly as like itself a period later as a copy is like its original: noise of the
copy's own at least 12.8 dB below the sound."""

_NEARER = 0.4  # a copy's distance from its original, as a share of the sound's from itself a period later, at most
_LATER_SECONDS = 0.1  # how much later a sound is compared with itself, at most

LEAST_SECONDS = 0.1
"""Least overlap. Shorter ones agree by chance: a few periods of one vowel look like those of another."""

LEAST_SHARE = 0.25
"""Share of its energy that one of the two has in the overlap, at least; the other has at least a hundredth."""

_FAINT_SHARE = 0.01
_STEPS = 8  # places looked at between two samples: a sixteenth off, noise of all frequencies agrees by 0.99
_TAPS = 32  # on either side; noise of all frequencies that lies half a sample off then agrees by 0.98, not by 0.64
_WORTH = 0.55  # half a sample away from its place, noise of all frequencies still agrees by 0.64


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where two sounds agree best: their ``correlation`` there without its sign, 0 .. 1, and what twins ``need``.

    The second sound starts ``lag`` seconds after the first one; ``overlap`` in seconds.
    """

    correlation: float
    need: float
    lag: float
    overlap: float

    @property
    def same(self) -> bool:
        """Whether the two are twins."""
        return self.correlation >= self.need


def align(first: Tensor, second: Tensor) -> Alignment:
    """The best place of two sounds over each other, of all places with enough overlap; zeros where there is none.

    The correlation is of the overlapping stretches, each at its own power, by one Fourier transform for all places;
    between samples it is interpolated, since copies of other rates need not begin on a sample of ours. A copy with its
    sign turned is a copy.

    Two takes of one steady tone correlate as well as that tone with itself a period later, which may be more than 0.95.
    So the more periodic the overlap is, the more twins need, up to 0.975.

    Args:
        first: float32 ``(T,)`` at :data:`repro.data.near_duplicates.preprocess.RATE`.
        second: the same, of any length.

    """
    size = fast_size(len(first) + len(second))
    spectra = torch.fft.rfft(first, n=size), torch.fft.rfft(second, n=size)
    cross = spectra[0] * spectra[1].conj()
    lags = torch.arange(1 - len(second), len(first))
    starts = lags.clamp(min=0)
    ends = (lags + len(second)).clamp(max=len(first))
    first_energies, second_energies = _energies(first), _energies(second)
    own = first_energies[ends] - first_energies[starts], second_energies[ends - lags] - second_energies[starts - lags]
    shares = own[0] / first_energies[-1].clamp(min=1e-30), own[1] / second_energies[-1].clamp(min=1e-30)
    enough = (ends - starts >= LEAST_SECONDS * RATE) & (torch.maximum(*shares) >= LEAST_SHARE)
    enough &= torch.minimum(*shares) >= _FAINT_SHARE
    if not bool(enough.any()):
        return Alignment(0.0, SAME, 0.0, 0.0)
    power = (own[0] * own[1]).sqrt().clamp(min=1e-30)
    products = torch.fft.irfft(cross, n=size)
    agreed = torch.where(enough, products[lags % size].abs() / power, 0.0)
    best = int(agreed.argmax())
    lag, start, end = int(lags[best]), int(starts[best]), int(ends[best])
    correlation, at = float(agreed[best]), float(lag)
    if correlation >= _WORTH:
        product, at = _between(products, lag)
        correlation = product / float(power[best])
    need = SAME
    if correlation >= SAME:
        later = min(_like_itself(part) for part in (first[start:end], second[start - lag : end - lag]))
        need = min(SAME_TONE, max(SAME, 1 - _NEARER * (1 - later)))
    return Alignment(min(1.0, correlation), need, at / RATE, (end - start) / RATE)


def _between(products: Tensor, lag: int) -> tuple[float, float]:
    """The highest product within one sample of a lag, without its sign, and where it is: by sinc interpolation.

    ``products`` ``(size,)`` are those of all lags, negative ones at the end.
    """
    taps = torch.arange(-_TAPS, _TAPS + 1)
    near = products[(lag + taps) % len(products)].double()
    steps = torch.arange(1 - _STEPS, _STEPS, dtype=torch.float64)[:, None] / _STEPS
    window = torch.cos((taps - steps) * (math.pi / 2 / (_TAPS + 1))).square()
    interpolated = ((torch.sinc(taps - steps) * window) @ near).abs()
    best = int(interpolated.argmax())
    return float(interpolated[best]), lag + float(steps[best])


def _energies(signal: Tensor) -> Tensor:
    sums = torch.zeros(len(signal) + 1, dtype=torch.float64)
    torch.cumsum(signal.double().square(), 0, out=sums[1:])
    return sums


def _like_itself(sound: Tensor) -> float:
    """The highest correlation, without sign, of a sound with itself later: after the first lag at which it is 0."""
    later = min(int(_LATER_SECONDS * RATE), len(sound) // 2)
    size = fast_size(len(sound) + later)
    spectrum = torch.fft.rfft(sound, n=size)
    products = torch.fft.irfft(spectrum.abs().square(), n=size)[:later].double()
    energies, lags = _energies(sound), torch.arange(later)
    power = (energies[len(sound) - lags] * (energies[-1] - energies[lags])).sqrt().clamp(min=1e-30)
    like = products / power
    below = (like <= 0).nonzero()
    return float(like[int(below[0]) :].abs().max()) if len(below) else 1.0
