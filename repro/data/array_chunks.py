"""A large array in stretches, so that going through it once takes little memory; and whether it lies in a file."""

import mmap
from collections.abc import Iterator
from typing import Any

import numpy as np

from repro.data.arrays import AnyArray

CHUNK_BYTES = 2**25


def iter_chunks(array: AnyArray) -> Iterator[AnyArray]:
    """Views of the array, in order, of about 32 MB each: whole items ``(n, *sizes)``, one at least."""
    if array.ndim == 0:
        yield array
        return
    items = max(1, CHUNK_BYTES // max(1, array.nbytes // max(1, len(array))))
    for start in range(0, len(array), items):
        yield array[start : start + items]


def memory_bytes(array: AnyArray) -> int:
    """Memory that an array takes in this process: none where it is a memory map, whose pages the system can drop."""
    return 0 if is_mapped(array) else array.nbytes


def is_mapped(array: AnyArray) -> bool:
    """Whether the values lie in a memory-mapped file (numpy's views forget it; the array they look at knows)."""
    under: Any = array
    while under is not None:
        if isinstance(under, (np.memmap, mmap.mmap)):
            return True
        under = getattr(under, "base", None)
    return False
