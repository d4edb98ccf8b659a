"""The picture of one item as PNG, small, for a table of many."""

import io

import numpy as np
from PIL import Image, ImageDraw

from repro.data.arrays import AnyArray
from repro.data.items import Items
from repro.publish.data.spectrogram import FLOOR_DB, mel_spectrogram_db
from repro.publish.data.svg import shaded

SIZE = (384, 192)
"""Pixels of a picture, width and height; that of a picture keeps its own proportions."""

_FINER = 3
_INK = (0x1B, 0x5E, 0x9E)
_MOST_LINES = 4


def item_png(items: Items, row: int) -> bytes:
    """An item that is no recording, by the letters of its axes: a photo, a spectrogram, a line for each channel."""
    values = np.asarray(items.array[row])
    axes = "".join(items.shape.axes)
    if axes == "CHW":
        return _photo(values)
    if axes in ("CFT", "FT"):
        flat = values.reshape(-1, *values.shape[-2:])[0].astype(np.float64)
        return _png(shaded(flat[::-1], float(flat.min()), float(flat.max())).convert("RGB").resize(SIZE))
    return _lines(values.reshape(-1, values.shape[-1] if values.ndim else 1).astype(np.float64)[:_MOST_LINES])


def spectrogram_png(samples: AnyArray, rate: float) -> bytes:
    """The mel spectrogram of a recording ``(C, T)``, its channels as one; from -80 dB, dark, to its loudest point.

    Raises:
        SpecError: torchaudio does not import here.

    """
    bands = mel_spectrogram_db(samples.mean(0), rate)
    return _png(shaded(bands[::-1], FLOOR_DB, 0.0).convert("RGB").resize(SIZE))


def _photo(values: AnyArray) -> bytes:
    if values.dtype != np.uint8:
        low, high = float(values.min()), float(values.max())
        values = np.round((values - low) / ((high - low) or 1.0) * 255).astype(np.uint8)
    plain = values[0] if values.shape[0] != 3 else np.moveaxis(values, 0, 2)
    image = Image.fromarray(np.ascontiguousarray(plain))
    times = max(1, SIZE[1] // max(image.size))
    return _png(image.resize((image.width * times, image.height * times), Image.Resampling.NEAREST))


def _lines(lines: AnyArray) -> bytes:
    width, height = (_FINER * size for size in SIZE)
    image = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(image)
    low, high = float(lines.min()), float(lines.max())
    span = (high - low) or 1.0
    margin = 8 * _FINER
    x = np.linspace(margin, width - margin, lines.shape[1])
    for line in lines:
        y = height - margin - (line - low) / span * (height - 2 * margin)
        pen.line(list(zip(x.tolist(), y.tolist(), strict=True)), fill=_INK, width=2 * _FINER, joint="curve")
    return _png(image.resize(SIZE, Image.Resampling.LANCZOS))


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
