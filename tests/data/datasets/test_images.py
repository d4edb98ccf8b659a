"""Pictures of any depth keep their values: scaled by their own depth, or refused by name."""

import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from repro.data.data_error import DataError
from repro.data.datasets.images import read_images

RAMP = np.linspace(0, 1, 24).reshape(4, 6)


def tiff(path: Path, samples: np.ndarray, bits: int, *, white_is_zero: bool = False) -> Path:
    """A grey TIFF of 12 or 16 bits in one strip, unpacked as its standard says."""
    values = samples.astype(int)
    if bits == 12:
        packed = "".join(f"{value:012b}" for row in values for value in row)
        content = int(packed, 2).to_bytes(len(packed) // 8, "big")
    else:
        content = values.astype("<u2").tobytes()
    high, wide = values.shape
    tags = [(256, 3, wide), (257, 3, high), (258, 3, bits), (259, 3, 1), (262, 3, 0 if white_is_zero else 1)]
    tags += [(273, 4, 8 + 2 + 12 * 9 + 4), (277, 3, 1), (278, 3, high), (279, 4, len(content))]
    fields = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    path.write_bytes(b"II*\0" + struct.pack("<IH", 8, len(tags)) + fields + bytes(4) + content)
    return path


def one(path: Path) -> np.ndarray:
    """The one picture, as numbers from 0 to 1."""
    values, faults, _ = read_images(path.parent, [path.name])
    if faults:
        raise ValueError(faults[0])
    return values[0] / 255 if values.dtype == np.uint8 else values[0]


def save(path: Path, values: np.ndarray) -> Path:
    Image.fromarray(values).save(path)
    return path


def deep_members(folder: Path) -> dict[str, Path]:
    sixteen = np.round(RAMP * 65535).astype(np.uint16)
    (folder / "maxval.pgm").write_bytes(b"P5 6 4 1023\n" + np.round(RAMP * 1023).astype(">u2").tobytes())
    (folder / "sixteen.pgm").write_bytes(b"P5 6 4 65535\n" + sixteen.astype(">u2").tobytes())
    save(folder / "float.tif", RAMP.astype(np.float32))
    return {
        "16-bit png": save(folder / "a.png", sixteen),
        "16-bit tif": save(folder / "a.tif", sixteen),
        "16-bit tif of the other byte order": save(folder / "b.tif", sixteen.astype(">u2")),
        "16-bit tif in which 0 is white": tiff(folder / "c.tif", 65535 - sixteen.astype(int), 16, white_is_zero=True),
        "12-bit tif": tiff(folder / "d.tif", np.round(RAMP * 4095), 12),
        "float tif": folder / "float.tif",
        "10-bit pgm": folder / "maxval.pgm",
        "16-bit pgm": folder / "sixteen.pgm",
    }


NAMES = ["16-bit png", "16-bit tif", "16-bit tif of the other byte order", "16-bit tif in which 0 is white"]
NAMES += ["12-bit tif", "float tif", "10-bit pgm", "16-bit pgm"]


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_of_more_than_8_bits_keeps_its_values(tmp_path, name):
    path = deep_members(tmp_path)[name]
    values, faults, notes = read_images(tmp_path, [path.name])
    assert (faults, notes, values.dtype, values.shape) == ({}, (), np.float32, (1, 1, 4, 6))
    np.testing.assert_allclose(values[0, 0], RAMP, atol=1e-3)
    assert len(np.unique(values)) == 24


def test_pictures_of_several_depths_have_one_scale_and_that_is_said(tmp_path):
    path = deep_members(tmp_path)["16-bit png"]
    save(tmp_path / "eight.png", np.round(RAMP * 255).astype(np.uint8))
    values, _, notes = read_images(tmp_path, [path.name, "eight.png"])
    np.testing.assert_allclose(values[0], values[1], atol=1 / 255)
    assert notes == ("1 of 2 pictures are of more than 8 bits; each is scaled by its own depth",)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((RAMP * 255).astype(np.float32), "floating-point numbers from 0 to 255, whose full scale is not known"),
        ((RAMP - 0.5).astype(np.float32), "floating-point numbers from -0.5 to 0.5, whose full scale is not known"),
        (np.where(RAMP > 0.5, np.nan, RAMP).astype(np.float32), "whose full scale is not known"),
        ((RAMP * 4095).astype(np.int32), "whole numbers of 32 bits from 0 to 4095, whose full scale is not known"),
    ],
)
def test_a_picture_whose_scale_cannot_be_known_is_refused_by_name(tmp_path, values, said):
    with pytest.raises(ValueError, match=said):
        one(save(tmp_path / "a.tif", values))


