"""Accuracy and error rate by counting: exact for any number of items, and cheap enough to take at every step."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn


class Accuracy(nn.Module):
    """The share of items whose predicted class is the true one ("micro": every item counts alike), from 0 to 1.

    The same number as ``torchmetrics.Accuracy(average="micro")``, but the items are counted as whole numbers, where
    torchmetrics divides in float32.

    Shape:
        predicted and target: ``(N,)`` class indices.
    """

    wrong = False

    def __init__(self) -> None:
        super().__init__()
        self.reset()

    def reset(self) -> None:
        """Forget all items."""
        self._right: list[Tensor] = []
        self._items = 0

    def update(self, predicted: Tensor, target: Tensor) -> None:
        """Count further items. Nothing leaves the device."""
        self._right.append((predicted == target).sum())
        self._items += target.numel()

    def kept_state(self) -> dict[str, Any]:
        """What was counted so far, for a checkpoint."""
        return {"right": int(torch.stack(self._right).sum()) if self._right else 0, "items": self._items}

    def put_back(self, state: Mapping[str, Any]) -> None:
        """Go on counting from there."""
        self._right = [torch.tensor(state["right"])] if state["items"] else []
        self._items = int(state["items"])

    def compute(self) -> float:
        """The share, nan without items."""
        if not self._items:
            return float("nan")
        right = int(torch.stack(self._right).sum())
        return ((self._items - right) if self.wrong else right) / self._items


class ErrorRate(Accuracy):
    """The share of items whose predicted class is not the true one, from 0 to 1; shown in percent."""

    wrong = True
