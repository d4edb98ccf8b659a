"""Which kind of leakage each check looks for, by the taxonomy of Kapoor and Narayanan.

S. Kapoor, A. Narayanan: Leakage and the reproducibility crisis in machine-learning-based science. Patterns 4 (2023).
"""

from collections.abc import Mapping

KINDS: Mapping[str, str] = {
    "L1.1": "no test set",
    "L1.2": "preprocessing on training and test set together",
    "L1.3": "feature selection on training and test set together",
    "L1.4": "duplicates",
    "L2": "illegitimate features",
    "L3.1": "temporal leakage",
    "L3.2": "no independence between training and test items",
    "L3.3": "sampling bias in the test items",
}
"""Every kind of the taxonomy, in our words."""

TAXONOMY: Mapping[str, tuple[str, ...]] = {
    "shared-items": ("L1.4",),
    "duplicates": ("L1.4",),
    "duplicate-audio": ("L1.4",),
    "shared-groups": ("L3.2",),
    "other-columns": ("L3.2",),
    "same-file": ("L3.2",),
    "fold-reuse": ("L3.2",),
    "validation-is-test": ("L1.1",),
    "time-order": ("L3.1",),
    "labels": ("L3.3",),
    "few-items": ("L3.3",),
    "fitted": ("L1.2",),
    "fitted-on-all": ("L1.2",),
    "blind-features": ("L1.2", "L1.3"),
    "blind-weights": ("L1.1", "L1.2"),
    "blind-predictions": ("L1.2",),
}
"""Check of the gate -> the kinds that it can find. Records of before there were any do not say them: look here."""


def kinds_of(check: str) -> tuple[str, ...]:
    """The kinds that a check can find; none for one that is not in the table.

    >>> kinds_of("duplicates"), kinds_of("unreadable")
    (('L1.4',), ())
    """
    return TAXONOMY.get(check, ())
