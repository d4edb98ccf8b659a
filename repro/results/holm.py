"""A footnote on asking many questions at once: which NOT REPRODUCED rows stay so after Holm's correction."""

from collections.abc import Sequence

from repro.results.row import Row, Verdict

ALPHA = 0.025
"""One-sided level of NOT REPRODUCED (its 95 % interval lies wholly on one side)."""


def holm(p_values: Sequence[float], alpha: float = ALPHA) -> list[bool]:
    """Which hypotheses are rejected by Holm's step-down procedure (Scand. J. Statist. 6, 1979), in the given order.

    >>> holm([0.001, 0.02, 0.012])
    [True, True, True]
    >>> holm([0.001, 0.02, 0.02])
    [True, False, False]
    """
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    rejected = [False] * len(p_values)
    for rank, i in enumerate(order):
        if p_values[i] > alpha / (len(p_values) - rank):
            break
        rejected[i] = True
    return rejected


def footnote(rows: Sequence[Row]) -> str | None:
    """One sentence over the NOT REPRODUCED rows; None where there are fewer than two that were measured.

    The family is these rows. A row's verdict never changes by it.
    """
    failed = [r for r in rows if r.verdict is Verdict.NOT_REPRODUCED and "p_below" in r.extra]
    if len(failed) < 2:
        return None
    stay = sum(holm([r.extra["p_below"] for r in failed]))
    all_of = "all of them" if stay == len(failed) else str(stay)
    return f"{len(failed)} rows are NOT REPRODUCED; corrected for testing {len(failed)} at once (Holm) {all_of} stay so"
