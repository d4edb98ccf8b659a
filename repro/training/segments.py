"""Segments of one item put together: one prediction an item, from those of its segments."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import cast

import torch
from torch import LongTensor, Tensor

from repro.data.lazy_rows import Values
from repro.data.prepared import Part, Target
from repro.spec.experiment import Vote
from repro.spec.view_recipe import ViewRecipe
from repro.training.loss import probabilities

AT_ONCE = 2**22
"""Most values that are laid out at once while segments are put together."""

_ON_LOGITS = frozenset({"CrossEntropyLoss", "NLLLoss"})
_ON_SIGMOIDS = frozenset({"BCEWithLogitsLoss", "MultiLabelSoftMarginLoss"})
_ON_PROBABILITIES = frozenset({"BCELoss", "probabilities"})


class Segments:
    """Which rows of a part belong to one item.

    Args:
        items: the item of each row, int64 ``(M,)``, ascending; an item's number repeats where it has several segments.

    """

    def __init__(self, items: Tensor) -> None:
        self._rows = items
        changes = torch.ones_like(items, dtype=torch.bool)
        changes[1:] = items[1:] != items[:-1]
        self.starts = changes.nonzero()[:, 0]
        ends = torch.cat([self.starts[1:], self.starts.new_full((1,), len(items))])
        self.counts = ends - self.starts

    @property
    def several(self) -> bool:
        """Whether any item has more than one segment."""
        return len(self.starts) < len(self._rows)

    @property
    def items(self) -> Tensor:
        """Every item once, ``(n,)``, ascending."""
        return self._rows.index_select(0, self.starts)

    @property
    def numbers(self) -> Tensor:
        """The number of each row among its item's segments, from 0; ``(M,)``."""
        rows = torch.arange(len(self._rows), device=self._rows.device)
        return rows - self.starts.repeat_interleave(self.counts)

    @cached_property
    def longest(self) -> int:
        """The most segments that an item has."""
        return int(self.counts.max())

    def first(self, values: Values) -> Tensor:
        """What stands at each item's first segment: for what is the same at all of them."""
        return values.index_select(0, self.starts.to(values.device))

    def mean(self, values: Tensor) -> Tensor:
        """The mean over each item's segments: ``(M, *sizes)`` to ``(n, *sizes)``."""
        laid = self._each(values, 0.0, lambda some: some.sum(1))
        return laid / self.counts.to(values.device, values.dtype).view(-1, *(1 for _ in values.shape[1:]))

    def log_sum(self, values: Tensor) -> Tensor:
        """The logarithm of the sum of exponentials over each item's segments: ``(M, *sizes)`` to ``(n, *sizes)``."""
        return self._each(values, -torch.inf, lambda some: some.logsumexp(1))

    def _each(self, values: Tensor, nothing: float, take: Callable[[Tensor], Tensor]) -> Tensor:
        """``take`` of each item's rows, laid out side by side ``(some items, longest, values)`` and filled up."""
        flat = values.reshape(len(values), -1)
        starts, counts = self.starts.to(values.device), self.counts.to(values.device)
        out = flat.new_empty((len(starts), flat.shape[1]))
        place = torch.arange(self.longest, device=values.device)
        step = max(1, AT_ONCE // max(1, self.longest * flat.shape[1]))
        for begin in range(0, len(starts), step):
            present = place < counts[begin : begin + step, None]
            rows = torch.where(present, starts[begin : begin + step, None] + place, 0)
            laid = flat.index_select(0, rows.reshape(-1)).view(*rows.shape, -1)
            out[begin : begin + step] = take(laid.masked_fill(~present[..., None], nothing))
        return out.view(len(starts), *values.shape[1:])


def rows_of(part: Part, items: Tensor) -> Tensor:
    """The rows of a part's items at these positions among them, ascending; all segments of each."""
    segments = Segments(part.items)
    return torch.isin(part.items, segments.items.index_select(0, items)).nonzero()[:, 0]


def votes(view: ViewRecipe, labels: Mapping[str, Target]) -> bool:
    """Whether a view puts segments together: not where it says ``vote: none``, or gives back the segments' inputs."""
    return view.vote != "none" and all(label.kind != "input" for label in labels.values())


def as_seen(part: Part, view: ViewRecipe, labels: Mapping[str, Target]) -> Part:
    """What a view sees of a part, without inputs: each item once, with its own targets; or each segment."""
    segments = Segments(part.items)
    if not segments.several or not votes(view, labels):
        return replace(part, inputs={})
    targets = {name: segments.first(values) for name, values in part.targets.items()}
    return Part(inputs={}, targets=targets, items=cast(LongTensor, segments.items))


def combine_segments(output: Tensor, segments: Segments, *, label: Target, loss: str, vote: Vote) -> Tensor:
    """One output an item, ``(n, *sizes)``, from those of its segments, ``(M, *sizes)``.

    ``mean``: for classes the mean of the segments' probabilities, in the form in which the loss takes them (as
    logarithms for CrossEntropyLoss and NLLLoss, as logits for a loss on sigmoids), so that the same loss and metrics
    apply; for numbers, and for classes under any other loss, the mean of the outputs. ``majority``: the share of the
    segments whose largest output is the class, the mean probability counting as one vote more: it decides where
    classes have as many votes, and no class is ever certain not to be it.

    Args:
        output: what the net, or the estimator (loss ``probabilities``), gave for each segment.
        segments: which rows are of one item.
        label: what is predicted.
        loss: the name of the loss that takes the outputs.
        vote: ``mean`` or ``majority``.

    """
    classes = label.kind in ("class", "many")
    if vote == "majority" and label.kind == "class":
        return _as_output(_shares(output, segments, loss), loss)
    if label.kind == "class" and loss in _ON_LOGITS:
        logarithms = torch.log_softmax(output, dim=1)
        counts = segments.counts.to(output.device, output.dtype).log()
        return segments.log_sum(logarithms) - counts.view(-1, *(1 for _ in output.shape[1:]))
    if classes and loss in _ON_SIGMOIDS:
        return _as_output(segments.mean(torch.sigmoid(output)), loss)
    return segments.mean(output)


def _shares(output: Tensor, segments: Segments, loss: str) -> Tensor:
    votes = torch.nn.functional.one_hot(output.argmax(1), output.shape[1]).to(output.dtype)
    chances = probabilities(output, loss)
    counts = segments.counts.to(output.device, output.dtype)[:, None]
    return (segments.mean(votes) * counts + segments.mean(chances)) / (counts + 1)


def _as_output(chances: Tensor, loss: str) -> Tensor:
    """Probabilities in the form in which the loss takes them."""
    tiny = torch.finfo(chances.dtype).tiny
    if loss in _ON_SIGMOIDS:
        return torch.logit(chances, eps=torch.finfo(chances.dtype).eps)
    return chances.clamp_min(tiny).log() if loss in _ON_LOGITS else chances
