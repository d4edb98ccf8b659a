"""WindowedSinc: torchaudio's resampling in memory that does not grow with the rates."""

import inspect
import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

MOST_WEIGHTS = 2**22
"""Weights of a kernel, 16 MB, from which on torchaudio's own way is not taken: making one takes ten times as much."""

_AT_ONCE = 2**20  # products of a sample and a weight that are held together


class WindowedSinc(nn.Module):
    """Resamples ``(*, T)`` to ``(*, ceil(T * new / old))`` by the filter of ``torchaudio.transforms.Resample``.

    torchaudio keeps a filter for each of the ``new / gcd`` phases, nearly all of it zeros: two rates without a common
    divisor take gigabytes. Here only the weights that are not zero are computed, for a stretch of samples at a time.
    Both agree to rounding. A window is sinc_interp_hann or sinc_interp_kaiser; sums are taken in float64 where the
    device has it.

    Args:
        old: rate of what comes in, Hz, a whole number.
        new: rate of what comes out, Hz.
        lowpass_filter_width: zero crossings of the filter on either side.
        rolloff: where the filter cuts off, as a share of half the lower rate.
        resampling_method: the window.
        beta: of the Kaiser window.

    """

    def __init__(
        self,
        old: int,
        new: int,
        lowpass_filter_width: int = 6,
        rolloff: float = 0.99,
        resampling_method: str = "sinc_interp_hann",
        beta: float | None = None,
    ) -> None:
        super().__init__()
        common = math.gcd(old, new)
        self._old, self._new = old // common, new // common
        self._crossings = lowpass_filter_width
        self._scale = min(self._old, self._new) * rolloff / self._old
        self._reach = math.ceil(lowpass_filter_width / self._scale)
        self._beta = None if resampling_method == "sinc_interp_hann" else 14.769656459379492 if beta is None else beta

    def forward(self, waveform: Tensor) -> Tensor:
        """``(*, T)`` to ``(*, ceil(T * new / old))``."""
        rows = waveform.reshape(-1, waveform.shape[-1])
        size = -(-rows.shape[1] * self._new // self._old)
        wide = torch.float32 if rows.device.type == "mps" else torch.float64
        taps = torch.arange(-self._reach, self._reach + 2, device=rows.device)
        padded = nn.functional.pad(rows, (self._reach, self._reach + 2))
        output = rows.new_empty(len(rows), size)
        stretch = max(1, _AT_ONCE // (len(taps) * max(1, len(rows))))
        for start in range(0, size, stretch):
            places = torch.arange(start, min(size, start + stretch), device=rows.device) * self._old
            indices = places.div(self._new, rounding_mode="floor")
            weights = self._weights(taps, (places - indices * self._new).to(wide) / self._new)  # (stretch, taps)
            around = padded[:, indices.unsqueeze(1) + taps + self._reach]  # (rows, stretch, taps)
            output[:, start : start + stretch] = (around * weights).sum(2)
        return output.view(*waveform.shape[:-1], size)

    def _weights(self, taps: Tensor, fractions: Tensor) -> Tensor:
        """Weights of the samples at ``taps`` for places that lie ``fractions`` behind tap 0."""
        at = ((taps - fractions.unsqueeze(1)) * self._scale).clamp(-self._crossings, self._crossings)
        share = at / self._crossings
        if self._beta is None:
            window = torch.cos(share * (math.pi / 2)).square()
        else:
            beta = torch.tensor(self._beta, dtype=at.dtype, device=at.device)
            window = torch.i0(beta * (1 - share.square()).clamp(min=0).sqrt()) / torch.i0(beta)
        return torch.sinc(at) * window * self._scale


def weights_of(old: int, new: int, lowpass_filter_width: int = 6, rolloff: float = 0.99) -> int:
    """How many weights torchaudio's kernel for two rates has.

    >>> weights_of(44100, 16000), weights_of(11127, 8000)
    (76000, 89160000)
    """
    common = math.gcd(old, new)
    old, new = old // common, new // common
    return new * (2 * math.ceil(lowpass_filter_width * old / (min(old, new) * rolloff)) + old)


def resampler(cls: type[nn.Module], args: Mapping[str, Any]) -> nn.Module:
    """``torchaudio.transforms.Resample(**args)``, or what does the same where its kernel would be too large.

    Args:
        cls: torchaudio's class.
        args: its arguments, ``orig_freq`` and ``new_freq`` among them.

    Raises:
        ValueError: arguments that torchaudio refuses.

    """
    bound = inspect.signature(cls).bind(**args)
    bound.apply_defaults()
    arguments = {name: value for name, value in bound.arguments.items() if name != "dtype"}
    old, new = int(arguments.pop("orig_freq")), int(arguments.pop("new_freq"))
    shape = {name: arguments[name] for name in ("lowpass_filter_width", "rolloff")}
    if min(old, new, shape["lowpass_filter_width"]) < 1 or weights_of(old, new, **shape) <= MOST_WEIGHTS:
        return cls(**args)
    cls(**{**args, "orig_freq": 2, "new_freq": 3})  # refuses what it refuses
    return WindowedSinc(old, new, **arguments)
