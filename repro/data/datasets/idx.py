"""The idx format, in which MNIST is stored: four bytes, the sizes, then unsigned bytes."""

import io
import struct
import zlib
from gzip import BadGzipFile, GzipFile
from math import prod

import numpy as np

from repro.data.arrays import AnyArray
from repro.data.data_error import DataError

UNSIGNED_BYTE = 0x08
MAX_BYTES = 2**28
"""More than any file of ours holds, so that a broken or wicked header asks for no more memory than this."""


def parse_idx(content: bytes, *, name: str) -> AnyArray:
    """The uint8 array in a gzipped idx file.

    Args:
        content: the whole file.
        name: what messages call it.

    Raises:
        DataError: not gzip, not idx of unsigned bytes, or more or fewer values than the header says.

    """
    try:
        with GzipFile(fileobj=io.BytesIO(content)) as file:
            start = _exactly(file, 4, name)
            zeros, kind, axes = start[:2], start[2], start[3]
            if zeros != b"\0\0" or kind != UNSIGNED_BYTE or not 1 <= axes <= 4:
                raise DataError(f"{name}: starts with {start.hex()}; expected 000008 and 1 to 4 axes")
            sizes = struct.unpack(f">{axes}I", _exactly(file, 4 * axes, name))
            if prod(sizes) > MAX_BYTES:
                raise DataError(f"{name}: the header asks for {prod(sizes)} bytes; at most {MAX_BYTES} are read")
            values = _exactly(file, prod(sizes), name)
            if file.read(1):
                raise DataError(f"{name}: holds more than the {prod(sizes)} values of its header")
    except (BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{name}: not a whole gzip file: {error}") from error
    return np.frombuffer(bytearray(values), dtype=np.uint8).reshape(sizes)


def _exactly(file: GzipFile, count: int, name: str) -> bytes:
    read = file.read(count)
    if len(read) < count:
        raise DataError(f"{name}: ends after {len(read)} of {count} bytes")
    return read
