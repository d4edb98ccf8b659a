"""Pictures from files: all of one size, in memory as bytes."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from repro.data.data_error import DataError
from repro.data.permutation import AnyArray

MAX_PIXELS = 10**8


def read_pictures(root: Path, names: Sequence[str]) -> tuple[AnyArray, dict[int, str]]:
    """Pictures ``(N, C, H, W)`` uint8 of the files that can be read, and why the others cannot, by their number.

    ``C`` is 1 where all are grey, else 3: all become RGB; what is transparent becomes what lies under it.

    Raises:
        DataError: pictures of several sizes; no Pillow here.

    """
    try:
        from PIL import Image, ImageOps
    except ImportError as error:
        raise DataError("pictures cannot be read here: Pillow is not installed (pip install pillow)") from error
    opened: dict[int, Any] = {}
    faults: dict[int, str] = {}
    for number, name in enumerate(names):
        try:
            with Image.open(root / name) as file:
                if file.width * file.height > MAX_PIXELS:
                    raise ValueError(f"has {file.width} x {file.height} pixels; at most {MAX_PIXELS:,} are read")
                grey = file.mode in ("1", "L", "I;16", "I", "F")
                opened[number] = np.asarray(ImageOps.exif_transpose(file).convert("L" if grey else "RGB"))
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            faults[number] = f"cannot be read as a picture: {_reason(error)}"
    if not opened:
        return np.zeros((0, 1, 1, 1), dtype=np.uint8), faults
    sizes = Counter(picture.shape[:2] for picture in opened.values())
    if len(sizes) > 1:
        (high, wide), most = sizes.most_common(1)[0]
        other = next(number for number, picture in opened.items() if picture.shape[:2] != (high, wide))
        raise DataError(
            f"{root}: pictures are of {len(sizes)} sizes: {most} are {wide} x {high}, {names[other]} is "
            f"{opened[other].shape[1]} x {opened[other].shape[0]}; bring them all to one size"
        )
    coloured = any(picture.ndim == 3 for picture in opened.values())
    return np.stack([_channels_first(picture, coloured) for picture in opened.values()]), faults


def _channels_first(picture: AnyArray, coloured: bool) -> AnyArray:
    """``(H, W)`` or ``(H, W, 3)`` to ``(C, H, W)``."""
    if picture.ndim == 2:
        return np.repeat(picture[np.newaxis], 3 if coloured else 1, axis=0)
    return np.ascontiguousarray(picture.transpose(2, 0, 1))


def _reason(error: Exception) -> str:
    return "its format is not known" if "cannot identify" in str(error) else str(error).rstrip(".")
