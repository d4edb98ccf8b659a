"""Data sets through torchaudio: its readers name files and labels; the files are decoded here.

torchaudio's own loading needs FFmpeg, so only sets whose readers tell ``get_metadata`` are taken. None is downloaded:
the files belong where :func:`repro.data.datasets.other_folder.other_folder` says, as torchaudio wants them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from repro.data.audio.index_clips import index_clips
from repro.data.data_error import DataError
from repro.data.datasets.audio_set import Row, columns_of
from repro.data.datasets.other_folder import other_folder
from repro.data.items import Items
from repro.data.torchaudio_import import TorchaudioMissing, torchaudio_part
from repro.spec.experiment import Dataset
from repro.spec.other_libraries import library_of


@dataclass(frozen=True, slots=True)
class Reader:
    """``columns`` of the metadata after path and rate; ``parts``: ours to the ``subset`` of torchaudio.

    ``subset`` is the argument that the spec's own ``subset`` goes to, where the set has several.
    """

    columns: tuple[str, ...]
    parts: Mapping[str, str] = field(default_factory=dict)
    subset: str | None = None


READERS: Mapping[str, Reader] = {
    "FluentSpeechCommands": Reader(
        ("file", "speaker", "transcription", "action", "object", "location"),
        {"train": "train", "validation": "valid", "test": "test"},
    ),
    "IEMOCAP": Reader(("file", "emotion", "speaker")),
    "LIBRISPEECH": Reader(("transcript", "speaker", "chapter", "utterance"), subset="url"),
    "Snips": Reader(
        ("file", "transcription", "iob", "intent"), {"train": "train", "validation": "valid", "test": "test"}
    ),
    "VoxCeleb1Identification": Reader(("speaker", "file"), {"train": "train", "validation": "dev", "test": "test"}),
}


def read_torchaudio(dataset: Dataset, folder: Path) -> Items:
    """The items that torchaudio's reader names, in its order; parts are official where it has them.

    Raises:
        DataError: torchaudio does not load or its reader finds no files; or a file cannot be used.

    """
    _, name = library_of(dataset.name) or ("", "")
    reader, root = READERS[name], other_folder(dataset, folder)
    args: dict[str, Any] = {}
    if "subset" in dataset.args:
        if reader.subset is None:
            raise DataError(f"{dataset.name}: it has no subsets")
        args[reader.subset] = dataset.args["subset"]
    rows: list[Row] = []
    parts = {}
    for part, subset in (reader.parts or {"": ""}).items():
        part_rows = _rows(name, root, reader, args | ({"subset": subset} if part else {}), dataset)
        if part:
            parts[part] = np.arange(len(rows), len(rows) + len(part_rows))
        rows += part_rows
    if not rows:
        raise DataError(f"{dataset.name}: torchaudio finds no recordings in {root}")
    clips = index_clips(dataset.name, root, [name for name, _ in rows])
    return Items(dataset.name, clips, clips.shape, columns_of(rows), parts=parts, rate=clips.one_rate)


def _rows(name: str, root: Path, reader: Reader, args: Mapping[str, Any], dataset: Dataset) -> list[Row]:
    try:
        datasets = torchaudio_part("datasets")
    except TorchaudioMissing as error:
        raise DataError(f"{dataset.name}: {error}") from error
    try:
        torchaudio_set = getattr(datasets, name)(root, **args)
        metadata = [torchaudio_set.get_metadata(number) for number in range(len(torchaudio_set))]
    except (RuntimeError, OSError, ValueError, LookupError) as error:
        raise DataError(
            f"{dataset.name}: torchaudio cannot read it in {root}: {error}. Put the files there as torchaudio wants "
            f"them (torchaudio.datasets.{name}), or name their folder: under dataset"
        ) from error
    bases = [
        Path(base)
        for base in (getattr(torchaudio_set, "_path", None), getattr(torchaudio_set, "_archive", None), root)
        if base
    ]
    return [(_below(root, path, bases), dict(zip(reader.columns, cells, strict=True))) for path, _, *cells in metadata]


def _below(root: Path, path: str, bases: list[Path]) -> str:
    """The file's name below ``root``: readers name it relative to one folder or another of theirs."""
    file = next((base / path for base in bases if (base / path).is_file()), root / path)
    return file.relative_to(root).as_posix()
