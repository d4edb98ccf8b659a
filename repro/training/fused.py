"""Fused optimizers: one kernel for the whole update. Chosen in one place, so every Trainer makes the same one."""

import inspect

import torch

from repro.spec.experiment import Training

_ON_CPU = frozenset({"Adagrad", "Adam", "AdamW", "SGD"})
_ON_CUDA = frozenset({"Adam", "AdamW", "SGD"})
_ON_MPS = frozenset({"Adam", "AdamW", "SGD"})


def fused_argument(cls: type, device: torch.device, training: Training) -> dict[str, bool]:
    """``{"fused": True}`` for torch's own optimizers that have a fused form on this device, else nothing.

    Left out with mixed precision and clipped gradients, where Lightning refuses fused optimizers.
    """
    if not cls.__module__.startswith("torch.optim") or "fused" not in inspect.signature(cls).parameters:
        return {}
    if training.gradient_clip_val is not None and "mixed" in (training.precision or ""):
        return {}
    has: dict[str, frozenset[str]] = {"cpu": _ON_CPU, "cuda": _ON_CUDA, "mps": _ON_MPS}
    return {"fused": True} if cls.__name__ in has.get(device.type, ()) else {}
