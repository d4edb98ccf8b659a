"""Multi-head attention of a sequence on itself."""

from torch import Tensor, nn


class SelfAttention(nn.MultiheadAttention):
    """torch's MultiheadAttention with the same sequence as query, key and value; the weights are not given."""

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        """In and out ``(N, T, F)``."""
        attended: Tensor = super().forward(x, x, x, need_weights=False)[0]
        return attended
