"""speech_commands: Speech Commands, one-second recordings of single words by some 2,000 speakers.

Source    https://download.tensorflow.org/data/speech_commands_v0.02.tar.gz (2.4 GB) and _v0.01 (1.4 GB), sha256 as
          torchaudio names them
Licence   CC BY 4.0
Citation  P. Warden: Speech Commands: A dataset for limited-vocabulary speech recognition. arXiv:1804.03209, 2018
Parts     official: the set's own validation and test lists, the rest is train; no speaker is in two of them. Where an
          archive has no lists, the rule that made them: a hash of the speaker, 10 % each
Item      signal C 1 x T any, 16 kHz, 1 s at most (about one in ten is shorter)
Label     ``word``: 35 words in version 2, 30 in version 1; ``classes: 12`` keeps ten (yes, no, up, down, left, right,
          on, off, stop, go) and adds ``unknown`` and ``silence``
Groups    ``speaker``
Columns   ``take``: which of a speaker's recordings of a word

``classes: 12`` follows the task that the set's papers use: in each part ``unknown`` and ``silence`` are each a tenth of
the ten words' number. ``unknown`` are recordings of the other words, drawn once, the same everywhere; ``silence`` is
seconds cut from the set's six recordings of background noise, as they are, at places drawn once: those of train lie
in the first 80 % of a recording, those of validation and test in the next and the last 10 %, so that no part hears
another's noise. The task's own silence mixes this noise at random loudness, and its test archive holds another draw, so
numbers of papers on 12 classes are near and not the same.
"""

import hashlib
import re
from pathlib import Path
from typing import Any

import numpy as np

from repro.data.arrays import IntArray, permutation
from repro.data.audio.clips import Clips
from repro.data.audio.index_clips import index_clips
from repro.data.data_error import DataError
from repro.data.datasets.audio_set import Row, audio_items, check_complete, columns_of
from repro.data.download.remote_file import RemoteFile
from repro.data.download.unpacked import inside, unpacked
from repro.data.items import Items
from repro.data.seeds import derive
from repro.spec.audio_datasets import COMMANDS, SILENCE, UNKNOWN
from repro.spec.dataset_facts import DatasetFacts, facts_with

HOME = "https://storage.googleapis.com/download.tensorflow.org/data/"
ARCHIVES = {
    1: RemoteFile(
        "speech_commands",
        "speech_commands_v0.01.tar.gz",
        sha256="743935421bb51cccdb6bdd152e04c5c70274e935c82119ad7faeec31780d811d",
        size_bytes=None,
        urls=(f"{HOME}speech_commands_v0.01.tar.gz",),
    ),
    2: RemoteFile(
        "speech_commands",
        "speech_commands_v0.02.tar.gz",
        sha256="af14739ee7dc311471de98f5f9d2c9191b18aedfe957f4a6ff791c709868ff58",
        size_bytes=2428923189,
        urls=(f"{HOME}speech_commands_v0.02.tar.gz",),
    ),
}
NOISE = "_background_noise_"
LISTS = {"validation": "validation_list.txt", "test": "testing_list.txt"}
PARTS = ("train", "validation", "test")
RATE = 16000
SPAN = {"train": (0.0, 0.8), "validation": (0.8, 0.9), "test": (0.9, 1.0)}
"""Which stretch of a recording of noise each part's silence is cut from."""

_NAME = re.compile(r"([0-9a-z]+)_nohash_(\d+)\.wav")
_HASHES = 2**27 - 1


def read(version: int = 2, classes: int = 35) -> Items:
    """Read the data set; its archive is downloaded first where the cache does not hold it."""
    facts = facts_with("speech_commands", {"version": version, "classes": classes})
    return check_complete(of_folder(inside(unpacked(ARCHIVES[version]), NOISE), facts), facts)


