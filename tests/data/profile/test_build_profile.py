"""What is planted in real files is found, counted once, and kept."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from repro.data.audio.index_clips import index_clips
from repro.data.items import Items
from repro.data.profile import cached_levels as kept
from repro.data.profile.build_profile import DataProfile, build_profile
from repro.data.profile.contents import contents_of, numbers_of
from repro.data.profile.duplicates import equal_pairs
from repro.data.profile.examples import EACH, examples_of, spread_examples
from repro.data.profile.item_names import item_name
from repro.data.profile.levels import have_levels, measure_levels
from repro.runs.data_of_plan import data_of_plan
from repro.spec.experiment import Label
from repro.spec.shape import Shape
from repro.study import load


def look_at(folder: Path, *changes: str) -> DataProfile:
    study = load(folder, changes=changes)
    (asked,) = data_of_plan(study.plan)
    return build_profile(asked.dataset, asked.wanted, study.spec.folder)


def names_of(seen: DataProfile, which: np.ndarray) -> list[str]:
    return [item_name(seen.items, int(row)) for row in np.flatnonzero(which)]


def test_planted_faults_are_found_and_nothing_else(plant: Callable[..., Path]) -> None:
    seen = look_at(plant())
    levels = seen.levels
    assert levels is not None
    assert names_of(seen, levels.is_clipped) == ["go/clipped.wav"]
    assert levels.clipped.sum() == 15
    assert names_of(seen, levels.is_silent) == ["go/silent.flac"]
    assert names_of(seen, levels.is_mostly_silence) == ["no/padded.wav"]
    assert names_of(seen, levels.has_offset) == ["no/off.ogg"]
    (pair,) = seen.duplicates
    assert [item_name(seen.items, row) for row in (pair.one, pair.other)] == ["go/00.wav", "no/copy.flac"]
    assert pair.gain_db == pytest.approx(-6.02, abs=0.1)
    assert pair.shift == pytest.approx(0.3, abs=0.02)
    assert pair.differs[0] == "wav and flac"


def test_counts_are_those_of_the_files(plant: Callable[..., Path]) -> None:
    folder = plant()
    seen = look_at(folder)
    files = sorted((folder / "recordings").rglob("*.*"))
    opened = [soundfile.info(str(path)) for path in files]
    contents = seen.contents
    assert contents.items == len(files) == 24
    assert contents.forms == {"wav": 9, "flac": 6, "ogg": 5, "mp3": 4}
    assert contents.rates == {rate: sum(one.samplerate == rate for one in opened) for rate in (16000, 22050, 44100)}
    assert contents.channels == {1: 20, 2: 4}
    assert contents.lengths is not None
    assert contents.lengths.total == pytest.approx(sum(len(soundfile.read(str(p))[0]) / o.samplerate
                                                       for p, o in zip(files, opened, strict=True)))  # fmt: skip


def test_a_division_counts_every_item_once(plant: Callable[..., Path]) -> None:
    seen = look_at(plant())
    (division,) = seen.divisions
    counts = division.classes["class"]
    assert counts.names == ("go", "no", "rare")
    assert sum(counts.all) == 24
    assert [sum(column) for column in zip(*counts.places.values(), strict=True)] == list(counts.all)
    assert seen.few == (("class", "rare", 2),)
    assert division.part_of(0) in ("train", "validation", "test")
    with_pair = {name for name, rows in division.places.items() for d in seen.duplicates if d.one in rows}
    states = {check.name: check.state for check in division.checks}
    other = {name for name, rows in division.places.items() for d in seen.duplicates if d.other in rows}
    assert states["duplicate-audio"] == ("ok" if with_pair == other else "failed")


def test_folds_have_their_test_parts(plant: Callable[..., Path]) -> None:
    seen = look_at(plant(), "splits={folds: 3, seed: 0, validation: none}")
    (division,) = seen.divisions
    assert list(division.places) == ["fold 1", "fold 2", "fold 3"]
    assert sorted(np.concatenate(list(division.places.values())).tolist()) == list(range(24))
    failed = [check for check in division.failed if check.name == "duplicate-audio"]
    together = division.part_of(seen.duplicates[0].one) == division.part_of(seen.duplicates[0].other)
    assert not together
    assert len(failed[0].folds) == 2  # the folds that test one of the two


def test_levels_are_kept_and_measured_once(plant: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    seen = look_at(plant())
    monkeypatch.setattr(kept, "measure_levels", lambda *_: pytest.fail("measured again"))
    again = kept.cached_levels(seen.items)
    for name in ("peak", "rms", "offset", "clipped", "loudest", "lead", "tail", "alike", "seconds"):
        np.testing.assert_array_equal(getattr(again, name), getattr(seen.levels, name))


@pytest.mark.parametrize("damage", ["", "{", '{"key": "x", "levels": []}', None])
def test_a_damaged_memory_is_made_again(plant: Callable[..., Path], tmp_path: Path, damage: str | None) -> None:
    seen = look_at(plant())
    (file,) = (tmp_path / "cache/levels").glob("*.json")
    whole = file.read_text()
    file.write_text(whole.replace("0.", '"a', 1).replace(",", '",', 1) if damage is None else damage)
    np.testing.assert_array_equal(kept.cached_levels(seen.items).peak, seen.levels.peak)
    assert file.read_text() == whole


def test_a_cache_that_cannot_be_written_is_told(
    plant: Callable[..., Path], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache/levels").write_text("a file where a folder belongs")
    seen = look_at(plant())
    assert seen.levels is not None
    assert "measured again next time" in caplog.text


def test_a_long_recording_is_never_in_memory_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPRO_DATA", str(tmp_path / "cache"))
    wave = np.tile(0.5 * np.hanning(8000), 100)
    wave[700_000:700_010] = 1.0
    soundfile.write(tmp_path / "long.wav", wave, 8000)
    clips = index_clips("x", tmp_path, ["long.wav"])
    sizes: list[int] = []
    clips.read_in_blocks(0, lambda block: sizes.append(block.shape[1]))
    assert sum(sizes) == 800_000
    assert max(sizes) <= 2**18
    levels = measure_levels(Items("x/", clips, clips.shape, {}, rate=8000.0))
    assert levels.clipped.tolist() == [10]


def test_a_stretch_is_measured_alone(tmp_path: Path) -> None:
    wave = np.concatenate([np.ones(1000), 0.1 * np.hanning(1000), np.zeros(1000)])
    soundfile.write(tmp_path / "a.wav", wave, 8000)
    whole = index_clips("x", tmp_path, ["a.wav"] * 3)
    from dataclasses import replace

    starts = np.array([0, 1000, 2000])
    clips = replace(whole, starts=starts, ends=starts + 1000, frames=np.full(3, 1000), sha256="")
    items = Items("x/", clips, clips.shape, {}, rate=8000.0)
    levels = measure_levels(items)
    assert (levels.clipped > 0).tolist() == [True, False, False]
    assert levels.is_silent.tolist() == [True, False, True]
    assert item_name(items, 1) == "a.wav (0.125 to 0.25 s)"


def test_other_items_are_counted_by_their_values() -> None:
    values = np.random.default_rng(0).normal(2, 3, (20, 1, 8)).astype(np.float32)
    values[7] = 1.5
    values[9] = values[3]
    items = Items("own.py:X", values, Shape.of("C T", 1, 8), {"y": np.arange(20.0)})
    numbers = numbers_of(items)
    assert numbers.constant == (7,)
    assert (numbers.mean, numbers.std) == pytest.approx((values.mean(), values.std()), rel=1e-5)
    assert (numbers.low, numbers.high) == (values.min(), values.max())
    assert equal_pairs(items) == [(3, 9)]
    assert not have_levels(items)
    assert contents_of(items).lengths is None
    label = {"y": Label(name="y", column="y", kind="number")}
    assert list(examples_of(items, label, None).values()) == [(0,), (5,), (10,), (14,), (19,)]


def test_examples_are_of_different_groups_and_the_same_each_time() -> None:
    cells = np.repeat(["a", "b"], 30)
    groups = np.tile(["x", "y", "z"], 20)
    first = spread_examples(cells, groups)
    assert first == spread_examples(cells, groups)
    assert first != spread_examples(cells, groups, seed=1)
    for cls, rows in first.items():
        assert len(rows) == EACH
        assert {groups[row] for row in rows} == {"x", "y", "z"}
        assert {cells[row] for row in rows} == {cls}


def test_many_classes_have_one_example_each() -> None:
    examples = spread_examples(np.arange(200).repeat(2), None)
    assert len(examples) == 60
    assert {len(rows) for rows in examples.values()} == {1}
