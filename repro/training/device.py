"""Which device trains, and what a number made on it may depend on."""

import os
from importlib.metadata import version
from pathlib import Path
from typing import Literal

import torch

from repro.data.cpu_name import cpu_name
from repro.spec.experiment import Training
from repro.training.numerics import NUMERICS
from repro.training.outcome import Runtime

Accelerator = Literal["cpu", "cuda", "mps"]
CHOICES: tuple[str, ...] = ("auto", "cpu", "cuda", "mps")


class NoSuchDevice(ValueError):
    """A device was asked for that this machine does not have."""


def choose(requested: str = "auto") -> tuple[Accelerator, tuple[str, ...]]:
    """The accelerator to train on, and notes about what was not possible.

    ``auto`` takes CUDA, then MPS, then the CPU. A GPU that is there and cannot be used (a driver too old for this
    torch) is a note, never silence.

    Raises:
        NoSuchDevice: ``requested`` is not one of :data:`CHOICES`, or names a device that is not there.

    """
    if requested not in CHOICES:
        raise NoSuchDevice(f"unknown accelerator {requested!r}; choose one of {', '.join(CHOICES)}")
    cuda, mps = torch.cuda.is_available(), torch.backends.mps.is_available()
    if (requested == "cuda" and not cuda) or (requested == "mps" and not mps):
        raise NoSuchDevice(f"accelerator {requested} was asked for, but this torch finds none on this machine")
    if requested == "cpu":
        return "cpu", ()
    if cuda and requested in ("auto", "cuda"):
        return "cuda", ()
    if mps and requested in ("auto", "mps"):
        return "mps", ()
    notes = ("a NVIDIA GPU is there, but this torch cannot use it: training on the CPU",) if _nvidia_driver() else ()
    return "cpu", notes


def check_count(accelerator: Accelerator, count: int) -> None:
    """NoSuchDevice when this machine has not as many devices; on a CPU they are processes, so there is no end."""
    if count > 1 and accelerator == "mps":
        raise NoSuchDevice(f"{count} devices were asked for, and MPS is one")
    if count > 1 and accelerator == "cuda" and torch.cuda.device_count() < count:
        raise NoSuchDevice(f"{count} devices were asked for, and torch sees {torch.cuda.device_count()} here")


def torch_device(accelerator: Accelerator) -> torch.device:
    """The device of an accelerator: the first one that this process sees."""
    return torch.device("cuda", 0) if accelerator == "cuda" else torch.device(accelerator)


def describe(
    accelerator: Accelerator,
    training: Training,
    *,
    deterministic: bool,
    count: int = 1,
    notes: tuple[str, ...] = (),
) -> Runtime:
    """Everything of this machine, and of ``count`` devices that train together, that a run's bytes may depend on."""
    if accelerator == "cuda":
        device = torch.cuda.get_device_name(0)
        major, minor = torch.cuda.get_device_capability(0)
        capability = f"{major}.{minor}"
    else:
        device = cpu_name() if accelerator == "cpu" else f"{cpu_name()} (MPS)"
        capability = torch.backends.cpu.get_cpu_capability()
    return Runtime(
        accelerator=accelerator,
        device=device,
        capability=capability,
        threads=training.threads,
        precision=training.precision or "32-true",
        deterministic=deterministic,
        devices=count,
        notes=notes,
    )


def environment_words(ran: Runtime) -> dict[str, str]:
    """What has to be the same for the same bytes, in words: device, threads, precision, versions."""
    return {
        "accelerator": ran.accelerator,
        "device": ran.device,
        "capability": ran.capability,
        "threads": str(ran.threads),
        "precision": ran.precision,
        "deterministic": str(ran.deterministic),
        "devices": str(ran.devices),
        "torch": version("torch"),
        "lightning": version("lightning"),
        "numerics": str(NUMERICS),
    }


def _nvidia_driver() -> bool:
    return (
        os.environ.get("CUDA_VISIBLE_DEVICES", "0") not in ("", "-1") and Path("/proc/driver/nvidia/version").exists()
    )
