"""Recurrent layers that hand on the whole sequence and nothing else, so that a layer can follow them."""

from typing import Any

from torch import Tensor, nn


class RNN(nn.RNN):
    """torch's RNN, giving the sequence alone."""

    def forward(self, input: Tensor, hx: Any = None) -> Tensor:  # type: ignore[override]
        """In ``(N, T, F)``, out ``(N, T, H * directions)``."""
        sequence: Tensor = super().forward(input, hx)[0]
        return sequence


class GRU(nn.GRU):
    """torch's GRU, giving the sequence alone."""

    def forward(self, input: Tensor, hx: Any = None) -> Tensor:  # type: ignore[override]
        """In ``(N, T, F)``, out ``(N, T, H * directions)``."""
        sequence: Tensor = super().forward(input, hx)[0]
        return sequence


class LSTM(nn.LSTM):
    """torch's LSTM, giving the sequence alone."""

    def forward(self, input: Tensor, hx: Any = None) -> Tensor:  # type: ignore[override]
        """In ``(N, T, F)``, out ``(N, T, H * directions)``, with ``proj_size`` for H where it is given."""
        sequence: Tensor = super().forward(input, hx)[0]
        return sequence
