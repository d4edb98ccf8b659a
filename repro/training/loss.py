"""Losses by torch's own names, each given its target in the one form that it wants. Nothing is ever broadcast."""

import inspect
from enum import StrEnum
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from repro.data.prepared import Target
from repro.spec.part import Entry
from repro.spec.problem import Problem, SpecError
from repro.training.resolve import as_tensors, find_class, make, takes

_ON_INDICES = frozenset({"CrossEntropyLoss", "NLLLoss", "MultiMarginLoss"})
_ON_ONE_HOT = frozenset(
    {
        "BCELoss", "BCEWithLogitsLoss", "HuberLoss", "KLDivLoss", "L1Loss", "MSELoss",
        "MultiLabelSoftMarginLoss", "PoissonNLLLoss", "SmoothL1Loss",
    }
)  # fmt: skip
_ON_PROBABILITIES = _ON_ONE_HOT | {"CrossEntropyLoss"}
_TENSORS = frozenset({"weight", "pos_weight"})


class Form(StrEnum):
    """How a loss wants its target."""

    INDEX = "class index"
    ONE_HOT = "one-hot"
    VALUES = "numbers of the output's shape"
    OWN = "as own code takes it"


class ShapeOfTarget(ValueError):
    """Output and target do not fit; the message gives both shapes."""


def target_form(entry: Entry, target: Target) -> Form:
    """The form in which this loss takes this label's target.

    Raises:
        SpecError: a loss that cannot be used with this kind of label.

    """
    if entry.own:
        return Form.OWN
    if target.kind == "class":
        if entry.name in _ON_INDICES:
            return Form.INDEX
        if entry.name in _ON_ONE_HOT:
            return Form.ONE_HOT
        text = f"{entry.name} takes neither class indices nor one-hot targets, and {target.name!r} is a class"
        raise SpecError([Problem(entry.place, entry.name, text)])
    if entry.name in _ON_INDICES:
        text = f"{entry.name} is a loss for classes, and {target.name!r} is {_kind(target)}"
        raise SpecError([Problem(entry.place, entry.name, text)])
    return Form.VALUES


def check_mixable(entry: Entry, target: Target, mixup: Entry) -> None:
    """SpecError at Mixup's line where the loss of a class cannot take a mixture of classes."""
    if target.kind == "class" and entry.name not in _ON_PROBABILITIES:
        why = "is own code, of which nobody knows" if entry.own else "takes class indices"
        text = f"{entry.short} {why}, and Mixup makes probabilities of classes; take CrossEntropyLoss"
        raise SpecError([Problem(mixup.place, f"augment.{mixup.short}", text)])


class LabelLoss(nn.Module):
    """The loss of one label: ``forward(output, target) -> scalar``.

    ``target`` is what a batch holds: class indices ``(N,)`` (int64), or numbers. It is brought to the form that the
    loss wants; numbers of shape ``(N,)`` count as ``(N, 1)`` for an output of that shape, any other difference of
    shapes is an error. Mixtures of classes are probabilities ``(N, classes)``, as the output is.
    """

    def __init__(self, entry: Entry, target: Target, folder: Path) -> None:
        super().__init__()
        self.form = target_form(entry, target)
        self.classes = len(target.classes or ())
        cls = find_class(entry, "loss", folder)
        if not entry.own:
            entry = entry.model_copy(update={"args": as_tensors(entry.args, _TENSORS)})
        inferred = {"classes": self.classes, "label": target.name}
        self.loss: nn.Module = make(
            entry, cls, inferred={k: v for k, v in inferred.items() if entry.own and takes(cls, k)}
        )
        self.name = entry.short

    def forward(self, output: Tensor, target: Tensor) -> Tensor:
        """The loss of a batch, a scalar.

        Raises:
            ShapeOfTarget: shapes that do not fit, or a loss that is not one number.

        """
        loss: Tensor = self.loss(output, self.formed(output, target))
        if loss.ndim:
            raise ShapeOfTarget(f"{self.name} gives a loss of shape {tuple(loss.shape)}; one number is needed")
        return loss

    def formed(self, output: Tensor, target: Tensor) -> Tensor:
        """The target in the form that the loss wants, of the output's floating type."""
        if self.classes and target.is_floating_point() and self.form in (Form.INDEX, Form.ONE_HOT):
            if output.shape != target.shape:
                raise self._misfit(output, target, f"(N, {self.classes}) and (N, {self.classes})")
            return target.to(output.dtype)
        if self.form is Form.INDEX:
            if output.ndim < 2 or (output.shape[0], *output.shape[2:]) != tuple(target.shape):
                raise self._misfit(output, target, "(N, classes) and (N,)")
            return target
        if self.form is Form.ONE_HOT:
            if target.ndim != 1 or tuple(output.shape) != (target.shape[0], self.classes):
                raise self._misfit(output, target, f"(N, {self.classes}) and (N,)")
            return nn.functional.one_hot(target, self.classes).to(output.dtype)
        if self.form is Form.OWN and not target.is_floating_point():
            return target
        return as_output(target, output, self.name).to(output.dtype)

    def _misfit(self, output: Tensor, target: Tensor, wanted: str) -> ShapeOfTarget:
        return ShapeOfTarget(
            f"{self.name} needs output and target of shapes {wanted}; "
            f"they are {tuple(output.shape)} and {tuple(target.shape)}"
        )

    def item_losses(self, output: Tensor, target: Tensor) -> Tensor | None:
        """The loss of each item alone, ``(N,)``; None for a loss that has no ``reduction`` to turn off."""
        if "reduction" not in inspect.signature(type(self.loss)).parameters:
            return None
        kept = getattr(self.loss, "reduction", None)
        if kept != "mean":
            return None
        whole: Any = self.loss
        whole.reduction = "none"
        try:
            losses: Tensor = whole(output, self.formed(output, target))
        finally:
            whole.reduction = kept
        return losses.flatten(1).mean(1) if losses.ndim > 1 else losses


def as_output(target: Tensor, output: Tensor, name: str) -> Tensor:
    """Numbers in the output's shape: ``(N,)`` for ``(N, 1)`` and back; any other difference is an error."""
    if target.shape == output.shape:
        return target
    if target.ndim == 1 and tuple(output.shape) == (target.shape[0], 1):
        return target[:, None]
    if output.ndim == 1 and tuple(target.shape) == (output.shape[0], 1):
        return target[:, 0]
    raise ShapeOfTarget(
        f"{name}: output and target must have one shape; they are {tuple(output.shape)} and {tuple(target.shape)}"
    )


def probabilities(output: Tensor, loss: str) -> Tensor:
    """Class probabilities ``(N, K)`` from a net's output: the sigmoid after a loss on logits of one class at a time,
    the output itself after ``BCELoss``, the softmax after every other loss (log-probabilities come out the same).
    """
    if loss in ("BCEWithLogitsLoss", "MultiLabelSoftMarginLoss"):
        return torch.sigmoid(output)
    if loss in ("BCELoss", "probabilities"):
        return output
    return torch.softmax(output, dim=1)


def _kind(target: Target) -> str:
    return {"number": "a number", "many": "a set of classes"}.get(target.kind, f"of kind {target.kind}")
