"""Own data: a folder of recordings or pictures, with a sub-folder for each class or with a manifest.

What may stand where is said in :mod:`repro.spec.own_folder` and :mod:`repro.spec.manifest`; here the files are opened.
Each recording is decoded once in full (:mod:`repro.data.audio.scan` remembers it), so that nothing breaks in the middle
of a training. Whatever cannot be used is listed with its line, all at once; ``skip_unreadable: true`` goes on without
the files that cannot be read, and ``Items.skipped`` names them.
"""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from repro.data.arrays import AnyArray, IntArray
from repro.data.audio.clips import Clips
from repro.data.audio.index_clips import clips_of
from repro.data.audio.scan import ScanResult, scan
from repro.data.data_error import DataError
from repro.data.datasets.images import read_images
from repro.data.items import Items
from repro.spec.class_folder import PICTURES, SOUNDS, class_folder
from repro.spec.column_names import part_column
from repro.spec.data_links import may_be_read
from repro.spec.experiment import Dataset
from repro.spec.near_file import near_file
from repro.spec.own_folder import CLASS, left_out, manifest_file, near_manifest, own_manifest
from repro.spec.shape import Shape

LISTED = 200
"""How many files a message names at most."""
NAMED = 3
"""How many files a note names."""
OVERHANG_SECONDS = 0.05
"""A stretch may end so much after its file: times are written rounded."""


@dataclass(frozen=True, slots=True)
class FolderEntry:
    """One item to be: ``where`` it is written (``items.csv:14`` or nothing), its file, cells and stretch in seconds."""

    where: str
    path: str
    cells: Mapping[str, str]
    stretch: tuple[float, float] | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class UnusableEntry:
    """Why an entry cannot be used; ``unreadable`` where the fault is the file's and not the manifest's."""

    entry: FolderEntry
    text: str
    unreadable: bool = True

    def __str__(self) -> str:
        return f"{self.entry.where}{': ' if self.entry.where else ''}{self.entry.path}: {self.text}"


def read_folder(dataset: Dataset, folder: Path) -> Items:
    """The items of a data set that is a folder below the spec's ``folder``, in the order of their names.

    The order of a manifest's rows changes nothing: neither what is drawn nor in which order items are trained on.

    Raises:
        DataError: no such folder or manifest, or rows and files that cannot be used: all of them, each with its line.

    """
    data = folder / dataset.name
    if not data.is_dir() or not may_be_read(data, folder):
        if data.is_symlink() and not data.exists():
            raise DataError(f"{dataset.name}: is a link to {data.readlink()}, and there is nothing")
        near = near_file(folder, dataset.name)
        raise DataError(
            f"{dataset.name}: there is no folder {data}{near}; the recordings belong there, or a link to them"
        )
    out = left_out(dataset)
    entries = [entry for entry in _entries(dataset, folder, data) if not out(entry.path)]
    if not entries:
        raise DataError(f"{dataset.name}: exclude leaves nothing of it")
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
        values, faults, notes = read_images(data, [entries[at].path for at in rest])
        bad |= {rest[number]: UnusableEntry(entries[rest[number]], text) for number, text in faults.items()}
    else:
        notes = ()
        scanned = dict(zip(rest, scan(data, [entries[at].path for at in rest]), strict=True))
        bad |= {at: fault for at, result in scanned.items() if (fault := _fault(entries[at], result))}
    skipped = _refuse(dataset, len(entries), [bad[at] for at in sorted(bad, key=lambda at: (entries[at].line, at))])
    usable = [at for at in rest if at not in bad]
    if not usable:
        raise DataError(f"{dataset.name}: none of its {len(entries)} files can be read")
    used = [entries[at] for at in usable]
    if any(pictures):
        shape = Shape(axes=("C", "H", "W"), sizes=values.shape[1:])
        items = Items(dataset.name, values, shape, _columns(used), names=tuple(entry.path for entry in used))
    else:
        clips = _clips(data, used, [scanned[at] for at in usable])
        notes = _file_notes(used, [scanned[at] for at in usable])
        items = Items(dataset.name, clips, clips.shape, _columns(used), rate=clips.one_rate)
    _need_every_class(dataset, entries, used)
    if "manifest" not in dataset.args:
        notes = (*class_folder(data).notes, *notes)
    return replace(items, parts=_parts(used), skipped=skipped, notes=notes, sha256="")


def _need_every_class(dataset: Dataset, entries: Sequence[FolderEntry], used: Sequence[FolderEntry]) -> None:
    """Leaving out what cannot be read may not leave out a class."""
    if "manifest" in dataset.args:
        return
    counts = Counter(entry.cells[CLASS] for entry in entries)
    left = {entry.cells[CLASS] for entry in used}
    if lost := [f"  {cls}: none of its {n} files can be read" for cls, n in counts.items() if cls not in left]:
        raise DataError("\n".join([f"{dataset.name}: a class would be lost; mend its files or exclude it:", *lost]))


def _file_notes(used: Sequence[FolderEntry], scanned: Sequence[ScanResult]) -> tuple[str, ...]:
    """What is odd of files that are read all the same, each with some of the files of which it is true."""
    of: dict[str, dict[str, None]] = {}
    for entry, result in zip(used, scanned, strict=True):
        if result.note:
            of.setdefault(result.note, {})[entry.path] = None
    return tuple(
        f"{', '.join(list(paths)[:NAMED])}{f' and {len(paths) - NAMED} more' if len(paths) > NAMED else ''}: {note}"
        for note, paths in of.items()
    )


