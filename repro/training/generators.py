"""The process-wide random generators of a run: seeded at its start, kept in a checkpoint, put back from it.

The harness itself draws from generators of its own or seeds torch's before each step; these are for own code that
draws as notebooks do, from ``random`` and ``numpy.random``.
"""

import random
from typing import Any

import numpy as np
import torch

from repro.data.seeds import derive

_NUMPY_SEEDS = 2**32


def seed_all(seed: int) -> None:
    """Seed Python's, numpy's and torch's global generators from a run's seed."""
    random.seed(derive(seed, "python"))
    np.random.seed(derive(seed, "numpy") % _NUMPY_SEEDS)
    torch.default_generator.manual_seed(derive(seed, "torch"))


def rng_state() -> dict[str, Any]:
    """The state of the generators as numbers, lists and tensors, which ``torch.load(weights_only=True)`` reads."""
    version, words, gauss = random.getstate()
    name, keys, position, has_gauss, cached = np.random.get_state()
    state: dict[str, Any] = {
        "python": [version, list(words), gauss],
        "numpy": [str(name), [int(key) for key in keys], int(position), int(has_gauss), float(cached)],
        "torch": torch.default_generator.get_state(),
    }
    if torch.cuda.is_available() and torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        state["cuda"] = torch.cuda.get_rng_state()
    return state


def restore_rng_state(state: dict[str, Any]) -> None:
    """Give the generators the state that :func:`rng_state` gave."""
    version, words, gauss = state["python"]
    random.setstate((version, tuple(words), gauss))
    name, keys, position, has_gauss, cached = state["numpy"]
    np.random.set_state((name, np.array(keys, dtype=np.uint32), position, has_gauss, cached))
    torch.default_generator.set_state(state["torch"])
    if "cuda" in state and torch.cuda.is_available():
        torch.cuda.set_rng_state(state["cuda"])
