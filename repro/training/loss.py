"""Losses by torch's own names, each given its target in the one form that it wants. Nothing is ever broadcast."""

import inspect
import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from repro.data.prepared import Target
from repro.spec.builtin_components import BALANCED, CLASS_WEIGHTS
from repro.spec.check_loss import wrong_number
from repro.spec.part import Entry
from repro.spec.problem import Problem, SpecError
from repro.training.class_lookup import as_tensors, find_class, make, takes

_ON_INDICES = frozenset({"CrossEntropyLoss", "NLLLoss", "MultiMarginLoss"})
_ON_ONE_HOT = frozenset(
    {
        "BCELoss", "BCEWithLogitsLoss", "HuberLoss", "KLDivLoss", "L1Loss", "MSELoss",
        "MultiLabelSoftMarginLoss", "PoissonNLLLoss", "SmoothL1Loss",
    }
)  # fmt: skip
_ON_PROBABILITIES = _ON_ONE_HOT | {"CrossEntropyLoss"}


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


class OwnLoss(Protocol):
    """A loss of own code that another process holds."""

    def loss(self, output: Tensor, target: Tensor) -> Tensor:
        """The loss of a batch, a scalar."""

    def each(self, output: Tensor, target: Tensor) -> Tensor | None:
        """See :meth:`LabelLoss.each`."""


class LabelLoss(nn.Module):
    """The loss of one label: ``forward(output, target) -> scalar``.

    ``target`` is what a batch holds: class indices ``(N,)`` (int64), or numbers. It is brought to the form that the
    loss wants; numbers of shape ``(N,)`` count as ``(N, 1)`` for an output of that shape, any other difference of
    shapes is an error. Mixtures of classes are probabilities ``(N, classes)``, as the output is.
    """

    def __init__(self, entry: Entry, target: Target, folder: Path, own: "OwnLoss | None" = None) -> None:
        super().__init__()
        self.form = target_form(entry, target)
        self.classes = len(target.classes or ())
        self.name = entry.short
        self.elsewhere = own if entry.own else None
        if self.elsewhere is not None:
            return
        cls = find_class(entry, "loss", folder)
        if not entry.own:
            entry = entry.model_copy(update={"args": as_tensors(_weighted(entry, target), CLASS_WEIGHTS)})
        inferred = {"classes": self.classes, "label": target.name}
        self.loss: nn.Module = make(
            entry, cls, inferred={k: v for k, v in inferred.items() if entry.own and takes(cls, k)}
        )
        if not entry.own:
            self._try(entry, target)

    def forward(self, output: Tensor, target: Tensor) -> Tensor:
        """The loss of a batch, a scalar.

        Raises:
            ShapeOfTarget: shapes that do not fit, or a loss that is not one number.

        """
        if self.elsewhere is not None:
            return self.elsewhere.loss(output, target)
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

    def _misfit(self, output: Tensor, target: Tensor, expected: str) -> ShapeOfTarget:
        return ShapeOfTarget(
            f"{self.name} needs output and target of shapes {expected}; "
            f"they are {tuple(output.shape)} and {tuple(target.shape)}"
        )

    def _try(self, entry: Entry, target: Target) -> None:
        """Take the loss of three made items, so that what torch refuses only when it is called is said now."""
        if self.classes:
            output, truth = torch.full((3, self.classes), 0.5), torch.arange(3) % self.classes
        elif target.kind in ("number", "array"):
            output = torch.full((3, *target.sizes), 0.5)
            truth = output
        else:
            return  # classes that are known with the data, or an input's own shape
        try:
            with torch.no_grad():
                self(output, truth)
        except (RuntimeError, ValueError, TypeError, IndexError) as error:
            raise _problem(entry, f"{entry.name}: {' '.join(str(error).split())}") from error

    def each(self, output: Tensor, target: Tensor) -> Tensor | None:
        """The loss of each item alone, ``(N,)``; None where the mean of these is not the loss of the whole (weighted
        classes, own sums).
        """
        if self.elsewhere is not None:
            return self.elsewhere.each(output, target)
        losses = self.item_losses(output, target)
        if losses is None:
            losses = self._one_by_one(output, target)
        total = self(output, target)
        same = torch.allclose(losses.double().cpu().mean(), total.double().cpu(), rtol=1e-5, atol=1e-7)
        return losses if same else None

    def _one_by_one(self, output: Tensor, target: Tensor) -> Tensor:
        """The loss of each item as a batch of one: all at once where own code allows it, else one after the other."""

        def of_one(one_output: Tensor, one_target: Tensor) -> Tensor:
            loss: Tensor = self(one_output[None], one_target[None])
            return loss

        try:
            together: Tensor = torch.vmap(of_one)(output, target)
        except (RuntimeError, TypeError, ValueError):
            return torch.stack([of_one(o, t) for o, t in zip(output, target, strict=True)])
        return together

    def item_losses(self, output: Tensor, target: Tensor) -> Tensor | None:
        """The loss of each item alone, ``(N,)``; None for a loss that has no ``reduction`` to turn off."""
        if "reduction" not in inspect.signature(type(self.loss)).parameters:
            return None
        reduction = getattr(self.loss, "reduction", None)
        if reduction != "mean":
            return None
        criterion: Any = self.loss
        criterion.reduction = "none"
        try:
            losses: Tensor = criterion(output, self.formed(output, target))
        finally:
            criterion.reduction = reduction
        return losses.flatten(1).mean(1) if losses.ndim > 1 else losses


