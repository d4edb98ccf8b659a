"""The hash of a net's weights: equal exactly when every parameter and buffer is, byte by byte."""

import hashlib
from collections.abc import Mapping

import torch
from torch import Tensor


def weights_sha256(state: Mapping[str, Tensor]) -> str:
    """The sha256 over name, type, shape and bytes of every tensor of a state dict, in the order of the names.

    It does not depend on the device, on the order in which layers were made, or on how torch lays tensors out.
    """
    total = hashlib.sha256()
    for name in sorted(state):
        tensor = state[name].detach().cpu().contiguous()
        total.update(f"{name}\0{tensor.dtype}\0{tuple(tensor.shape)}\0".encode())
        total.update(tensor.reshape(-1).view(torch.uint8).numpy().tobytes())
    return total.hexdigest()
