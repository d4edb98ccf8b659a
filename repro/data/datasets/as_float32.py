"""Numbers of own data as finite float32, whatever they were, and however many there are."""

import hashlib
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from repro.data.array_chunks import is_mapped, iter_chunks
from repro.data.arrays import AnyArray
from repro.data.data_error import DataError
from repro.data.items import add_array
from repro.data.memmap_cache import cached_memmap
from repro.data.memory_limit import memory_limit_bytes


def as_float32(values: AnyArray) -> AnyArray:
    """The numbers ``(N, *sizes)`` as float32: a copy, or the array itself where it is float32 and mapped or large.

    The copy of a large array of another type goes to a map file.

    Raises:
        DataError: not all are finite numbers; or there is no room for the file.

    """
    large = values.ndim > 0 and 4 * values.size > memory_limit_bytes()
    if values.dtype == np.float32 and (large or is_mapped(values)):
        for some in iter_chunks(values):
            _finite(some)
        return values
    if not large:
        return _finite(values.astype(np.float32))
    digest = hashlib.sha256(b"as float32 1\0")
    add_array(digest, "values", values)
    return cached_memmap(digest.hexdigest(), values.shape, lambda: _converted(values), what="values as float32")


def _converted(values: AnyArray) -> Iterator[Tensor]:
    for some in iter_chunks(values):
        yield torch.from_numpy(_finite(some.astype(np.float32)))


def _finite(numbers: AnyArray) -> AnyArray:
    if not np.isfinite(numbers).all():
        raise DataError("values hold what is not a finite number")
    return numbers
