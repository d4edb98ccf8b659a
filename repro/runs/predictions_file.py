"""The file of predictions beside a record: arrays by name, compressed, without a time stamp."""

import hashlib
import io
import math
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np

Arrays = Mapping[str, "np.ndarray[Any, Any]"]

MOST_BYTES, SMALL_BYTES, MOST_RATIO, MOST_ARRAYS = 2**31, 2**26, 50, 10_000
"""A file unpacks to at most ``MOST_BYTES``, and above ``SMALL_BYTES`` to ``MOST_RATIO`` times its size at most."""


class PredictionsError(ValueError):
    """A file of predictions that cannot be used; the message names it."""

    exit_code = 1


_NO_DATE = (1980, 1, 1, 0, 0, 0)


def pack(arrays: Arrays) -> bytes:
    """An ``.npz`` file of these arrays, in the order of their names; equal arrays give equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(arrays):
            entry = zipfile.ZipInfo(f"{name}.npy", _NO_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            content = io.BytesIO()
            np.lib.format.write_array(content, np.ascontiguousarray(arrays[name]), allow_pickle=False)
            archive.writestr(entry, content.getvalue())
    return buffer.getvalue()


def unpack(content: bytes) -> dict[str, "np.ndarray[Any, Any]"]:
    """The arrays of such a file, which may be a stranger's: all sizes are looked at before anything is unpacked.

    Raises:
        ValueError: damaged, with arrays of objects, or far larger than predictions that are packed so small.
        zipfile.BadZipFile: it is no zip at all.

    """
    _check_sizes(content)
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def _check_sizes(content: bytes) -> None:
    room = min(MOST_BYTES, max(SMALL_BYTES, MOST_RATIO * len(content)))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        if len(entries) > MOST_ARRAYS:
            raise ValueError(f"it holds more than {MOST_ARRAYS:,} arrays")
        total = 0
        for entry in entries:
            with archive.open(entry) as file:
                version = np.lib.format.read_magic(file)
                read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
                shape, _, kind = read(file)
                head = file.tell()
            if kind.hasobject or kind.kind not in "biufcSU":
                raise ValueError(f"{entry.filename}: {kind} is no type of predictions")
            size = math.prod(shape) * kind.itemsize
            if entry.file_size != head + size:
                raise ValueError(f"{entry.filename}: is not as large as it says")
            total += entry.file_size
            if total > room:
                raise ValueError(
                    f"it unpacks to more than {room // 2**20:,} MB from {max(len(content) // 1024, 1):,} KB"
                )


def arrays_sha256(arrays: Arrays) -> str:
    """The sha256 over name, type, shape and bytes of the arrays: of what is predicted, however it was compressed."""
    total = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        total.update(f"{name}\0{array.dtype.str}\0{array.shape}\0".encode())
        total.update(array.tobytes())
    return total.hexdigest()
