"""Tiny trees in the layouts of the upstream archives, with short wavs that differ from each other."""

import csv
import json
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from repro.spec.audio_datasets import ESC10, ESC50, GENRES, URBAN_SOUNDS, WORDS_V2


def tone(path: Path, *, rate: int, seconds: float = 0.05, channels: int = 1, hertz: float = 440.0) -> Path:
    """A tone with a little noise, so that no two files are equal."""
    path.parent.mkdir(parents=True, exist_ok=True)
    generator = np.random.default_rng(zlib.crc32(path.as_posix().encode()))
    time = np.arange(int(rate * seconds)) / rate
    wave = 0.5 * np.sin(2 * np.pi * hertz * time) + 0.01 * generator.standard_normal(len(time))
    soundfile.write(path, np.stack([wave] * channels, axis=1), rate)
    return path


@pytest.fixture
def write_tone() -> Callable[..., Path]:
    return tone


def fsdd(root: Path) -> Path:
    for digit in range(10):
        for speaker in ("george", "jackson", "lucas", "nicolas", "theo", "yweweler"):
            for index in (0, 4, 5, 11):
                tone(root / f"recordings/{digit}_{speaker}_{index}.wav", rate=8000, hertz=200 + 10 * digit)
    return root / "recordings"


def audiomnist(root: Path) -> Path:
    for speaker in range(1, 61):
        tone(root / f"data/{speaker:02}/{speaker % 10}_{speaker:02}_{speaker % 7}.wav", rate=48000)
    meta = {
        f"{s:02}": {"accent": "German", "age": "25", "gender": "male" if s % 5 else "female", "native speaker": "no"}
        for s in range(1, 61)
    }
    (root / "data/audioMNIST_meta.txt").write_text(json.dumps(meta))
    return root / "data"


def esc50(root: Path) -> Path:
    table = [["filename", "fold", "target", "category", "esc10", "src_file", "take"]]
    for target, category in enumerate(ESC50):
        for fold in range(1, 6):
            for take in "AB"[: 1 + (fold == 1)]:
                source = 1000 * fold + target
                name = f"{fold}-{source}-{take}-{target}.wav"
                tone(root / "audio" / name, rate=44100, seconds=0.01)
                table.append([name, str(fold), str(target), category, str(category in ESC10), str(source), take])
    (root / "meta").mkdir()
    with (root / "meta/esc50.csv").open("w", newline="") as file:
        csv.writer(file).writerows(table)
    return root


def esc10(root: Path) -> Path:
    from repro.data.datasets.esc50 import _ESC10_FOLDERS

    for number, folder in enumerate(_ESC10_FOLDERS):
        for fold in range(1, 6):
            tone(root / folder / f"{fold}-{100 * fold + number}-A.wav", rate=44100).rename(
                root / folder / f"{fold}-{100 * fold + number}-A.ogg"
            )
    return root


def speech_commands(root: Path) -> Path:
    lists: dict[str, list[str]] = {"validation_list.txt": [], "testing_list.txt": []}
    for word in WORDS_V2:
        for number in range(6):
            name = f"{word}/{number:08x}_nohash_{number % 2}.wav"
            tone(root / name, rate=16000, hertz=300 + 10 * number)
            if number >= 4:
                lists["validation_list.txt" if number == 4 else "testing_list.txt"].append(name)
    for noise in ("pink_noise", "running_tap"):
        tone(root / f"_background_noise_/{noise}.wav", rate=16000, seconds=30)
    for file, names in lists.items():
        (root / file).write_text("".join(f"{name}\n" for name in names))
    return root


def urbansound8k(root: Path) -> Path:
    table = [["slice_file_name", "fsID", "start", "end", "salience", "fold", "classID", "class"]]
    for class_id, sound in enumerate(URBAN_SOUNDS):
        for fold in range(1, 11):
            source = 10000 + 100 * fold + class_id
            name = f"{source}-{class_id}-0-0.wav"
            tone(root / f"audio/fold{fold}" / name, rate=44100 if fold % 2 else 96000, channels=1 + fold % 3 % 2)
            table.append([name, str(source), "0.0", "0.05", "1", str(fold), str(class_id), sound])
    (root / "metadata").mkdir()
    with (root / "metadata/UrbanSound8K.csv").open("w", newline="") as file:
        csv.writer(file).writerows(table)
    return root


def gtzan(root: Path) -> Path:
    for genre in GENRES:
        for number in range(2):
            tone(root / f"genres/{genre}/{genre}.{number:05}.wav", rate=22050)
    return root / "genres"


TREES = {
    "fsdd": fsdd,
    "audiomnist": audiomnist,
    "esc50": esc50,
    "esc10": esc10,
    "speech_commands": speech_commands,
    "urbansound8k": urbansound8k,
    "gtzan": gtzan,
}


@pytest.fixture
def make_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Makes the tree of a data set and gives the folder that its reader takes; the cache is one of the test's own."""
    monkeypatch.setenv("REPRO_DATA", str(tmp_path / "cache"))
    return lambda name: TREES[name](tmp_path / name)