def _entries(dataset: Dataset, folder: Path, data: Path) -> list[FolderEntry]:
    if "manifest" not in dataset.args:
        listing = class_folder(data)
        out = left_out(dataset)
        if lost := [f"  {name}: {text}" for name, text in listing.problems.items() if not out(name)]:
            raise DataError("\n".join([f"{dataset.name}: a class or a part of one would be lost:", *lost[:LISTED]]))
        entries = [FolderEntry("", name, {CLASS: cls}) for cls, name in listing.files]
        if not any(entry.cells[CLASS] for entry in entries):
            raise DataError(f"{dataset.name}: {data} has no sub-folder with recordings, one for each class")
        return entries
    try:
        file = manifest_file(folder, dataset)
    except ValueError as error:
        raise DataError(f"{dataset.name}: manifest: {error}") from error
    if file is None:
        where = f"in {data}, nor beside the spec{near_manifest(dataset, data)}"
        raise DataError(f"{dataset.name}: there is no {dataset.args['manifest']} {where}")
    manifest, problems = own_manifest(file, folder)
    if manifest is None:
        raise DataError("\n".join(map(str, problems)))
    rows = sorted(manifest.rows, key=lambda row: (row.path, row.stretch or (0.0, 0.0)))
    return [FolderEntry(f"{file}:{row.line}", row.path, row.cells, row.stretch, row.line) for row in rows]


def _not_in(data: Path, home: str, entry: FolderEntry, known: bool) -> UnusableEntry | None:
    """What keeps an entry's file from being opened at all."""
    if entry.cells.get(CLASS) == "" and not entry.where:
        return UnusableEntry(entry, "lies in no sub-folder, so it has no class", unreadable=False)
    path = f"{data}/{entry.path}"
    if not known and os.path.lexists(path):
        return UnusableEntry(
            entry, f"its ending {Path(entry.path).suffix or '(none)'} is of no kind of file that is read here"
        )
    if not os.path.isfile(path):  # noqa: PTH113 (ten thousand of them, at every start)
        if os.path.lexists(path):
            return UnusableEntry(entry, "is no file")
        beside = data.parent / entry.path
        hint = f"; paths are relative to {data}" if beside.exists() else near_file(data, entry.path)
        return UnusableEntry(entry, f"there is no such file{hint}")
    real = os.path.realpath(path) if os.path.islink(path) else _real(os.path.dirname(path))  # noqa: PTH114, PTH120
    if real != home and not real.startswith(home + os.sep):
        return UnusableEntry(entry, "is a link that leads out of the data folder", unreadable=False)
    return None


@lru_cache(maxsize=1024)
def _real(folder: str) -> str:
    return os.path.realpath(folder)


def _fault(entry: FolderEntry, scanned: ScanResult) -> UnusableEntry | None:
    if scanned.error:
        return UnusableEntry(entry, scanned.error)
    if entry.stretch is None:
        return None
    seconds = scanned.frames / scanned.rate
    if entry.stretch[1] > seconds + OVERHANG_SECONDS:
        text = f"the stretch ends at {entry.stretch[1]:g} s and the file after {seconds:g} s"
        return UnusableEntry(entry, text, unreadable=False)
    first, last = _frames(entry, scanned)
    return None if last > first else UnusableEntry(entry, "the stretch holds no sample", unreadable=False)


def _frames(entry: FolderEntry, scanned: ScanResult) -> tuple[int, int]:
    if entry.stretch is None:
        return 0, scanned.frames
    first, last = (round(seconds * scanned.rate) for seconds in entry.stretch)
    return first, min(last, scanned.frames)


def _refuse(dataset: Dataset, entries: int, bad: Sequence[UnusableEntry]) -> tuple[str, ...]:
    """Raise what must stop the study; the rest, in words, is what is skipped."""
    skip = bool(dataset.args.get("skip_unreadable"))
    stops = [fault for fault in bad if not skip or not fault.unreadable]
    if not stops:
        return tuple(map(str, bad))
    lines = [f"{dataset.name}: {len(stops)} of its {entries} items cannot be used:"]
    lines += [f"  {fault}" for fault in stops[:LISTED]]
    if len(stops) > LISTED:
        lines.append(f"  and {len(stops) - LISTED} more")
    if not skip and all(fault.unreadable for fault in stops):
        lines.append("Repair or remove them; or write skip_unreadable: true under dataset, and they are left out.")
    raise DataError("\n".join(lines))


def _clips(data: Path, entries: Sequence[FolderEntry], scanned: Sequence[ScanResult]) -> Clips:
    names = [entry.path for entry in entries]
    clips = clips_of(data, names, scanned)
    if not any(entry.stretch for entry in entries):
        return clips
    frames = np.array([_frames(e, s) for e, s in zip(entries, scanned, strict=True)], dtype=np.int64)
    first, last = frames[:, 0], frames[:, 1]
    return replace(clips, frames=last - first, starts=first, ends=last, sha256="")


def _columns(entries: Sequence[FolderEntry]) -> dict[str, AnyArray]:
    """Cells as text, folds as whole numbers; where items are stretches of files, ``source`` says of which."""
    columns: dict[str, AnyArray] = {}
    for name in entries[0].cells:
        cells = np.array([entry.cells[name] for entry in entries])
        columns[name] = cells.astype(np.int64) if name == "fold" else cells
    if any(entry.stretch for entry in entries):
        columns.setdefault("source", np.array([entry.path for entry in entries]))
    return columns


def _parts(entries: Sequence[FolderEntry]) -> dict[str, IntArray]:
    named = part_column({name: [entry.cells[name] for entry in entries] for name in entries[0].cells})
    if named is None:
        return {}
    split = np.array([named[1].get(entry.cells[named[0]], "") for entry in entries])
    return {str(part): np.flatnonzero(split == part).astype(np.int64) for part in np.unique(split) if part}
