"""Whose something is: a few experiments by name, many by their number."""

from collections.abc import Sequence

from repro.results.wording import listed

FEW = 3


def scope_label(names: Sequence[str], everyone: Sequence[str]) -> str:
    """Which of all experiments, in as few words as say it; nothing where it is all of them.

    >>> scope_label(["CNN"], ["CNN", "GRU"]), scope_label(["CNN", "GRU"], ["CNN", "GRU"])
    ('CNN', '')
    >>> scope_label("abcde", "abcdef"), scope_label("abcd", "abcdefgh")
    ('all but f', '4 of 8 experiments')
    """
    left = [name for name in everyone if name not in names]
    if not left:
        return ""
    if len(names) <= FEW:
        return listed(list(names))
    return f"all but {listed(left)}" if len(left) <= FEW else f"{len(names)} of {len(everyone)} experiments"
