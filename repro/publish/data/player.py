"""Sounds in a page: short ones as WAV in data: URIs, as many as fit into so many bytes."""

import base64
import io
import wave
from collections.abc import Sequence

import numpy as np

from repro.data.audio.decode import FloatArray

SECONDS = 5.0
"""Of a longer recording only the beginning is to be heard."""

MOST_BYTES = 8_000_000
"""Of all sounds of a page together, as text: a page can still be sent by mail."""


def wav_uri(samples: FloatArray, rate: int) -> str:
    """Samples ``(C, T)`` as one channel of 16 bits at their own rate; what lies beyond full scale is clipped."""
    out = io.BytesIO()
    pcm = np.round(np.clip(samples.mean(0), -1, 1) * 32767).astype("<i2")
    with wave.Wave_write(out) as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm.tobytes())
    return f"data:audio/wav;base64,{base64.b64encode(out.getvalue()).decode()}"


def uri_bytes(seconds: float, rate: int) -> int:
    """How long the URI of a sound will be."""
    return -(-(44 + 2 * round(min(seconds, SECONDS) * rate)) // 3) * 4 + 22


def heard(rows: Sequence[Sequence[int]], sizes: dict[int, int], most: int = MOST_BYTES) -> set[tuple[int, int]]:
    """Which of the figures get a player: (list, place in it), the lists' first ones before any second one.

    Args:
        rows: the figures' rows, a list for each group of figures.
        sizes: bytes of each row's sound.
        most: bytes that there are for all.

    """
    chosen: set[tuple[int, int]] = set()
    for turn in range(max(map(len, rows), default=0)):
        for number, some in enumerate(rows):
            if turn < len(some) and sizes[some[turn]] <= most:
                most -= sizes[some[turn]]
                chosen.add((number, turn))
    return chosen
