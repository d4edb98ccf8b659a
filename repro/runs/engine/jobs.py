"""How many runs go side by side: as many as cores, memory and GPUs allow."""

import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from repro.spec.experiment import Experiment
from repro.spec.index import index

BYTES_A_WORKER = 800 * 2**20
"""What a lone process takes: torch and Lightning imported, a small data set in memory."""

COPIES = 5
"""How often a worker may hold the data set as float32: as read, and in the forms that the last experiments wanted."""


@dataclass(frozen=True)
class Jobs:
    """A number of jobs and why it is that; ``gpus`` are the ids of those that are used, none on a CPU."""

    number: int
    because: str
    gpus: tuple[str, ...] = ()


def worker_bytes(experiments: Iterable[Experiment]) -> int:
    """What one worker takes at most: the bare process, and a few copies of the largest data set in several forms."""
    known = index().datasets
    facts = [known[e.dataset.name] for e in experiments if e.dataset.name in known]
    return BYTES_A_WORKER + max((COPIES * 4 * f.items * f.shape.numel for f in facts), default=0)


def choose_jobs(
    runs: int,
    threads: int,
    *,
    asked: int | None = None,
    accelerator: str = "auto",
    memory: int = BYTES_A_WORKER,
    devices: int = 1,
) -> Jobs:
    """Jobs for this many runs of at most this many threads each, ``devices`` processes training each run together.

    With GPUs one run goes to each (or to ``devices`` of them); else there is one for each core (over ``threads`` and
    ``devices``), capped by free memory, of which a process takes ``memory`` bytes. A number that was asked for is
    taken, but never more than there are runs.
    """
    gpus = visible_gpus() if accelerator in ("auto", "cuda") else ()
    if asked is not None:
        return Jobs(max(1, min(asked, runs)), "asked for", gpus)
    if gpus:
        return _least(runs, {f"{len(gpus)} GPU{'s' * (len(gpus) > 1)}": len(gpus) // devices}, gpus)
    cores, free = usable_cores(), free_memory()
    memory *= 1 + devices if devices > 1 else 1  # the worker looks after its ranks
    return _least(runs, {f"{cores} cores": cores // (max(threads, 1) * devices), _gigabytes(free): free // memory})


def _least(runs: int, limits: dict[str, int], gpus: Sequence[str] = ()) -> Jobs:
    because = min(limits, key=lambda name: limits[name])
    if runs <= limits[because]:
        because = f"{runs} run{'s' * (runs != 1)}"
        return Jobs(max(1, runs), because, tuple(gpus))
    return Jobs(max(1, limits[because]), because, tuple(gpus))


def gpus_of(number: int, gpus: Sequence[str], devices: int) -> list[str]:
    """The GPUs of worker ``number``, where each gets ``devices`` of them.

    >>> [gpus_of(number, "abcde", 2) for number in range(3)], gpus_of(3, "ab", 1)
    ([['a', 'b'], ['c', 'd'], ['a', 'b']], ['b'])
    """
    groups = max(1, len(gpus) // devices)
    first = (number % groups) * devices
    return list(gpus[first : first + devices])


def usable_cores() -> int:
    """Cores that this process may use, as the system and a container's quota say."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = _words("/sys/fs/cgroup/cpu.max")
    if len(quota) == 2 and quota[0].isdigit():
        cores = min(cores, max(1, int(quota[0]) // int(quota[1])))
    return max(1, cores)


def free_memory() -> int:
    """Bytes of memory that are free for new processes, within a container's limit."""
    free = int(psutil.virtual_memory().available)
    limit, used = _words("/sys/fs/cgroup/memory.max"), _words("/sys/fs/cgroup/memory.current")
    if limit and used and limit[0].isdigit():
        free = min(free, max(0, int(limit[0]) - int(used[0])))
    return free


def visible_gpus() -> tuple[str, ...]:
    """Ids of the NVIDIA GPUs that this process may use, without importing torch; none where there is no driver."""
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES")
    if chosen is not None:
        return tuple(gpu.strip() for gpu in chosen.split(",") if gpu.strip() and gpu.strip() != "-1")
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return ()
    command = [tool, "--query-gpu=uuid", "--format=csv,noheader"]
    try:
        listing = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(line.strip() for line in listing.stdout.splitlines() if line.strip().startswith("GPU-"))


def _gigabytes(memory: int) -> str:
    return f"{memory / 2**30:.1f} GB of free memory"


def _words(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="ascii").split()
    except OSError:
        return []
