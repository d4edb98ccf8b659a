"""Residence: whole parts on the accelerator, so that cutting a batch copies nothing across."""

from typing import cast
from weakref import WeakKeyDictionary

import torch
from torch import LongTensor

from repro.data.prepared import Part

SHARE = 0.4
"""Share of the accelerator's free memory that the data of a run may take."""


_MOVED: WeakKeyDictionary[Part, dict[torch.device, Part]] = WeakKeyDictionary()


def on_device(part: Part, device: torch.device) -> Part:
    """The part with its tensors on ``device`` where they fit into its free memory, else the part as it is.

    On the CPU nothing is copied. A part is moved once: asking again gives the same copy, for as long as the part
    itself is in use.
    """
    if device.type == "cpu" or part.items.device == device:
        return part
    moved = _MOVED.setdefault(part, {})
    if device not in moved:
        if bytes_of(part) > SHARE * _free(device):
            return part
        moved[device] = Part(
            inputs={name: values.to(device) for name, values in part.inputs.items()},
            targets={name: values.to(device) for name, values in part.targets.items()},
            items=cast(LongTensor, part.items.to(device)),
        )
    return moved[device]


def bytes_of(part: Part) -> int:
    """Memory that the part's tensors take, in bytes."""
    tensors = (*part.inputs.values(), *part.targets.values(), part.items)
    return sum(t.numel() * t.element_size() for t in tensors)


def _free(device: torch.device) -> int:
    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    if device.type == "mps":
        return int(torch.mps.recommended_max_memory() - torch.mps.current_allocated_memory())
    return 0