def _weighted(entry: Entry, target: Target) -> dict[str, Any]:
    """The arguments with ``balanced`` weights worked out; where classes are known, as many weights as classes.

    ``weight`` is N / (K * n) for a class of n of the N training items, K being the number of classes (scikit-learn's
    "balanced"); ``pos_weight`` is (N - n) / n. A class without a training item gets 0.

    Raises:
        SpecError: at the argument, where there are more or fewer weights than classes, or no classes at all.

    """
    args = dict(entry.args)
    for name in CLASS_WEIGHTS & args.keys():
        value = args[name]
        if value == BALANCED and target.kind != "class":
            raise _problem(entry, f"balanced is of classes, and {target.name!r} is {_kind(target)}", name)
        if value == BALANCED:
            args[name] = _balanced(name, target)
        elif target.classes is not None and value is not None:
            number = len(value) if isinstance(value, tuple | list) else 1
            if number != len(target.classes):
                raise _problem(entry, wrong_number(number, target.classes, name), name)
    return args


def _balanced(name: str, target: Target) -> tuple[float, ...] | None:
    """The weights that the training items give; equal ones as long as they are not counted, none without classes."""
    counts = target.counts if target.counts and any(target.counts) else (1,) * len(target.classes or ())
    items, classes = sum(counts), len(counts)
    if name == "pos_weight":
        return tuple((items - n) / n if n else 0.0 for n in counts) or None
    return tuple(items / (classes * n) if n else 0.0 for n in counts) or None


def _problem(entry: Entry, text: str, argument: str | None = None) -> SpecError:
    named = argument or next((name for name in entry.places if re.search(rf"\b{name}\b", text)), None)
    key = f"loss.{entry.short}.{named}" if named else f"loss.{entry.short}"
    return SpecError([Problem(entry.places.get(named, entry.place) if named else entry.place, key, text)])


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


def weighed_sum(
    weighed: Iterable[tuple[str, float, LabelLoss]], outputs: Mapping[str, Tensor], targets: Mapping[str, Tensor]
) -> Tensor:
    """The sum over labels, given as ``(label, weight, loss)``, of each one's loss times its weight, a scalar."""
    total: Tensor | None = None
    for label, weight, loss in weighed:
        part = loss.forward(outputs[label], targets[label])
        part = part if weight == 1.0 else weight * part
        total = part if total is None else total + part
    assert total is not None
    return total
