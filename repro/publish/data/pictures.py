"""The picture of one item: waveform and spectrogram of a recording, a line for a signal, the picture of a picture."""

import math
from html import escape

import numpy as np
from PIL import Image

from repro.data.arrays import AnyArray
from repro.data.audio.decode import FloatArray, decode
from repro.data.items import Items
from repro.publish.data import svg
from repro.publish.data.spectrogram import FLOOR_DB, mel, mel_spectrogram_db

SECONDS = 30.0
"""Of a longer recording only the beginning is drawn."""

_POINTS = 304  # as many as the panel is wide
_LINE = 11.0  # room for a tick's text
_LIMITS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 1.1, 1.2, 1.5, 2.0)
_KILOHERTZ = (0, 0.25, 0.5, 1, 2, 4, 8, 16, 32)


def beginning(items: Items, row: int, seconds: float = SECONDS) -> tuple[FloatArray, int]:
    """The first seconds of a recording, ``(C, T)``, and its rate in Hz. DataError when it cannot be decoded."""
    clips = items.clips
    if clips is None:
        rate = round(items.rate or 1)
        return np.asarray(items.array[row], dtype=np.float32)[:, : max(1, round(seconds * rate))], rate
    rate = clips.rate(row)
    frames = min(int(clips.frames[row]), max(1, round(seconds * rate)))
    if row in clips.given:
        return clips.given[row][:, :frames], rate
    start = 0 if clips.starts is None else int(clips.starts[row])
    return decode(clips.path(row), start=start, frames=frames), rate


def sound_picture(samples: FloatArray, rate: float, title: str) -> str:
    """Waveform (all channels together) over mel spectrogram (their mean), with one axis of seconds."""
    seconds = samples.shape[1] / rate
    peak = float(np.abs(samples).max())
    limit = next((nice for nice in _LIMITS if peak <= nice), float(math.ceil(peak)))
    wave = svg.Panel(6, 74, -limit, limit)
    top = mel(rate / 2)
    bands = svg.Panel(97, 108, 0, top)
    marks: list[tuple[float, str]] = []
    for kilohertz in _KILOHERTZ:  # from below, each with room for its text
        at = mel(1000 * kilohertz)
        if at <= top and (not marks or bands.y(marks[-1][0]) - bands.y(at) >= _LINE):
            marks.append((at, f"{kilohertz:g}"))
    return svg.picture(
        243,
        title,
        [
            _wave(wave, samples),
            svg.frame(wave),
            svg.y_axis(wave, [(-limit, f"−{limit:g}"), (0, "0"), (limit, f"{limit:g}")], "full scale"),
            svg.image(bands, mel_spectrogram_db(samples.mean(0), rate), FLOOR_DB, 0.0),
            svg.frame(bands),
            svg.y_axis(bands, marks, "kHz"),
            svg.x_axis(bands.top + bands.height, 0, seconds, "seconds"),
        ],
    )


def item_picture(items: Items, row: int, title: str) -> str:
    """The picture of an item that is no recording, by the letters of its axes."""
    values = np.asarray(items.array[row])
    axes = "".join(items.shape.axes)
    if axes == "CHW":
        return _photo(values, title)
    if axes in ("CFT", "FT"):
        flat = values.reshape(-1, *values.shape[-2:])[0].astype(np.float64)
        panel = svg.Panel(6, 150, 0, flat.shape[0])
        parts = [svg.image(panel, flat, float(flat.min()), float(flat.max())), svg.frame(panel)]
        parts += [svg.y_axis(panel, svg.number_ticks(panel), "band"), svg.x_axis(156, 0, flat.shape[1], "frame")]
        return svg.picture(194, title, parts)
    lines = values.reshape(-1, values.shape[-1]).astype(np.float64) if values.ndim else values.reshape(1, 1)
    low, high = float(lines.min()), float(lines.max())
    margin = 0.05 * (high - low) or 1.0
    panel = svg.Panel(6, 120, low - margin, high + margin)
    timed = items.rate is not None and axes.endswith("T")
    last = lines.shape[1] / (items.rate or 1) if timed else float(lines.shape[1] - 1)
    label = "seconds" if timed else "sample" if axes.endswith("T") else "position"
    parts = [svg.line(panel, _thinned(some)) for some in lines[:4]]
    parts += [svg.frame(panel), svg.y_axis(panel, svg.number_ticks(panel), "value"), svg.x_axis(126, 0, last, label)]
    return svg.picture(164, title, parts)


def lengths_picture(seconds: AnyArray, title: str) -> str:
    """How many items are how long: bars over a scale of seconds."""
    bars = min(40, max(8, int(np.sqrt(len(seconds)))))
    counts, edges = np.histogram(seconds, bins=bars, range=(0.0, float(seconds.max())))
    panel = svg.Panel(6, 100, 0, float(counts.max()))
    width = (svg.WIDTH - svg.LEFT - svg.RIGHT) / bars
    parts = [
        f'<rect class="area" x="{svg.x_of(at / bars) + 0.5:.1f}" y="{panel.y(float(count)):.1f}" '
        f'width="{width - 1:.1f}" height="{panel.top + panel.height - panel.y(float(count)):.1f}"/>'
        for at, count in enumerate(counts)
        if count
    ]
    integer_ticks = [(value, text) for value, text in svg.number_ticks(panel) if float(value).is_integer()]
    parts += [
        svg.frame(panel),
        svg.y_axis(panel, integer_ticks, "items"),
        svg.x_axis(106, 0, float(edges[-1]), "seconds"),
    ]
    return svg.picture(144, title, parts)


def _wave(panel: svg.Panel, samples: FloatArray) -> str:
    if samples.shape[1] <= 2 * _POINTS:
        return "".join(svg.line(panel, channel) for channel in samples[:2])
    edges = np.linspace(0, samples.shape[1], _POINTS + 1).astype(int)[:-1]
    low = np.minimum.reduceat(samples.min(0), edges)
    high = np.maximum.reduceat(samples.max(0), edges)
    return svg.band(panel, low, high)


def _thinned(values: AnyArray) -> AnyArray:
    step = -(-len(values) // (4 * _POINTS))
    return values[::step]


def _photo(values: AnyArray, title: str) -> str:
    """A picture ``(C, H, W)``; values that are no bytes are stretched over their own range."""
    if values.dtype != np.uint8:
        low, high = float(values.min()), float(values.max())
        values = np.round((values - low) / ((high - low) or 1.0) * 255).astype(np.uint8)
    plain = values[0] if values.shape[0] != 3 else np.moveaxis(values, 0, 2)
    uri = svg.png_uri(Image.fromarray(np.ascontiguousarray(plain)))
    small = " small" if max(values.shape[1:]) <= 96 else ""
    return f'<img class="photo{small}" alt="{escape(title)}" src="{uri}">'
