"""How much memory this process may hold of the inputs that it made; what is larger goes to a file."""

import math
import os
from pathlib import Path

import psutil

from repro.data.data_error import DataError

SHARE = 1 / 8
"""Share of the free memory, so that several workers side by side leave room for each other."""

CAP_BYTES = 2**29
"""The most, however much memory is free, so that a run over a large array takes as little on a large machine."""

VARIABLE = "REPRO_MEMORY_GB"


def memory_limit_bytes() -> int:
    """``REPRO_MEMORY_GB`` where it is set (0.5: half a GB), else a share of the free memory, half a GB at most.

    It decides where made inputs lie and never what is in them.

    Raises:
        DataError: the variable holds no number of GB.

    """
    set_to = os.environ.get(VARIABLE)
    if set_to is None:
        return min(CAP_BYTES, int(SHARE * free_memory_bytes()))
    try:
        gigabytes = float(set_to)
    except ValueError:
        gigabytes = math.nan
    if not 0 <= gigabytes < math.inf:
        raise DataError(f"{VARIABLE} is {set_to!r}; expected a number of GB, such as 0.5")
    return int(gigabytes * 2**30)


def free_memory_bytes() -> int:
    """Memory that is free for new use, within a container's limit."""
    free = int(psutil.virtual_memory().available)
    limit, used = _number("/sys/fs/cgroup/memory.max"), _number("/sys/fs/cgroup/memory.current")
    if limit is not None and used is not None:
        free = min(free, max(0, limit - used))
    return free


def _number(path: str) -> int | None:
    try:
        word = Path(path).read_text(encoding="ascii").strip()
    except OSError:
        return None
    return int(word) if word.isdigit() else None
