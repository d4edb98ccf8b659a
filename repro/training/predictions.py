"""Which part of a net's outputs is kept for every test item, so that every metric can be worked out again."""

from collections.abc import Iterable

import numpy as np
from torch import Tensor

from repro.data.prepared import Target
from repro.training.loss import LabelLoss
from repro.training.metric import LabelMetric, in_own_unit
from repro.training.outcome import Predictions

FULL_VALUES = 50_000
"""Up to so many output values a view they are kept whole: 200 KB as float32."""


def keep(
    items: Tensor,
    output: Tensor,
    target: Tensor,
    *,
    label: Target,
    metrics: Iterable[LabelMetric],
    loss: LabelLoss | None,
    segments: Tensor | None = None,
    groups: np.ndarray | None = None,
    tied: np.ndarray | None = None,
    complete: bool = True,
) -> Predictions:
    """What is kept of ``output`` (N, *sizes) for the items numbered ``items`` (N,); see :class:`Predictions`.

    ``segments`` (N,) numbers what is predicted of one item, ``groups`` (N,) is the group of each that a view takes
    means over; without ``complete`` these are all that is kept. ``tied`` (N,) is what the splits keep together.
    """
    numbers = {"items": items.cpu().numpy().astype(np.int64)}
    if segments is not None:
        numbers["segments"] = segments.cpu().numpy().astype(np.int32)
    if groups is not None:
        numbers["groups"] = groups.astype(np.int32)
    if not complete:
        return Predictions(numbers)
    if tied is not None:
        numbers["group"] = tied
    if label.kind != "class":
        values, truth = in_own_unit(output, target, label)
        return Predictions({**numbers, "target": _float32(truth), "predicted": _float32(values)})
    numbers["target"] = _indices(target, len(label.classes or ()))
    if output.ndim == 2 and output.numel() > FULL_VALUES and all(m.on_class for m in metrics):
        losses = loss.each(output, target) if loss is not None else None
        if loss is None or losses is not None:
            arrays = {"predicted": _indices(output.argmax(1), output.shape[1])}
            return Predictions({**numbers, **arrays, **({} if losses is None else {"item_loss": _float32(losses)})})
    return Predictions({**numbers, "predicted": _float32(output)})


def _indices(predicted: Tensor, classes: int) -> np.ndarray:
    return predicted.cpu().numpy().astype(np.uint8 if classes <= 256 else np.uint16)


def _float32(values: Tensor) -> np.ndarray:
    return values.detach().float().cpu().numpy()
