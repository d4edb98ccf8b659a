"""Random draws while a network is started, which no one outside feels."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch


@contextmanager
def seeded_rng(seed: int) -> Iterator[None]:
    """Seed the CPU generators for the block and put them back afterwards.

    torch's generator (the one that ``torch.manual_seed`` seeds), and, for own code, numpy's and Python's global ones.
    Generators of GPUs are never touched: a network is always started on the CPU.

    Args:
        seed: 0 to 2**63 - 1.

    """
    of_torch, of_numpy, of_python = torch.get_rng_state(), np.random.get_state(), random.getstate()
    try:
        torch.default_generator.manual_seed(seed)
        np.random.seed(seed % 2**32)
        random.seed(seed)
        yield
    finally:
        torch.set_rng_state(of_torch)
        np.random.set_state(of_numpy)
        random.setstate(of_python)
