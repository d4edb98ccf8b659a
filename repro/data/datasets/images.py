"""Pictures from files: all of one size, in memory as bytes, or as float32 where they hold more than bytes can."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from repro.data.arrays import AnyArray
from repro.data.data_error import DataError
from repro.data.memory_limit import free_memory_bytes

MAX_PIXELS = 10**8
SHARE_OF_MEMORY = 1 / 2
"""All pictures together may take so much of the free memory."""
SEVERAL_IN_ONE = frozenset({"GIF", "TIFF", "WEBP", "PNG"})
"""Formats whose files may hold several pictures of equal worth; a phone's JPEG only holds a preview beside it."""
BITS_PER_SAMPLE, WHITE_IS_ZERO = 258, 262
"""Tags of a TIFF."""


def read_images(root: Path, names: Sequence[str]) -> tuple[AnyArray, dict[int, str], tuple[str, ...]]:
    """Pictures ``(N, C, H, W)`` of the files that can be read; why the others cannot, by their number; and notes.

    uint8; where one is of more than 8 bits float32, full scale 0 .. 1 by each picture's own depth. ``C`` is 1 where all
    are grey, else 3: all become RGB. What is transparent is laid on white.

    Raises:
        DataError: pictures of several sizes, or too many for memory; no Pillow here.

    """
    try:
        from PIL import Image
    except ImportError as error:
        raise DataError("pictures cannot be read here: Pillow is not installed (pip install pillow)") from error
    opened: dict[int, AnyArray] = {}
    faults: dict[int, str] = {}
    transparent = 0
    most = int(SHARE_OF_MEMORY * free_memory_bytes())
    size = 0
    for number, name in enumerate(names):
        try:
            with (root / name).open("rb") as content, Image.open(content) as file:
                _check_size(file)
                picture, see_through = _values(file)
        except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError) as error:
            faults[number] = f"cannot be read as a picture: {_reason(error)}"
            continue
        opened[number] = picture
        transparent += see_through
        size += picture.nbytes
        if size > most:
            text = f"the first {len(opened):,} of {len(names):,} pictures take {size / 2**30:.1f} GB, half of the free"
            raise DataError(f"{root}: {text} memory; make them smaller, or give them with data.py and np.memmap")
    if not opened:
        return np.zeros((0, 1, 1, 1), dtype=np.uint8), faults, ()
    sizes = Counter(picture.shape[:2] for picture in opened.values())
    if len(sizes) > 1:
        (high, wide), count = sizes.most_common(1)[0]
        other = next(number for number, picture in opened.items() if picture.shape[:2] != (high, wide))
        raise DataError(
            f"{root}: pictures are of {len(sizes)} sizes: {count} are {wide} x {high}, {names[other]} is "
            f"{opened[other].shape[1]} x {opened[other].shape[0]}; bring them all to one size"
        )
    coloured = any(picture.ndim == 3 for picture in opened.values())
    deep = sum(picture.dtype != np.uint8 for picture in opened.values())
    if deep:
        opened = {number: _as_float(picture) for number, picture in opened.items()}
    values = np.stack([_channels_first(picture, coloured) for picture in opened.values()])
    return values, faults, _notes(len(opened), deep, transparent)


def _notes(pictures: int, deep: int, transparent: int) -> tuple[str, ...]:
    notes = []
    if transparent:
        notes.append(f"{transparent:,} of {pictures:,} pictures have transparent parts, which are laid on white")
    if deep not in (0, pictures):
        notes.append(f"{deep:,} of {pictures:,} pictures are of more than 8 bits; each is scaled by its own depth")
    return tuple(notes)


def _check_size(file: Any) -> None:
    if file.width * file.height > MAX_PIXELS:
        raise ValueError(f"has {file.width} x {file.height} pixels; at most {MAX_PIXELS:,} are read")
    if file.format in SEVERAL_IN_ONE and getattr(file, "n_frames", 1) > 1:
        raise ValueError(f"holds {file.n_frames} pictures, and one item is one; save each as a file of its own")


def _values(file: Any) -> tuple[AnyArray, bool]:
    """One picture, ``(H, W)`` or ``(H, W, 3)``, uint8 or float32 of full scale 0 .. 1; and whether it is transparent.

    ``file`` must be opened without a name: by name Pillow maps a TIFF that lies into memory and mixes up its rows.
    ValueError where its scale cannot be known.
    """
    from PIL import ImageOps

    mode = file.mode
    inverted = file.format == "TIFF" and file.tag_v2.get(WHITE_IS_ZERO) == 0
    depth = _depth(file)
    transparent = "transparency" in file.info or mode in ("LA", "La", "PA", "RGBA", "RGBa")
    file.load()  # which turns a TIFF upright by itself, and forgets that it lay
    image = ImageOps.exif_transpose(file)
    if mode == "F" or mode.startswith("I"):
        return _deep(np.asarray(image), mode, depth, inverted), False
    if transparent:
        return _on_white(image)
    return np.asarray(image.convert("L" if mode in ("1", "L") else "RGB")), False


def _depth(file: Any) -> int:
    """Bits of a sample, as the file says."""
    if file.format == "TIFF":
        return int(file.tag_v2.get(BITS_PER_SAMPLE, (8,))[0])
    return 16


def _deep(values: AnyArray, mode: str, depth: int, inverted: bool) -> AnyArray:
    """Grey values of more than 8 bits by their own full scale."""
    if mode == "F":
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        if not np.isfinite(values).all() or low < 0 or high > 1:
            text = f"holds floating-point numbers from {low:g} to {high:g}"
            raise ValueError(f"{text}, whose full scale is not known; save numbers from 0 to 1, or 8 or 16 bits")
        return values.astype(np.float32)
    if depth > 16 or values.min() < 0:
        low, high = int(values.min()), int(values.max())
        text = f"holds whole numbers of {depth} bits from {low} to {high}"
        raise ValueError(f"{text}, whose full scale is not known; save it with 8 or 16 bits, without a sign")
    scale = 2**depth - 1
    grey = values.astype(np.float32) / np.float32(scale)
    return 1 - grey if inverted else grey


def _on_white(image: Any) -> tuple[AnyArray, bool]:
    """A picture laid on white, grey where all of it is, and whether any of it is transparent.

    ValueError where nothing of it is left: a white drawing on nothing.
    """
    rgba = np.asarray(image.convert("RGBA"))
    colours, alpha = rgba[..., :3], rgba[..., 3:]
    if (alpha == 255).all():
        laid = colours
    else:
        laid = ((colours.astype(np.uint16) * alpha + 255 * (255 - alpha.astype(np.uint16)) + 127) // 255).astype(
            np.uint8
        )
        if (laid == 255).all() and (alpha != alpha.flat[0]).any():
            raise ValueError("is drawn in white on nothing, and nothing of it is left on white; save it without alpha")
    grey = image.mode in ("LA", "La", "L", "1")
    return np.ascontiguousarray(laid[..., 0] if grey else laid), bool((alpha < 255).any())


def _as_float(picture: AnyArray) -> AnyArray:
    return picture if picture.dtype == np.float32 else picture.astype(np.float32) / np.float32(255)


def _channels_first(picture: AnyArray, coloured: bool) -> AnyArray:
    """``(H, W)`` or ``(H, W, 3)`` to ``(C, H, W)``."""
    if picture.ndim == 2:
        return np.repeat(picture[np.newaxis], 3 if coloured else 1, axis=0)
    return np.ascontiguousarray(picture.transpose(2, 0, 1))


def _reason(error: Exception) -> str:
    return "its format is not known" if "cannot identify" in str(error) else str(error).rstrip(".")
