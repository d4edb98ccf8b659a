"""Items as plain values, to be sent to another process and read there without executing anything."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import torch

from repro.data.arrays import AnyArray
from repro.data.audio.clips import Clips
from repro.data.items import Items
from repro.spec.shape import Shape

_CLIP_ARRAYS = ("rates", "channels", "frames", "starts", "ends")


def to_plain(items: Items) -> dict[str, Any]:
    """Numbers, texts, tensors, and lists and dicts of these; an array that is a mapped file stays in its file."""
    return {
        "name": items.name,
        "values": _array(items.values) if not isinstance(items.values, Clips) else None,
        "clips": _clips(items.values) if isinstance(items.values, Clips) else None,
        "shape": [list(items.shape.axes), list(items.shape.sizes)],
        "columns": {name: _array(np.asarray(cells)) for name, cells in items.columns.items()},
        "parts": {name: _array(rows) for name, rows in items.parts.items()},
        "rate": items.rate,
        "sha256": items.sha256,
        "skipped": list(items.skipped),
        "groups": list(items.groups),
    }


def from_plain(plain: dict[str, Any]) -> Items:
    """The items again."""
    clips = plain["clips"]
    return Items(
        name=plain["name"],
        values=_array_of(plain["values"]) if clips is None else _clips_of(clips),
        shape=Shape(axes=tuple(plain["shape"][0]), sizes=tuple(plain["shape"][1])),
        columns={name: _array_of(cells) for name, cells in plain["columns"].items()},
        parts={name: _array_of(rows) for name, rows in plain["parts"].items()},
        rate=plain["rate"],
        sha256=plain["sha256"],
        skipped=tuple(plain["skipped"]),
        groups=tuple(plain["groups"]),
    )


def _clips(clips: Clips) -> dict[str, Any]:
    arrays = {key: getattr(clips, key) for key in _CLIP_ARRAYS}
    return {
        "root": str(clips.root),
        "names": list(clips.names),
        "files": list(clips.files),
        "sha256": clips.sha256,
        "given": {row: _array(samples) for row, samples in clips.given.items()},
        **{key: None if values is None else _array(values) for key, values in arrays.items()},
    }


def _clips_of(plain: dict[str, Any]) -> Clips:
    arrays = {key: None if plain[key] is None else _array_of(plain[key]) for key in _CLIP_ARRAYS}
    return Clips(
        root=Path(plain["root"]),
        names=tuple(plain["names"]),
        files=tuple(plain["files"]),
        sha256=plain["sha256"],
        given={row: _array_of(samples) for row, samples in plain["given"].items()},
        **arrays,  # type: ignore[arg-type]
    )


def _array(array: AnyArray) -> dict[str, Any]:
    if (mapping := _mapping(array)) is not None:
        return {"mapping": mapping}
    if array.dtype.kind == "O":
        return {"objects": array.ravel().tolist(), "sizes": list(array.shape)}
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return {"bytes": torch.from_numpy(np.frombuffer(buffer.getbuffer(), dtype=np.uint8).copy())}


def _array_of(plain: dict[str, Any]) -> AnyArray:
    if "mapping" in plain:
        name, dtype, offset, sizes = plain["mapping"]
        return np.memmap(name, dtype=np.dtype(dtype), mode="r", offset=offset, shape=tuple(sizes))
    if "objects" in plain:
        array = np.empty(len(plain["objects"]), dtype=object)
        array[:] = plain["objects"]
        return array.reshape(plain["sizes"])
    loaded: AnyArray = np.load(io.BytesIO(plain["bytes"].numpy().data), allow_pickle=False)
    return loaded


def _mapping(array: AnyArray) -> list[Any] | None:
    """File, type, offset and shape of an array that lies in a mapped file as it is; None for any other."""
    under: Any = array
    while under is not None and not (isinstance(under, np.memmap) and not isinstance(under.base, np.ndarray)):
        under = getattr(under, "base", None)
    if under is None or under.filename is None or not array.flags.c_contiguous or not array.size:
        return None
    offset = under.offset + array.ctypes.data - under.ctypes.data
    return [str(under.filename), array.dtype.str, int(offset), list(array.shape)]
