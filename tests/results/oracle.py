"""The rules of the verdict written a second time, from their text alone, on scipy.stats. Slow and plain."""

import math

import numpy as np
from scipy import stats


def oracle(
    *, r, h, delta, x, n1=None, n0=None, same=True, k0=None, s0=None, more=True, whole=100.0, proportion=True,
    design=1.0, failed=0,
):  # fmt: skip
    k, runs = len(x), k0 or 1
    m, s = float(np.mean(x)), 0.0 if len(set(x)) == 1 else float(np.std(x, ddof=1))
    if proportion and n1:
        s = math.sqrt(max(s**2, whole**2 / (12 * n1**2)))
    d = (m - r) if more else (r - m)
    tau2 = 0.0
    if not same:
        p = (m / whole * n1 + 2) / (n1 + 4)
        tau2 = whole**2 * design * (p * (1 - p) / (n0 or n1) + p * (1 - p) / n1)
    theirs = (s0 if s0 is not None else s) ** 2 / runs
    se2 = s**2 / k + theirs + tau2 + h**2 / 3
    se = math.sqrt(se2)
    if s0 is None:
        below = (s**2 / k + s**2 / runs) ** 2 / (k - 1)
    elif runs > 1:
        below = (s**2 / k) ** 2 / (k - 1) + theirs**2 / (runs - 1)
    else:
        below = (s**2 / k) ** 2 / (k - 1)
    df = se2**2 / below if below else math.inf

    def ppf(p):
        return stats.norm.ppf(p) if math.isinf(df) else stats.t.ppf(p, df)

    lo90, hi90 = d - ppf(0.95) * se, d + ppf(0.95) * se
    lo95, hi95 = d - ppf(0.975) * se, d + ppf(0.975) * se
    f = math.sqrt(theirs + tau2 + h**2 / 3)
    s_lo = s * math.sqrt((k - 1) / stats.chi2.ppf(0.95, k - 1))
    f_lo = math.sqrt(((s0**2 if s0 is not None else s_lo**2) / runs) + tau2 + h**2 / 3)
    if -delta < lo90 and hi90 < delta:
        verdict = "REPRODUCED" if failed <= 1 and k >= 3 else "INCONCLUSIVE"
    elif lo95 > delta:
        verdict = "EXCEEDS"
    elif hi95 < -delta:
        verdict = "NOT REPRODUCED"
    elif stats.norm.ppf(0.95) * f_lo >= delta and abs(d) - stats.norm.ppf(0.975) * f <= delta:
        verdict = "UNDECIDABLE"
    else:
        verdict = "INCONCLUSIVE"
    half = ppf(0.975) * se
    return {
        "verdict": verdict, "se": se, "df": df, "d": d, "ci90": (lo90, hi90), "pi95": (m - half, m + half),
        "tau": math.sqrt(tau2), "f": f, "f_lo": f_lo, "inside": m - half <= r <= m + half,
    }  # fmt: skip
