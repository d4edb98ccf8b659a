"""Torch's process-wide switches, set for one run and put back after it."""

import contextlib
import logging
import os
import random
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

_CHATTY = ("lightning.pytorch", "lightning.fabric", "lightning", "pytorch_lightning")


@contextlib.contextmanager
def own_state(threads: int, *, deterministic: bool) -> Iterator[None]:
    """Run the block with its own random state, this many CPU threads and deterministic algorithms; then undo all.

    Nothing outside can tell that the block ran: generators, threads and switches are as before, also after an error.
    """
    kept_threads = torch.get_num_threads()
    kept_deterministic = torch.are_deterministic_algorithms_enabled()
    kept_warn_only = torch.is_deterministic_algorithms_warn_only_enabled()
    switches: Any = torch.utils.deterministic
    kept_fill = switches.fill_uninitialized_memory
    kept_benchmark, kept_cudnn = torch.backends.cudnn.benchmark, torch.backends.cudnn.deterministic
    kept_cublas = os.environ.get("CUBLAS_WORKSPACE_CONFIG")
    kept_random, kept_numpy = random.getstate(), np.random.get_state()
    cuda = [0] if torch.cuda.is_available() else []
    with torch.random.fork_rng(devices=cuda), threadpool_limits(limits=threads):
        try:
            torch.set_num_threads(threads)
            if deterministic:
                os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
                torch.backends.cudnn.benchmark = False
                torch.use_deterministic_algorithms(True)
                switches.fill_uninitialized_memory = False  # costs time and hides nothing here
            yield
        finally:
            torch.set_num_threads(kept_threads)
            torch.use_deterministic_algorithms(kept_deterministic, warn_only=kept_warn_only)
            switches.fill_uninitialized_memory = kept_fill
            torch.backends.cudnn.benchmark, torch.backends.cudnn.deterministic = kept_benchmark, kept_cudnn
            if kept_cublas is None:
                os.environ.pop("CUBLAS_WORKSPACE_CONFIG", None)
            random.setstate(kept_random)
            np.random.set_state(kept_numpy)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep Lightning from talking (adverts, tips, hints about what we do on purpose); errors still come through."""
    loggers = [logging.getLogger(name) for name in _CHATTY]
    levels = [logger.level for logger in loggers]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"lightning\..*")
        warnings.filterwarnings("ignore", module=r"torch\.optim\.lr_scheduler")
        try:
            for logger in loggers:
                logger.setLevel(logging.ERROR)
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
