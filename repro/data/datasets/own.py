"""Own data: a class of the study's folder, ``data.py:Class`` in the spec.

The class is made with the arguments that stand beside ``name`` in the spec (``seed`` among them, where it has one).
The object has

``values``   array ``(N, *sizes)``: numbers become float32, uint8 pictures stay and are later divided by 255.
             Where it is too large for memory, give a ``np.memmap``; of float32 or uint8 it is used as it lies
``axes``     letters of one item's axes, such as ``C T``; an item always has its channel
``columns``  name to N values: labels and what else is known of an item
``parts``    optional: ``train``, ``test`` and perhaps ``validation`` to the rows in each, the official parts
``rate``     optional: samples a second, Hz
``groups``   optional: the columns that tie items together (of one speaker, of one session), the most telling first: a
             name, a list of names, or ``{"speaker": 6}`` with how many different ones there are. A spec must then say
             what becomes of them when it splits. It is known before the data are read where it stands in the body of
             the class; ``folds: leave-one-out`` needs the number there
``folds``    optional, in the body of the class: how many official folds the column ``fold`` holds, 1, 2, ...

and must give the same data whenever it is made with the same arguments.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from repro.data.arrays import AnyArray, IntArray
from repro.data.data_error import DataError
from repro.data.datasets.as_float32 import as_float32
from repro.data.items import Items
from repro.data.own_code import OwnCodeError, explain, load_own, own_path
from repro.spec.experiment import Dataset
from repro.spec.own_groups import group_names
from repro.spec.shape import Shape

LETTERS = frozenset("CTFHW")


def read_own(dataset: Dataset, folder: Path) -> Items:
    """Make the class that the data set names and read its items.

    Raises:
        OwnCodeError: it cannot be loaded or made, or what it gives is no data set.

    """
    file, _, name = dataset.name.partition(":")
    cls = load_own(folder, file, name)
    path = own_path(folder, file)
    try:
        instance = cls(**dataset.args)
        attributes = {
            key: getattr(instance, key, None) for key in ("values", "axes", "columns", "parts", "rate", "groups")
        }
    except Exception as error:
        raise explain(error, path, f"making {name} failed") from error
    try:
        return _items(dataset.name, attributes)
    except DataError as error:
        raise OwnCodeError(f"{path}: {name}: {error}") from error


def _items(name: str, attributes: Mapping[str, Any]) -> Items:
    for key in ("values", "axes", "columns"):
        if attributes[key] is None:
            raise DataError(f"there is no {key}; own data have values, axes and columns (and may have parts and rate)")
    axes = str(attributes["axes"]).split()
    values = _values(attributes["values"])
    if len(axes) != values.ndim - 1 or not set(axes) <= LETTERS or len(set(axes)) != len(axes):
        raise DataError(
            f"axes are {attributes['axes']!r} for values {values.shape}; expected one of the letters C T F H W for "
            "each axis of an item"
        )
    if not isinstance(attributes["columns"], Mapping):
        raise DataError(f"columns are a {type(attributes['columns']).__name__}; expected names with N values each")
    return Items(
        name=name,
        values=values,
        shape=Shape(axes=tuple(axes), sizes=values.shape[1:]),
        columns={str(column): np.asarray(cells) for column, cells in attributes["columns"].items()},
        parts={str(part): _rows(str(part), rows) for part, rows in (attributes["parts"] or {}).items()},
        rate=None if attributes["rate"] is None else float(attributes["rate"]),
        groups=group_names(attributes["groups"]),
    )


def _values(raw_values: Any) -> AnyArray:
    values = np.asarray(raw_values)
    if values.dtype == np.uint8:
        return values
    if values.dtype.kind not in "fiub":
        raise DataError(f"values are of type {values.dtype}; expected numbers")
    return as_float32(values)


def _rows(part: str, raw_rows: Any) -> IntArray:
    rows = np.asarray(raw_rows)
    if rows.ndim != 1 or rows.dtype.kind not in "iu":
        raise DataError(f"part {part!r} must be a list of row numbers")
    return rows.astype(np.int64)
