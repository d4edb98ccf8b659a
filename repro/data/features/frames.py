"""Frames: a spectrogram cut into stretches of so many frames, each a row of its own."""

import torch
from torch import Generator

from repro.data.features.feature import Feature, FeatureError, need_spectrogram
from repro.data.features.signals import Signals
from repro.spec.shape import Shape


class Frames(Feature):
    """Cut each spectrogram into segments of ``frames`` that begin every ``hop_frames``.

    Those that fit in whole are kept; what is left behind the last is not.

    Args:
        frames: length of a segment.
        hop_frames: from one start to the next; ``frames`` by default, so that none overlap.

    """

    cuts = True

    def __init__(self, frames: int, hop_frames: int | None = None) -> None:
        self.frames = frames
        self.hop = frames if hop_frames is None else hop_frames
        if self.frames < 1 or self.hop < 1:
            raise FeatureError(f"Frames: frames is {self.frames} and hop_frames {self.hop}; expected 1 or more")

    def shape(self, shape: Shape) -> Shape:
        """``C x F x T -> C x F x frames``."""
        need_spectrogram("Frames", shape)
        if shape.size("T") < self.frames:
            raise FeatureError(f"Frames: {self.frames} frames don't fit into {shape}")
        return Shape.of("C F T", shape.size("C"), shape.size("F"), self.frames)

    def on(self, signals: Signals, generator: Generator | None = None) -> Signals:
        """``(M, C, F, T) -> (segments of all, C, F, frames)``."""
        segments = signals.values.unfold(3, self.frames, self.hop).permute(0, 3, 1, 2, 4)  # (M, segments, C, F, frames)
        counts = torch.full((len(signals),), segments.shape[1], dtype=torch.int64, device=segments.device)
        return signals.cut_into(segments.flatten(0, 1), counts)

    def __call__(self, batch: torch.Tensor, generator: Generator | None = None) -> torch.Tensor:
        """``(N, C, F, T) -> (segments of all, C, F, frames)``."""
        return self.on(Signals(batch)).values
