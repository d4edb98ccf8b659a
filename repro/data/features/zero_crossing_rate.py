"""ZeroCrossingRate: how often a signal changes its sign, frame by frame."""

from torch import Generator, Tensor

from repro.data.features.feature import Feature, FeatureError, need_signal
from repro.spec.shape import Shape


class ZeroCrossingRate(Feature):
    """Changes of sign between neighbouring samples of a frame, as a share of its samples. 0 counts as positive.

    Frames that fit in whole are taken; nothing is padded.

    Args:
        frame_samples: length of a frame.
        hop_samples: from one frame to the next; the frame's length by default.

    """

    def __init__(self, frame_samples: int, hop_samples: int | None = None) -> None:
        self.frame = frame_samples
        self.hop = frame_samples if hop_samples is None else hop_samples
        if self.frame < 2 or self.hop < 1:
            raise FeatureError(
                f"ZeroCrossingRate: frame_samples is {self.frame} and hop_samples {self.hop}; "
                "expected at least 2 and at least 1"
            )

    def shape(self, shape: Shape) -> Shape:
        """``C x T -> C x F 1 x frames``."""
        need_signal("ZeroCrossingRate", shape)
        if shape.size("T") < self.frame:
            raise FeatureError(f"ZeroCrossingRate: a frame of {self.frame} samples does not fit into {shape}")
        return Shape.of("C F T", shape.size("C"), 1, 1 + (shape.size("T") - self.frame) // self.hop)

    def __call__(self, batch: Tensor, generator: Generator | None = None) -> Tensor:
        """``(N, C, T) -> (N, C, 1, frames)``."""
        negative = batch < 0
        changes = (negative[:, :, 1:] != negative[:, :, :-1]).float()
        return (changes.unfold(2, self.frame - 1, self.hop).sum(3) / self.frame).unsqueeze(2)
