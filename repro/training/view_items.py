"""Which items of a view its metrics are taken on: all, some, or one group after the other."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from repro.data.prepared import Data
from repro.spec.experiment import Splits
from repro.spec.tied_by import tied_by
from repro.spec.view_recipe import ViewRecipe
from repro.training.metric import Taken
from repro.training.outcome import LeftOut, Score, Values

At = Tensor | None
"""Positions among a view's items, int64 on the CPU; None: all of them."""

MOST_NAMES = 50
"""So many of the groups that a mean leaves out are named."""


def groups_of(view: ViewRecipe, data: Data, items: Tensor) -> np.ndarray | None:
    """The group of each item as a number from 0, int64 ``(n,)``; None for a view that takes no mean over groups."""
    if view.mean_over is None:
        return None
    cells = np.asarray(data.columns_of(view.part)[view.mean_over])[items.cpu().numpy()]
    return np.unique(cells.astype(str), return_inverse=True)[1].reshape(-1).astype(np.int64)


def tied_of(view: ViewRecipe, splits: Splits, data: Data, items: Tensor) -> np.ndarray | None:
    """The group that the splits keep together of each item, as a number from 0 over the whole data set, ``(n,)`` in the
    smallest unsigned type; None where the splits name no group, or the view's own data set has no such column.
    """
    column = tied_by(splits)
    columns = data.columns_of(view.part)
    if column is None or column not in columns:
        return None
    codes = np.unique(np.asarray(columns[column]).astype(str), return_inverse=True)[1].reshape(-1)
    own: np.ndarray = codes[items.cpu().numpy()].astype(np.min_scalar_type(int(codes.max(initial=0))))
    return own


def pieces(view: ViewRecipe, data: Data, items: Tensor, classes: Tensor | None) -> list[At]:
    """What each metric is taken on before its mean is taken.

    Args:
        view: how the view is looked at.
        data: of the run.
        items: the view's items, ``(n,)``, after their segments were put together.
        classes: the class, true or predicted, of each item that ``view.only`` goes by.

    Returns:
        ``[None]`` for all items at once; one tensor for some; with ``mean_over`` one for each group that is left.

    """
    if view.is_whole:
        return [None]
    left = torch.ones(len(items), dtype=torch.bool)
    if view.only is not None:
        assert classes is not None
        names = data.labels[view.only.label].classes or ()
        class_indices = torch.tensor([names.index(name) for name in view.only.classes])
        left = torch.isin(classes.cpu().long(), class_indices)
    at = left.nonzero()[:, 0]
    groups = groups_of(view, data, items)
    if groups is None:
        return [at]
    numbers = torch.from_numpy(groups).index_select(0, at)
    return [at[numbers == number] for number in torch.unique(numbers)]


def group_name(view: ViewRecipe, data: Data, items: Tensor, at: At) -> str:
    """The group of the items at these positions, as its column has it; ``""`` for a view without groups."""
    if view.mean_over is None or at is None or not len(at):
        return ""
    return str(np.asarray(data.columns_of(view.part)[view.mean_over])[int(items[int(at[0])])])


def score(
    view: ViewRecipe,
    over: Sequence[At],
    items: int,
    names: Sequence[str],
    take: Callable[[At], Taken],
    name_of: Callable[[At], str],
) -> Score:
    """The mean of what ``take`` gives for each piece; ``n`` is the number of groups, or of items.

    A group on which a metric has no value is left out of its mean, and named. Where no item is left, every value is
    nan.

    Args:
        view: how the view is looked at.
        over: from :func:`pieces`.
        items: how many items there are in all.
        names: of the metrics.
        take: gives the values of the items at some positions, and what they leave out.
        name_of: gives the name of the group at some positions.

    """
    some = [at for at in over if at is None or len(at)]
    n = len(some) if view.mean_over is not None else sum(items if at is None else len(at) for at in some)
    if not some:
        nothing = LeftOut("value", 1, 1, (), "no item is left")
        return Score(dict.fromkeys(names, np.nan), n, dict.fromkeys(names, (nothing,)))
    taken = [take(at) for at in some]
    if view.mean_over is None:
        return Score(taken[0][0], n, taken[0][1])
    groups = [name_of(at) for at in some]
    values: Values = {}
    undefined: dict[str, tuple[LeftOut, ...]] = {}
    for name in names:
        values[name], without = _over_groups(name, taken, groups, view.mean_over)
        if without:
            undefined[name] = without
    return Score(values, n, undefined)


def _over_groups(
    name: str, taken: Sequence[Taken], groups: Sequence[str], column: str
) -> tuple[float, tuple[LeftOut, ...]]:
    """A metric's mean over the groups that have a value, and which have none, or lack some classes."""
    lacks = [undefined.get(name, ()) for _, undefined in taken]
    gone = [any(gap.kind == "value" for gap in lack) for lack in lacks]
    rest = [values[name] for (values, _), out in zip(taken, gone, strict=True) if not out]
    value = rest[0] if len(taken) == 1 and rest else float(np.mean(rest)) if rest else np.nan
    without = []
    if any(gone):
        names = tuple(group for group, out in zip(groups, gone, strict=True) if out)
        why = " or ".join(list(dict.fromkeys(lack[0].why for lack, out in zip(lacks, gone, strict=True) if out))[:2])
        without.append(LeftOut(column, len(names), len(groups), names[:MOST_NAMES], why))
    inside = [gap for lack, out in zip(lacks, gone, strict=True) if not out for gap in lack]
    if inside:
        names = tuple(dict.fromkeys(name for gap in inside for name in gap.names))
        why = f"{inside[0].why}, in {len(inside)} of {len(groups)} groups"
        without.append(LeftOut(inside[0].kind, len(names), inside[0].total, names[:MOST_NAMES], why))
    return value, tuple(without)


def select_rows(values: Tensor, at: At) -> Tensor:
    """The values at these positions; the very tensor where all are meant."""
    return values if at is None else values.index_select(0, at.to(values.device))
