"""What a run gets to train on: tensors, shapes and targets, ready to be cut into batches."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from torch import LongTensor

from repro.data.lazy_rows import Values
from repro.data.on_the_fly import BatchTransform
from repro.data.splits import Split
from repro.spec.experiment import Kind
from repro.spec.shape import Shape


@dataclass(frozen=True)
class Target:
    """What is predicted.

    ``classes`` in the order of their indices (None for numbers); ``unit`` as in the spec. ``mean`` and ``std`` are
    those of the training items: where ``standardized``, the targets in :class:`Part` are ``(value - mean) / std`` and
    metrics are taken on ``output * std + mean``. ``sizes`` is the shape of one item's target: ``()`` for a class
    index, ``(1,)`` for a number. ``counts`` are the training items of each class, None before data are read.
    """

    name: str
    kind: Kind
    classes: tuple[str, ...] | None = None
    unit: str | None = None
    mean: float | None = None
    std: float | None = None
    standardized: bool = False
    sizes: tuple[int, ...] = ()
    positive: str | None = None
    counts: tuple[int, ...] | None = None


@dataclass(frozen=True, eq=False)
class Part:
    """One part, in the order of the data set's items.

    ``inputs`` are float32 ``(N, *sizes)``, as they are before augment and live features (:class:`Data`'s ``live``);
    ``targets`` int64 ``(N,)`` for a class, else float32 ``(N, *target sizes)``; ``items`` the rows in the data set,
    ascending. Where features cut items into segments each segment is one of the N, and its item's number repeats.
    Large inputs, and targets that are inputs, are :class:`repro.data.lazy_rows.LazyRows`, which read what a batch asks
    for. Tensors may share memory with other parts and other runs of this process: never change one in place.
    """

    inputs: Mapping[str, Values]
    targets: Mapping[str, Values]
    items: LongTensor

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True, eq=False)
class Data:
    """The data of one run.

    ``parts`` are ``train``, ``test``, and ``validation`` where there is one, then each view of the spec that has data
    or an augmentation of its own. ``shapes`` are the inputs as the model sees them, after cached, augment and live
    features. ``live`` does what is left to do on the device (:class:`repro.data.on_the_fly.BatchTransform`). ``gate``
    is the leakage gate's result, ``splits`` what was drawn. ``columns`` are all that is known of each item of the data
    set, name to cells indexed by the item's number; a view with a data set of its own has that one's in
    ``view_columns``. ``fitted`` names the features that learnt from the training items.
    """

    parts: Mapping[str, Part]
    shapes: Mapping[str, Shape]
    labels: Mapping[str, Target]
    data_sha256: str
    splits_sha256: str
    gate: Mapping[str, Any]
    live: BatchTransform
    splits: Split
    views: Mapping[str, BatchTransform] = field(default_factory=dict)
    columns: Mapping[str, "np.ndarray[Any, Any]"] = field(default_factory=dict)
    view_columns: Mapping[str, Mapping[str, "np.ndarray[Any, Any]"]] = field(default_factory=dict)
    fitted: tuple[str, ...] = ()

    def columns_of(self, part: str) -> Mapping[str, "np.ndarray[Any, Any]"]:
        """The columns of the data set that a part's items are of."""
        return self.view_columns.get(part, self.columns)

    @property
    def needs_live(self) -> bool:
        """Whether anything has to be done to a training batch on the device."""
        return self.live.active
