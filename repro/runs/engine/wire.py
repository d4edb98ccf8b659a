"""What a child that runs own code may say: plain values and tensors, read without executing anything."""

import io
from typing import Any

import torch

MAX_BYTES = 2**34
"""No message is longer; outputs for a million items of a thousand classes are a quarter of that."""


def pack(value: Any) -> bytes:
    """A value of None, bool, numbers, texts, tensors, and lists, tuples and dicts of these."""
    buffer = io.BytesIO()
    torch.save(value, buffer)
    return buffer.getvalue()


def unpack(message: bytes) -> Any:
    """The value again.

    Raises:
        ValueError: what :func:`pack` did not make.

    """
    try:
        return torch.load(io.BytesIO(message), weights_only=True, map_location="cpu")
    except Exception as error:
        raise ValueError(f"a message that cannot be read: {type(error).__name__}") from error
