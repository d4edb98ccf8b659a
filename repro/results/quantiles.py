"""Quantiles of the normal, t and chi-square distributions.

From ``scipy.special`` alone: importing ``scipy.stats`` takes a second, which a table should not cost.
"""

from math import isinf

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri, ndtr, ndtri, stdtr, stdtrit

Array = NDArray[np.float64]


def z(p: float) -> float:
    """Quantile of the standard normal.

    >>> round(z(0.975), 4)
    1.96
    """
    return float(ndtri(p))


def t(df: float, p: float) -> float:
    """Quantile of Student's t with ``df`` degrees of freedom; ``df = inf`` is the normal.

    >>> round(t(4, 0.975), 4), round(t(float("inf"), 0.975), 4)
    (2.7764, 1.96)
    """
    return z(p) if isinf(df) else float(stdtrit(df, p))


def t_many(df: Array, p: float) -> Array:
    """:func:`t` for an array of degrees of freedom, of any shape."""
    finite = np.isfinite(df)
    quantiles: Array = np.where(finite, stdtrit(np.where(finite, df, 1.0), p), z(p))
    return quantiles


def t_below(df: float, x: float) -> float:
    """Probability that Student's t with ``df`` degrees of freedom falls below ``x``."""
    return float(ndtr(x)) if isinf(df) else float(stdtr(df, x))


def chi2(df: float, p: float) -> float:
    """Quantile of chi-square with ``df`` degrees of freedom.

    >>> round(chi2(4, 0.95), 3)
    9.488
    """
    return float(chdtri(df, 1 - p))
