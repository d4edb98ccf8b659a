"""A permutation that stays the same under every version of numpy."""

from typing import Any

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
AnyArray = npt.NDArray[Any]


def permutation(count: int, seed: int) -> IntArray:
    """The numbers 0 .. count - 1 in a random order.

    Each number gets 64 random bits from the counter-based generator Philox4x64-10 (Salmon et al. 2011) keyed by
    ``seed``, and the numbers are sorted by these bits. numpy promises that the bits of a bit generator never change;
    it makes no such promise for ``Generator.permutation``.
    """
    bits = np.random.Philox(key=seed).random_raw(count)
    return np.argsort(np.asarray(bits, dtype=np.uint64), kind="stable").astype(np.int64)
