"""TimeMasking and FrequencyMasking: a stretch of a spectrogram wiped out, another one in each item."""

import torch
from torch import Generator, Tensor

from repro.data.features.feature import Feature, FeatureError, need_generator, need_spectrogram
from repro.spec.shape import Shape


class _Masking(Feature):
    random = True
    _axis = ""

    def __init__(self, most: int, key: str, p: float = 1.0) -> None:
        if most < 1:
            raise FeatureError(f"{type(self).__name__}: {key} is {most}; expected 1 or more")
        if not 0 < p <= 1:
            raise FeatureError(f"{type(self).__name__}: p is {p}; expected more than 0 and at most 1")
        self._most, self._p = most, p

    def shape(self, shape: Shape) -> Shape:
        """Unchanged."""
        need_spectrogram(type(self).__name__, shape)
        return shape

    def __call__(self, batch: Tensor, generator: Generator | None = None) -> Tensor:
        """``(N, C, F, T) -> (N, C, F, T)``."""
        size = batch.shape[2 if self._axis == "F" else 3]
        most = min(self._most, int(size * self._p))
        draw = torch.rand(
            (2, len(batch), 1), generator=need_generator(type(self).__name__, generator), device=batch.device
        )
        width = (draw[0] * most).long()
        start = (draw[1] * (size - width + 1)).long().minimum(size - width)
        at = torch.arange(size, device=batch.device)
        wiped = (at >= start) & (at < start + width)  # (N, size)
        wide = wiped.view(-1, 1, size, 1) if self._axis == "F" else wiped.view(-1, 1, 1, size)
        return batch.masked_fill(wide, 0.0)


class TimeMasking(_Masking):
    """Set a stretch of frames to 0, over all bands and channels; its width and place are drawn for each item.

    Args:
        time_mask_param: the width is drawn evenly from 0 up to, and not including, so many frames.
        p: largest share of the frames that may be wiped out.

    """

    _axis = "T"

    def __init__(self, time_mask_param: int, p: float = 1.0) -> None:
        super().__init__(time_mask_param, "time_mask_param", p)


class FrequencyMasking(_Masking):
    """Set a stretch of bands to 0, over all frames and channels; its width and place are drawn for each item.

    Args:
        freq_mask_param: the width is drawn evenly from 0 up to, and not including, so many bands.

    """

    _axis = "F"

    def __init__(self, freq_mask_param: int) -> None:
        super().__init__(freq_mask_param, "freq_mask_param")