def of_folder(folder: Path, facts: DatasetFacts) -> Items:
    """The items of a folder with one folder a word, ordered by word, speaker and take; silence comes last.

    Raises:
        DataError: a recording whose name says nothing, that a list names and is not there, or that cannot be used.

    """
    words = facts.labels["word"].classes or ()
    rows = _rows(folder)
    part_of = _parts(folder, [name for name, _ in rows])
    part = np.array([part_of[name] for name, _ in rows])
    if UNKNOWN not in words:
        return audio_items(facts, folder, rows, parts=_by_part(part))
    is_command = np.array([cells["word"] in COMMANDS for _, cells in rows], dtype=bool)
    extra = {name: -(-int((is_command & (part == name)).sum()) // 10) for name in PARTS}
    selected = np.flatnonzero(is_command)
    for name in PARTS:
        others = np.flatnonzero(~is_command & (part == name))
        drawn = others[permutation(len(others), derive(0, "unknown", name))[: extra[name]]]
        selected = np.union1d(selected, drawn)
    rows = [
        (rows[row][0], {**rows[row][1], **({} if is_command[row] else {"word": UNKNOWN})}) for row in selected.tolist()
    ]
    return _with_silence(facts, folder, rows, part[selected], extra)


def hashed_part(speaker: str) -> str:
    """The part that the set's own rule gives a speaker.

    >>> hashed_part("01b4757a")
    'train'
    """
    number = int(hashlib.sha1(speaker.encode(), usedforsecurity=False).hexdigest(), 16) % (_HASHES + 1)
    percent = number * (100.0 / _HASHES)
    return "validation" if percent < 10 else "test" if percent < 20 else "train"


def _rows(folder: Path) -> list[Row]:
    rows: list[Row] = []
    for path in folder.glob("[!_.]*/*.wav"):
        match = _NAME.fullmatch(path.name)
        if match is None:
            raise DataError(f"speech_commands: {path} is not named SPEAKER_nohash_TAKE.wav")
        cells = {"word": path.parent.name, "speaker": match[1], "take": int(match[2])}
        rows.append((f"{path.parent.name}/{path.name}", cells))
    rows.sort(key=lambda row: tuple(row[1].values()))
    return rows


def _parts(folder: Path, names: list[str]) -> dict[str, str]:
    """Part of each recording: by the lists, else by the rule."""
    if not all((folder / file).is_file() for file in LISTS.values()):
        return {name: hashed_part(name.rpartition("/")[2].partition("_nohash_")[0]) for name in names}
    part = dict.fromkeys(names, "train")
    for listed_part, file in LISTS.items():
        for name in (folder / file).read_text(encoding="utf-8").split():
            if name not in part:
                raise DataError(f"speech_commands: {folder / file} names {name}, which is not there")
            part[name] = listed_part
    return part


def _by_part(part: Any) -> dict[str, IntArray]:
    return {name: np.flatnonzero(part == name).astype(np.int64) for name in PARTS}


def _with_silence(facts: DatasetFacts, folder: Path, rows: list[Row], part: Any, count: dict[str, int]) -> Items:
    """The rows, and after them so many seconds of noise for each part."""
    noises = sorted(f"{NOISE}/{path.name}" for path in (folder / NOISE).glob("*.wav"))
    if not noises:
        raise DataError(f"speech_commands: {folder / NOISE} holds no recordings of noise")
    noise = index_clips(facts.name, folder, noises)
    words = index_clips(facts.name, folder, [name for name, _ in rows])
    chosen: list[int] = []
    starts: list[int] = []
    silent: list[Row] = []
    for name in PARTS:
        generator = np.random.Philox(key=derive(0, "silence", name))
        for _ in range(count[name]):
            which, where = (int(number) for number in generator.random_raw(2))
            file = which % len(noises)
            low, high = (int(share * noise.frames[file]) for share in SPAN[name])
            chosen.append(file)
            starts.append(low + where % max(1, high - RATE - low))
            cells = {"word": SILENCE, "speaker": f"{Path(noises[file]).stem} {name}", "take": len(starts)}
            silent.append((noises[file], cells))
    at = np.concatenate([np.zeros(len(words), dtype=np.int64), np.array(starts, dtype=np.int64)])
    frames = np.concatenate([words.frames, np.full(len(starts), RATE)])
    clips = Clips(
        root=folder,
        names=words.names + tuple(noises[file] for file in chosen),
        rates=np.concatenate([words.rates, noise.rates[chosen]]),
        channels=np.concatenate([words.channels, noise.channels[chosen]]),
        frames=frames,
        starts=at,
        ends=at + frames,
        files=words.files + tuple(noise.files[file] for file in chosen),
    )
    whose = np.concatenate([part, np.repeat(np.array(PARTS), [count[name] for name in PARTS])])
    return Items(
        name=facts.name,
        values=clips,
        shape=facts.shape,
        columns=columns_of([*rows, *silent]),
        parts=_by_part(whose),
        rate=clips.one_rate,
    )
