"""The file of predictions beside a record: arrays by name, compressed, without a time stamp."""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np

Arrays = Mapping[str, "np.ndarray[Any, Any]"]

_NO_DATE = (1980, 1, 1, 0, 0, 0)


def pack(arrays: Arrays) -> bytes:
    """An ``.npz`` file of these arrays, in the order of their names; equal arrays give equal bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(arrays):
            entry = zipfile.ZipInfo(f"{name}.npy", _NO_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            content = io.BytesIO()
            np.lib.format.write_array(content, np.ascontiguousarray(arrays[name]), allow_pickle=False)
            archive.writestr(entry, content.getvalue())
    return made.getvalue()


def unpack(content: bytes) -> dict[str, "np.ndarray[Any, Any]"]:
    """The arrays of such a file. Raises ValueError or zipfile.BadZipFile when it is damaged."""
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def arrays_sha256(arrays: Arrays) -> str:
    """The sha256 over name, type, shape and bytes of the arrays: of what is predicted, however it was compressed."""
    total = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        total.update(f"{name}\0{array.dtype.str}\0{array.shape}\0".encode())
        total.update(array.tobytes())
    return total.hexdigest()
