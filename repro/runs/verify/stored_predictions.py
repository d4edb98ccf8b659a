"""The kept predictions of one view, held against the data set's own items and labels."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from repro.data.lazy_rows import materialize
from repro.data.prepared import Data, Part, Target
from repro.spec.experiment import Splits
from repro.spec.tied_by import tied_by
from repro.spec.view_recipe import ViewRecipe
from repro.training.metric import in_own_unit
from repro.training.segments import Segments
from repro.training.view_items import groups_of, tied_of

Arrays = dict[str, np.ndarray[Any, Any]]


@dataclass(frozen=True, eq=False)
class StoredPredictions:
    """What a run kept of one label and view, in the order of the part's items.

    ``predicted`` is as the file holds it: scores float ``(N, ...)``, classes int64 ``(N,)`` where ``is_class``, or
    numbers in the label's own unit. ``item_loss`` is ``(N,)``, None where the file has none.
    """

    predicted: Tensor
    is_class: bool
    item_loss: Tensor | None


def read_stored(arrays: Arrays, part: Part, label: Target) -> tuple[StoredPredictions | None, list[str]]:
    """The kept arrays in the part's order, and what is wrong with them; None where they cannot be used.

    ``items`` must be the part's items, each once; with ``segments``, each segment of them once. ``target`` must be the
    data set's own labels of these items.
    """
    missing = [name for name in ("items", "target", "predicted") if name not in arrays]
    if missing:
        return None, [f"the predictions lack {', '.join(missing)}"]
    lengths = {len(array) if array.ndim else -1 for array in arrays.values()}
    items = arrays["items"]
    if lengths != {len(items)} or items.dtype.kind != "i" or items.ndim != 1:
        return None, ["the predictions' arrays are not of one length"]
    items, own = _numbered(items, arrays.get("segments"), part)
    wrong = _wrong_items(items, own)
    if wrong:
        return None, wrong
    order = torch.from_numpy(np.argsort(items, kind="stable").astype(np.int64))
    place = torch.from_numpy(np.argsort(np.argsort(own, kind="stable"), kind="stable"))
    order = order[place]
    wrong = _wrong_targets(torch.from_numpy(arrays["target"])[order], materialize(part.targets[label.name]), label)
    stored, unusable = _predicted(arrays, order, label)
    return stored, wrong + unusable


def wrong_groups(arrays: Arrays | None, viewing: ViewRecipe, data: Data, part: Part, view: str) -> list[str]:
    """Whether the kept groups of a view's items are those of the data set's column."""
    own = groups_of(viewing, data, part.items)
    if own is None:
        return []
    if arrays is None or "groups" not in arrays or "items" not in arrays:
        return [f"{view}: the groups of the items were not kept"]
    if not np.array_equal(arrays["items"], part.items.numpy()) or not np.array_equal(arrays["groups"], own):
        return [f"{view}: the kept groups are not those of column {viewing.mean_over!r}"]
    return []


def wrong_ties(arrays: Arrays, viewing: ViewRecipe, splits: Splits, data: Data, view: str) -> list[str]:
    """Whether what the splits keep together is kept as the data set has it; ``items`` must be the part's."""
    own = tied_of(viewing, splits, data, torch.from_numpy(arrays["items"]))
    groups = arrays.get("group")
    if (own is None) != (groups is None):
        return [f"{view}: the group of each item was {'not ' if groups is None else ''}kept"]
    if own is None or groups is None or np.array_equal(own, groups):
        return []
    return [f"{view}: the kept group of each item is not that of column {tied_by(splits)!r}"]


def _numbered(
    items: np.ndarray[Any, Any], segments: np.ndarray[Any, Any] | None, part: Part
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """A number for each thing that is predicted, as kept and as the part has it: its item's, or its segment's."""
    own = part.items.numpy()
    numbers = Segments(part.items).numbers.numpy()
    if segments is None:
        return items, own
    most = int(max(segments.max(initial=0), numbers.max(initial=0))) + 1
    return items * most + segments, own * most + numbers


def _wrong_items(items: np.ndarray[Any, Any], own: np.ndarray[Any, Any]) -> list[str]:
    repeated = len(items) - len(np.unique(items))
    if repeated:
        return [f"{repeated} of the predicted items stand there more than once"]
    strange = len(np.setdiff1d(items, own))
    if strange:
        return [f"{strange} of the predicted items are not in this part of the split"]
    if len(items) != len(own):
        return [f"{len(own) - len(items)} of {len(own)} items have no prediction"]
    return []


def _wrong_targets(stored: Tensor, own: Tensor, label: Target) -> list[str]:
    if label.kind != "class":
        truth = in_own_unit(own, own, label)[1]
        if stored.shape != truth.shape:
            return [f"targets have shape {tuple(stored.shape)}, the data set's {tuple(truth.shape)}"]
        scale = float(truth.abs().max()) if truth.numel() else 1.0
        other = ~torch.isclose(stored.double(), truth.double(), rtol=1e-5, atol=1e-6 * scale)
    elif stored.shape != own.shape:
        return [f"targets have shape {tuple(stored.shape)}, the data set's {tuple(own.shape)}"]
    else:
        other = stored.long() != own
    rows = other.reshape(len(other), -1).any(1) if len(other) else other
    count = int(rows.sum())
    return [f"{count} of {len(own)} kept targets are not the data set's own labels"] if count else []


def _predicted(arrays: Arrays, order: Tensor, label: Target) -> tuple[StoredPredictions | None, list[str]]:
    classes = len(label.classes or ())
    raw = arrays["predicted"]
    is_class = label.kind == "class" and raw.ndim == 1
    if is_class and (raw.dtype.kind not in "ui" or (len(raw) and int(raw.max()) >= classes) or raw.min(initial=0) < 0):
        return None, [f"predicted classes are not among the {classes} classes"]
    if not is_class and raw.dtype.kind != "f":
        return None, ["predicted scores are no floating-point numbers"]
    if label.kind == "class" and not is_class and raw.shape[1] != classes:
        return None, [f"predicted scores are of {raw.shape[1]} classes, there are {classes}"]
    if raw.dtype.kind == "f" and np.isnan(raw).any():
        return None, ["predictions hold what is no number"]
    predicted = torch.from_numpy(raw.astype(np.int64) if is_class else raw.astype(np.float32))[order]
    losses = arrays.get("item_loss")
    return StoredPredictions(predicted, is_class, None if losses is None else torch.from_numpy(losses)[order]), []