def test_signed_numbers_are_refused(tmp_path):
    path = tiff(tmp_path / "a.tif", RAMP * 65535, 16)
    content = path.read_bytes()
    tags = content[10 : 10 + 12 * 9] + struct.pack("<HHII", 339, 3, 1, 2)
    moved = tags.replace(struct.pack("<HHII", 273, 4, 1, 122), struct.pack("<HHII", 273, 4, 1, 134))
    path.write_bytes(content[:8] + struct.pack("<H", 10) + moved + content[118:])
    with pytest.raises(ValueError, match="whose full scale is not known"):
        one(path)


ALPHA = np.round(RAMP * 255).astype(np.uint8)


def drawn_in_alpha(colour: int) -> np.ndarray:
    return np.dstack([np.full((4, 6, 3), colour, np.uint8), ALPHA])


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_a_picture_that_is_drawn_in_its_transparency_is_not_one_value(tmp_path, mode):
    image = Image.fromarray(drawn_in_alpha(0)).convert(mode)
    image.save(tmp_path / "a.png", **({"transparency": bytes(range(0, 240, 10))} if mode == "P" else {}))
    if mode == "P":
        image = Image.fromarray(np.arange(24, dtype=np.uint8).reshape(4, 6))
        image = image.convert("P")
        image.putpalette(bytes(768))
        image.save(tmp_path / "a.png", transparency=bytes(ALPHA.ravel()))
    values, faults, notes = read_images(tmp_path, ["a.png"])
    assert faults == {}
    assert values.shape[1] == (1 if mode == "LA" else 3)
    np.testing.assert_allclose(values[0, 0], 255 - ALPHA.astype(int), atol=1)
    assert notes == ("1 of 1 pictures have transparent parts, which are laid on white",)


def test_a_white_drawing_on_nothing_is_refused_and_an_opaque_alpha_changes_nothing(tmp_path):
    with pytest.raises(ValueError, match="is drawn in white on nothing"):
        one(save(tmp_path / "a.png", drawn_in_alpha(255)))
    colours = np.random.default_rng(0).integers(0, 256, (4, 6, 3), dtype=np.uint8)
    save(tmp_path / "b.png", np.dstack([colours, np.full((4, 6), 255, np.uint8)]))
    values, _, notes = read_images(tmp_path, ["b.png"])
    np.testing.assert_array_equal(values[0].transpose(1, 2, 0), colours)
    assert notes == ()


def test_a_palette_is_its_colours(tmp_path):
    image = Image.fromarray(np.arange(24, dtype=np.uint8).reshape(4, 6)).convert("P")
    colours = np.random.default_rng(0).integers(0, 256, (256, 3), dtype=np.uint8)
    image.putpalette(colours.tobytes())
    for name in ("a.png", "a.gif", "a.bmp"):
        image.save(tmp_path / name)
        values, _, _ = read_images(tmp_path, [name])
        np.testing.assert_array_equal(values[0].transpose(1, 2, 0), colours[:24].reshape(4, 6, 3))


@pytest.mark.parametrize("name", ["a.gif", "a.tif", "a.png", "a.webp"])
def test_a_file_of_several_pictures_is_refused_by_name(tmp_path, name):
    frames = [Image.fromarray(np.full((8, 8), 60 * n, np.uint8)) for n in range(3)]
    frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:])
    with pytest.raises(ValueError, match="holds 3 pictures, and one item is one"):
        one(tmp_path / name)


def test_small_files_that_fill_the_memory_are_refused_before_they_do(tmp_path, monkeypatch):
    for number in range(20):
        Image.new("L", (500, 500)).save(tmp_path / f"{number}.png")
    monkeypatch.setattr("repro.data.datasets.images.free_memory_bytes", lambda: 4 * 10**6)
    with pytest.raises(DataError, match=r"the first 9 of 20 pictures take 0\.0 GB, half of the free memory"):
        read_images(tmp_path, [f"{number}.png" for number in range(20)])


@pytest.mark.parametrize(("kind", "scale"), [(np.uint16, 65535), (np.uint8, 255)])
def test_a_picture_that_lies_is_turned_upright_once(tmp_path, kind, scale):
    info = TiffImagePlugin.ImageFileDirectory_v2()
    info[274] = 6
    Image.fromarray(np.round(RAMP * scale).astype(kind)).save(tmp_path / "a.tif", tiffinfo=info)
    np.testing.assert_allclose(one(tmp_path / "a.tif")[0], np.rot90(RAMP, -1), atol=1 / scale)
