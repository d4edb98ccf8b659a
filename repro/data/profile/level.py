"""How loud one recording is: its peak, where it is clipped, and how much of it is silence."""

import math
from dataclasses import dataclass

import numpy as np

from repro.data.arrays import AnyArray
from repro.data.audio.decode import FloatArray

FULL_SCALE = 0.999
"""From here on a sample counts as one at full scale (-1 .. 1)."""

STEP = 2.0**-16
"""Half a step of 16 bits: samples that differ by no more are equal."""

FLAT_SAMPLES = 3
"""So many equal samples at full scale, one after the other, are a clipped crest."""

SILENT_DB = -60.0
"""dB below full scale. A recording whose loudest hundredth of a second lies below is silent throughout."""

QUIET_DB = -40.0
"""dB below a recording's own loudest hundredth of a second: what lies below, at both ends, is silence."""

BLOCK_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Level:
    """One recording, full scale being 1.

    ``peak`` is the largest sample without its sign, ``rms`` the root of the mean power of all channels and ``offset``
    the mean of the channel where it is farthest from 0, with its sign. ``clipped`` are the samples, of all channels, in
    clipped crests. ``loudest`` is the rms of the loudest hundredth of a second, ``lead`` and ``tail`` are seconds of
    silence at the beginning and the end; offsets are taken off first. ``alike`` says that there are several channels
    and all hold the same.
    """

    peak: float
    rms: float
    offset: float
    clipped: int
    loudest: float
    lead: float
    tail: float
    alike: bool


class LevelMeter:
    """Measures one recording that comes in blocks; what the blocks are changes nothing.

    A **clipped crest** is a run of at least three samples of one channel that are either all at or above 0.999 of full
    scale and each equal to the one before it (to half a step of 16 bits), or all beyond full scale on the same side,
    which only lossy files and floats can be. A clean tone that just reaches full scale passes through its crest
    without standing still, so it is not clipped; only below an eight-hundredth of its rate (55 Hz at 44.1 kHz) it may
    look so.

    **Silence** is told by hundredths of a second: their power, all channels together, each channel's mean taken off.

    Args:
        channels: of the recording.
        rate: Hz.

    """

    def __init__(self, channels: int, rate: int) -> None:
        self._rate = rate
        self._block = max(1, round(rate * BLOCK_SECONDS))
        self._rest = np.zeros((channels, 0), dtype=np.float32)
        self._crest = np.zeros((channels, 0), dtype=np.float32)
        self._sums: list[AnyArray] = []
        self._squares: list[AnyArray] = []
        self._frames = 0
        self._peak = 0.0
        self._clipped = 0
        self._alike = channels > 1

    def take(self, samples: FloatArray) -> None:
        """Take in the next samples ``(C, T)``, T at least 1."""
        self._frames += samples.shape[1]
        self._peak = max(self._peak, float(np.abs(samples).max()))
        self._count_clipped(samples)
        self._alike = self._alike and bool((samples == samples[:1]).all())
        joined = np.concatenate([self._rest, samples], axis=1)
        blocks_end = joined.shape[1] // self._block * self._block
        self._add(joined[:, :blocks_end].reshape(len(joined), -1, self._block))
        self._rest = joined[:, blocks_end:]

    def level(self) -> Level:
        """What was measured. ValueError when nothing was taken in."""
        if not self._frames:
            raise ValueError("a recording without samples has no level")
        if self._rest.shape[1]:
            self._add(self._rest[:, None, :])
        sums, squares = np.concatenate(self._sums, axis=1), np.concatenate(self._squares, axis=1)
        sizes = np.full(sums.shape[1], self._block)
        sizes[-1] = self._rest.shape[1] or self._block
        means = sums.sum(1) / self._frames
        centred = squares - 2 * means[:, None] * sums + sizes * means[:, None] ** 2
        power = np.maximum(centred, 0).mean(0) / sizes
        loud = np.flatnonzero(power > power.max() * 10 ** (QUIET_DB / 10))
        first, last = (int(loud[0]), int(loud[-1])) if len(loud) else (len(power), len(power) - 1)
        ends = np.cumsum(sizes)
        return Level(
            peak=self._peak,
            rms=math.sqrt(float(squares.sum()) / (self._frames * len(squares))),
            offset=float(means[np.abs(means).argmax()]),
            clipped=self._clipped,
            loudest=math.sqrt(float(power.max())),
            lead=(int(ends[first - 1]) if first else 0) / self._rate,
            tail=(self._frames - int(ends[last])) / self._rate if len(loud) else 0.0,
            alike=self._alike,
        )

    def _add(self, blocks: FloatArray) -> None:
        """Keep sum and square sum ``(C, B)`` of blocks ``(C, B, samples)``."""
        wide = blocks.astype(np.float64)
        self._sums.append(wide.sum(2))
        self._squares.append(np.square(wide).sum(2))

    def _count_clipped(self, samples: FloatArray) -> None:
        """Add the samples in crests; a run that began in the block before goes on in this one.

        Threes of samples are counted: a run of n has n - 2 of them, so it has two samples more than threes.
        """
        joined = np.concatenate([self._crest, samples], axis=1)
        known = max(0, self._crest.shape[1] - 2)
        self._crest = joined[:, -FLAT_SAMPLES:]
        if np.abs(joined).max(initial=0.0) < FULL_SCALE:
            return
        before, after = joined[:, :-1], joined[:, 1:]
        least = np.minimum(np.abs(before), np.abs(after))
        flat = (least >= FULL_SCALE) & (np.abs(after - before) <= STEP)
        linked = flat | ((least > 1) & (before * after > 0))
        threes = linked[:, :-1] & linked[:, 1:]
        starts = threes.copy()
        starts[:, 1:] &= ~threes[:, :-1]
        self._clipped += int(threes[:, known:].sum()) + (FLAT_SAMPLES - 1) * int(starts[:, known:].sum())
