"""Does a net know test items by heart? It is given them again, hardly changed."""

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from repro.data.prepared import Target
from repro.training.views import OPEN_PARTS

MORE = 5.0
"""Test items must change so many times as often as items that training sees."""

LEAST = 0.02
"""And so many of all test items more must change."""

Passes = Mapping[str, tuple[Mapping[str, Tensor], float, Any]]
"""``{part: ({label: (N, *sizes)}, penalty, state)}``."""


def recall(passes: Passes, nudged: Passes, labels: Mapping[str, Target]) -> dict[str, str]:
    """The finding ``{"state": "ok" | "failed", "text": ...}``.

    A net that has learnt something general hardly notices noise of -60 dB, on test items as little as on others. One
    that looks items up by their exact values falls on those alone. No label is needed to see it.

    Args:
        passes: outputs for rows of ``test`` and of a part that training sees.
        nudged: outputs for the same rows with a little noise.
        labels: of the experiment.

    """
    open_part = next(part for part in nudged if part in OPEN_PARTS)
    for label, target in labels.items():
        changes = [changed(passes[part][0][label], nudged[part][0][label], target) for part in ("test", open_part)]
        if falls_alone(*changes):
            test, other = (float(change.float().mean()) for change in changes)
            text = (
                f"{100 * test:.1f} % of the test items are predicted otherwise when their inputs change by noise of "
                f"-60 dB, and {100 * other:.1f} % of {open_part}: test items are known by heart"
            )
            return {"state": "failed", "text": text}
    return {
        "state": "ok",
        "text": f"noise of -60 dB changes predictions of test items as little as those of {open_part}",
    }


def falls_alone(test: Tensor, other: Tensor) -> bool:
    """Whether rows of test, bool ``(N,)``, change so much more often than those that training sees, bool ``(M,)``."""
    shares = [float(change.float().mean()) for change in (test, other)]
    error = math.sqrt(sum(p * (1 - p) / max(1, len(c)) for p, c in zip(shares, (test, other), strict=True)))
    return shares[0] > MORE * shares[1] and shares[0] - shares[1] > max(LEAST, 3 * error)


def changed(first: Tensor, other: Tensor, target: Target) -> Tensor:
    """Which rows are predicted otherwise, bool ``(N,)``: another class, or a tenth of the outputs' spread away."""
    if target.kind == "class" and first.ndim == 2:
        return first.argmax(1) != other.argmax(1)
    spread = max(float(first.float().std()), torch.finfo(torch.float32).tiny)
    return (
        (first - other).float().flatten(1).abs().mean(1) if first.ndim > 1 else (first - other).abs()
    ) > 0.1 * spread
