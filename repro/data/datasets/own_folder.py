"""Own data: a folder of recordings or pictures, with a sub-folder for each class or with a manifest.

What may stand where is said in :mod:`repro.spec.own_folder` and :mod:`repro.spec.manifest`; here the files are opened.
Each recording is decoded once in full (:mod:`repro.data.audio.scan` remembers it), so that nothing breaks in the middle
of a training. Whatever cannot be used is listed with its line, all at once; ``skip_unreadable: true`` goes on without
the files that cannot be read, and ``Items.skipped`` names them.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from repro.data.audio.clips import Clips
from repro.data.audio.index_clips import clips_of
from repro.data.audio.scan import Scanned, scan
from repro.data.data_error import DataError
from repro.data.datasets.pictures import read_pictures
from repro.data.items import Items
from repro.data.permutation import AnyArray, IntArray
from repro.spec.experiment import Dataset
from repro.spec.manifest import read_manifest
from repro.spec.own_folder import CLASS, PICTURES, SOUNDS, class_files, manifest_file
from repro.spec.shape import Shape

LISTED = 200
"""How many files a message names at most."""
OVERHANG_SECONDS = 0.05
"""A stretch may end so much after its file: times are written rounded."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One item to be: ``where`` it is written (``items.csv:14`` or nothing), its file, cells and stretch in seconds."""

    where: str
    path: str
    cells: Mapping[str, str]
    stretch: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Bad:
    """Why an entry cannot be used; ``unreadable`` where the fault is the file's and not the manifest's."""

    entry: Entry
    text: str
    unreadable: bool = True

    def __str__(self) -> str:
        return f"{self.entry.where}{': ' if self.entry.where else ''}{self.entry.path}: {self.text}"


def read_folder(dataset: Dataset, folder: Path) -> Items:
    """The items of a data set that is a folder below the spec's ``folder``, in the manifest's order or that of names.

    Raises:
        DataError: no such folder or manifest, or rows and files that cannot be used: all of them, each with its line.

    """
    data = folder / dataset.name
    if not data.is_dir():
        raise DataError(f"{dataset.name}: there is no folder {data}; the recordings belong there, or a link to them")
    entries = _entries(dataset, folder, data)
    sounds = [Path(entry.path).suffix.lower() in SOUNDS for entry in entries]
    pictures = [Path(entry.path).suffix.lower() in PICTURES for entry in entries]
    if any(sounds) and any(pictures):
        first = entries[pictures.index(True)]
        raise DataError(f"{dataset.name}: holds recordings and pictures ({first.path}); a data set is of one kind")
    _real.cache_clear()
    home = os.path.realpath(data)
    known = [sound or picture for sound, picture in zip(sounds, pictures, strict=True)]
    bad = {at: text for at, entry in enumerate(entries) if (text := _not_in(data, home, entry, known[at]))}
    rest = [at for at in range(len(entries)) if at not in bad]
    if any(pictures):
        values, faults = read_pictures(data, [entries[at].path for at in rest])
        bad |= {rest[number]: Bad(entries[rest[number]], text) for number, text in faults.items()}
    else:
        scanned = dict(zip(rest, scan(data, [entries[at].path for at in rest]), strict=True))
        bad |= {at: fault for at, one in scanned.items() if (fault := _fault(entries[at], one))}
    skipped = _refuse(dataset, len(entries), [bad[at] for at in sorted(bad)])
    kept = [at for at in rest if at not in bad]
    if not kept:
        raise DataError(f"{dataset.name}: none of its {len(entries)} files can be read")
    used = [entries[at] for at in kept]
    if any(pictures):
        items = Items(dataset.name, values, Shape(axes=("C", "H", "W"), sizes=values.shape[1:]), _columns(used))
    else:
        clips = _clips(data, used, [scanned[at] for at in kept])
        items = Items(dataset.name, clips, clips.shape, _columns(used), rate=clips.one_rate)
    return replace(items, parts=_parts(used), skipped=skipped, sha256="")


def _entries(dataset: Dataset, folder: Path, data: Path) -> list[Entry]:
    if "manifest" not in dataset.args:
        entries = [Entry("", name, {CLASS: cls}) for cls, name in class_files(data)]
        if not any(entry.cells[CLASS] for entry in entries):
            raise DataError(f"{dataset.name}: {data} has no sub-folder with recordings, one for each class")
        return entries
    try:
        file = manifest_file(folder, dataset)
    except ValueError as error:
        raise DataError(f"{dataset.name}: manifest: {error}") from error
    if file is None:
        raise DataError(f"{dataset.name}: there is no {dataset.args['manifest']} in {data}, nor beside the spec")
    manifest, problems = read_manifest(file)
    if manifest is None:
        raise DataError("\n".join(map(str, problems)))
    return [Entry(f"{file}:{row.line}", row.path, row.cells, row.stretch) for row in manifest.rows]


