"""Which items of a view its metrics are taken on: all, some, or one group after the other."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from repro.data.prepared import Data
from repro.spec.experiment import Splits
from repro.spec.tied_by import tied_by
from repro.spec.viewing import Viewing
from repro.training.outcome import Score, Values

At = Tensor | None
"""Positions among a view's items, int64 on the CPU; None: all of them."""


def groups_of(way: Viewing, data: Data, items: Tensor) -> np.ndarray | None:
    """The group of each item as a number from 0, int64 ``(n,)``; None for a view that takes no mean over groups."""
    if way.mean_over is None:
        return None
    cells = np.asarray(data.columns_of(way.part)[way.mean_over])[items.cpu().numpy()]
    return np.unique(cells.astype(str), return_inverse=True)[1].reshape(-1).astype(np.int64)


def tied_of(way: Viewing, splits: Splits, data: Data, items: Tensor) -> np.ndarray | None:
    """The group that the splits keep together of each item, as a number from 0 over the whole data set, ``(n,)`` in the
    smallest unsigned type; None where the splits name no group, or the view's own data set has no such column.
    """
    column = tied_by(splits)
    columns = data.columns_of(way.part)
    if column is None or column not in columns:
        return None
    codes = np.unique(np.asarray(columns[column]).astype(str), return_inverse=True)[1].reshape(-1)
    return codes[items.cpu().numpy()].astype(np.min_scalar_type(int(codes.max(initial=0))))


def pieces(way: Viewing, data: Data, items: Tensor, classes: Tensor | None) -> list[At]:
    """What each metric is taken on before its mean is taken.

    Args:
        way: how the view is looked at.
        data: of the run.
        items: the view's items, ``(n,)``, after their segments were put together.
        classes: the class, true or predicted, of each item that ``way.only`` goes by.

    Returns:
        ``[None]`` for all items at once; one tensor for some; with ``mean_over`` one for each group that is left.

    """
    if way.is_whole:
        return [None]
    left = torch.ones(len(items), dtype=torch.bool)
    if way.only is not None:
        assert classes is not None
        names = data.labels[way.only.label].classes or ()
        wanted = torch.tensor([names.index(name) for name in way.only.classes])
        left = torch.isin(classes.cpu().long(), wanted)
    at = left.nonzero()[:, 0]
    groups = groups_of(way, data, items)
    if groups is None:
        return [at]
    numbers = torch.from_numpy(groups).index_select(0, at)
    return [at[numbers == number] for number in torch.unique(numbers)]


def score(way: Viewing, over: Sequence[At], items: int, names: Sequence[str], take: Callable[[At], Values]) -> Score:
    """The mean of what ``take`` gives for each piece; ``n`` is the number of groups, or of items.

    Where no item is left, every value is nan; so is the mean over groups of which one has no value.

    Args:
        way: how the view is looked at.
        over: from :func:`pieces`.
        items: how many items there are in all.
        names: of the metrics.
        take: gives ``{name: value}`` of the items at some positions.

    """
    some = [at for at in over if at is None or len(at)]
    made = [take(at) for at in some]
    values = made[0] if len(made) == 1 else {n: float(np.mean([m[n] for m in made])) if made else np.nan for n in names}
    if way.mean_over is not None:
        return Score(values, len(some))
    return Score(values, sum(items if at is None else len(at) for at in some))


def picked(values: Tensor, at: At) -> Tensor:
    """The values at these positions; the very tensor where all are meant."""
    return values if at is None else values.index_select(0, at.to(values.device))
