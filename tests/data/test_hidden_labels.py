"""Items whose test labels are those of other items, and items as plain values."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from repro.data.audio.clips import Clips
from repro.data.hidden_labels import without_labels, without_test_labels
from repro.data.items import Items
from repro.data.plain_items import from_plain, to_plain
from repro.data.splits import Split
from repro.runs.engine.wire import pack, unpack
from repro.spec.shape import Shape


def items(count: int = 60) -> Items:
    values = np.arange(count * 4, dtype=np.float32).reshape(count, 4)
    columns = {
        "word": np.array([f"class {row % 3}" for row in range(count)]),
        "path": np.array([f"class {row % 3}/{row}.wav" for row in range(count)], dtype=object),
        "level": np.arange(count, dtype=np.float64),
        "many": np.eye(3)[np.arange(count) % 3],
    }
    return Items(name="made", values=values, shape=Shape.of("F", 4), columns=columns)


def split(count: int = 60) -> Split:
    rows = np.arange(count, dtype=np.int64)
    return Split({"train": rows[:30], "validation": rows[30:40], "test": rows[40:55]}, count, {})


def test_every_column_of_what_training_may_not_see_is_another_items(tmp_path: Path) -> None:
    whole = items()
    blank = without_test_labels(whole, split(), tmp_path)
    for name, cells in whole.columns.items():
        copy = blank.columns[name]
        assert np.array_equal(copy[:40], cells[:40]), name
        known = {str(cell) for cell in cells[:30]}
        assert {str(cell) for cell in copy[40:]} <= known, name
        assert not np.array_equal(copy[40:], cells[40:]), name
    assert not set(blank.columns["level"][40:]) & set(whole.columns["level"][40:])
    assert np.array_equal(blank.values, whole.values)
    assert blank.sha256 == whole.sha256
    assert {name: list(rows) for name, rows in blank.parts.items()} == {
        name: list(rows) for name, rows in split().parts.items()
    }


def test_it_says_the_same_twice_and_nothing_of_the_true_labels(tmp_path: Path) -> None:
    """Other test labels give the very same copy."""
    whole, other = items(), items()
    other.columns["word"][40:] = "class 0"
    one, two = (without_test_labels(x, split(), tmp_path) for x in (whole, other))
    assert np.array_equal(one.columns["word"], two.columns["word"])


def test_a_recording_that_training_may_not_see_loses_its_name_and_keeps_its_sound(tmp_path: Path) -> None:
    folder, links = tmp_path / "recordings", tmp_path / "links"
    links.mkdir()
    names = []
    for row in range(60):
        (folder / f"class {row % 3}").mkdir(parents=True, exist_ok=True)
        names.append(f"class {row % 3}/{row}.wav")
        soundfile.write(folder / names[-1], np.sin(np.arange(400) * (row + 1) / 50) / 2, 8000)
    ones = np.ones(60, dtype=np.int64)
    files = tuple(str(row) for row in range(60))
    clips = Clips(folder, tuple(names), 8000 * ones, ones, 400 * ones, files=files)
    whole = Items(name="own", values=clips, shape=Shape.of("C T", 1, 400), columns={})
    blank = from_plain(to_plain(without_test_labels(whole, split(), links)))
    assert blank.clips is not None
    assert blank.clips.names[:40] == clips.names[:40]
    for row in range(40, 60):
        assert "class" not in blank.clips.names[row]
        assert Path(blank.clips.names[row]).suffix == ".wav"
        assert np.array_equal(blank.clips.read(row), clips.read(row))
    assert blank.sha256 == whole.sha256


def test_all_items_of_another_data_set_have_other_labels(tmp_path: Path) -> None:
    blank = without_labels(items(), tmp_path)
    assert (blank.columns["level"] != items().columns["level"]).mean() > 0.9


@pytest.mark.parametrize("mapped", [False, True])
def test_items_come_back_from_plain_values(tmp_path: Path, mapped: bool) -> None:
    whole = items()
    if mapped:
        whole.values.tofile(tmp_path / "values")
        array = np.memmap(tmp_path / "values", dtype=np.float32, mode="r", shape=whole.values.shape)
        whole = Items(name="made", values=array[10:50], shape=whole.shape, columns={})
    again = from_plain(unpack(pack(to_plain(whole))))
    assert again.sha256 == whole.sha256
    assert np.array_equal(again.values, whole.values)
    assert isinstance(again.values, np.memmap) == mapped
    for name, cells in whole.columns.items():
        assert again.columns[name].dtype.kind == cells.dtype.kind
        assert np.array_equal(again.columns[name], cells)


def test_what_a_message_brings_is_not_executed(tmp_path: Path) -> None:
    class Harm:
        def __reduce__(self) -> tuple[object, ...]:
            return Path.touch, (tmp_path / "harm",)

    with pytest.raises(ValueError, match="cannot be read"):
        unpack(pack(Harm()))
    assert not (tmp_path / "harm").exists()
    assert torch.equal(unpack(pack({"a": torch.arange(3)}))["a"], torch.arange(3))