def _not_in(data: Path, home: str, entry: Entry, known: bool) -> Bad | None:
    """What keeps an entry's file from being opened at all."""
    if entry.cells.get(CLASS) == "" and not entry.where:
        return Bad(entry, "lies in no sub-folder, so it has no class", unreadable=False)
    if not known:
        return Bad(entry, f"its ending {Path(entry.path).suffix or '(none)'} is of no kind of file that is read here")
    path = f"{data}/{entry.path}"
    if not os.path.isfile(path):  # noqa: PTH113 (ten thousand of them, at every start)
        if os.path.lexists(path):
            return Bad(entry, "is no file")
        beside = data.parent / entry.path
        hint = f"; paths are relative to {data}" if beside.exists() else ""
        return Bad(entry, f"there is no such file{hint}")
    real = os.path.realpath(path) if os.path.islink(path) else _real(os.path.dirname(path))  # noqa: PTH114, PTH120
    if real != home and not real.startswith(home + os.sep):
        return Bad(entry, "is a link that leads out of the data folder", unreadable=False)
    return None


@lru_cache(maxsize=1024)
def _real(folder: str) -> str:
    return os.path.realpath(folder)


def _fault(entry: Entry, scanned: Scanned) -> Bad | None:
    if scanned.error:
        return Bad(entry, scanned.error)
    if entry.stretch is None:
        return None
    seconds = scanned.frames / scanned.rate
    if entry.stretch[1] > seconds + OVERHANG_SECONDS:
        text = f"the stretch ends at {entry.stretch[1]:g} s and the file after {seconds:g} s"
        return Bad(entry, text, unreadable=False)
    first, last = _frames(entry, scanned)
    return None if last > first else Bad(entry, "the stretch holds no sample", unreadable=False)


def _frames(entry: Entry, scanned: Scanned) -> tuple[int, int]:
    if entry.stretch is None:
        return 0, scanned.frames
    first, last = (round(seconds * scanned.rate) for seconds in entry.stretch)
    return first, min(last, scanned.frames)


def _refuse(dataset: Dataset, entries: int, bad: Sequence[Bad]) -> tuple[str, ...]:
    """Raise what must stop the study; the rest, in words, is what is skipped."""
    skip = bool(dataset.args.get("skip_unreadable"))
    stops = [one for one in bad if not skip or not one.unreadable]
    if not stops:
        return tuple(map(str, bad))
    lines = [f"{dataset.name}: {len(stops)} of its {entries} items cannot be used:"]
    lines += [f"  {one}" for one in stops[:LISTED]]
    if len(stops) > LISTED:
        lines.append(f"  and {len(stops) - LISTED} more")
    if not skip and all(one.unreadable for one in stops):
        lines.append("Repair or remove them; or write skip_unreadable: true under dataset, and they are left out.")
    raise DataError("\n".join(lines))


def _clips(data: Path, entries: Sequence[Entry], scanned: Sequence[Scanned]) -> Clips:
    names = [entry.path for entry in entries]
    clips = clips_of(data, names, scanned)
    if not any(entry.stretch for entry in entries):
        return clips
    frames = np.array([_frames(e, s) for e, s in zip(entries, scanned, strict=True)], dtype=np.int64)
    first, last = frames[:, 0], frames[:, 1]
    return replace(clips, frames=last - first, starts=first, ends=last, sha256="")


def _columns(entries: Sequence[Entry]) -> dict[str, AnyArray]:
    """Cells as text, folds as whole numbers; where items are stretches of files, ``source`` says of which."""
    columns: dict[str, AnyArray] = {}
    for name in entries[0].cells:
        cells = np.array([entry.cells[name] for entry in entries])
        columns[name] = cells.astype(np.int64) if name == "fold" else cells
    if any(entry.stretch for entry in entries):
        columns.setdefault("source", np.array([entry.path for entry in entries]))
    return columns


def _parts(entries: Sequence[Entry]) -> dict[str, IntArray]:
    said: Iterable[str] = (entry.cells.get("split", "") for entry in entries)
    split = np.array(list(said))
    return {str(part): np.flatnonzero(split == part).astype(np.int64) for part in np.unique(split) if part}
