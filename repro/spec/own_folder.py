"""A folder of one's own recordings or pictures: what is known of it from names and the manifest, with nothing opened.

``dataset: {folder: recordings}`` has one sub-folder for each class, which is the label ``class``. With ``manifest:
items.csv`` the columns of that file are the labels; it lies in the data folder, or beside the spec.

The data folder lies in the spec's folder (it may be a link that its owner made there), and every file in it: no
``..``, no absolute path and no link leads out of it.
"""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath

from repro.spec.dataset_kinds import ColumnFacts, DatasetFacts, LabelFacts
from repro.spec.experiment import Dataset
from repro.spec.manifest import GROUPS, NOT_LABELS, PARTS, Manifest, read_manifest
from repro.spec.scalars import number
from repro.spec.shape import Shape

SOUNDS: frozenset[str] = frozenset({".wav", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".au", ".caf"})
PICTURES: frozenset[str] = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp"})
UNREAD: frozenset[str] = frozenset(
    {".m4a", ".m4b", ".aac", ".wma", ".amr", ".mp4", ".mov", ".mkv", ".webm", ".mid", ".midi", ".heic", ".svg", ".pdf"}
)
"""Endings of recordings and pictures that are not read here; such a file is an error and is not passed over."""
CLASS = "class"
"""The label of a folder without a manifest."""
MAX_CLASSES = 1000


def is_folder(name: str) -> bool:
    """Whether the name of a data set is that of a folder: it ends in a slash.

    >>> is_folder("recordings/"), is_folder("mnist")
    (True, False)
    """
    return name.endswith("/")


def folder_name(text: str) -> str:
    """The name of the data set in this folder; ValueError where the folder is not one inside the spec's.

    >>> folder_name("my data/takes")
    'my data/takes/'
    """
    posix = PurePosixPath(text.replace("\\", "/"))
    if posix.is_absolute() or PureWindowsPath(text).drive or ".." in posix.parts or text.startswith("~"):
        raise ValueError(
            f"{text!r} is not in the spec's folder; put the data there, or a link to them (ln -s {text} recordings)"
        )
    if not posix.parts:
        raise ValueError("is empty; write the folder that holds the recordings")
    return f"{posix.as_posix()}/"


def manifest_file(folder: Path, dataset: Dataset) -> Path | None:
    """Where the manifest lies: in the data folder or beside the spec. None where it has none, or it is not there.

    ValueError where there are two.
    """
    name = dataset.args.get("manifest")
    if name is None:
        return None
    both = [path for path in (folder / dataset.name / str(name), folder / str(name)) if path.is_file()]
    if len(both) > 1:
        raise ValueError(f"there are two: {both[0]} and {both[1]}; take one away")
    return both[0] if both else None


def class_files(folder: Path) -> Iterator[tuple[str, str]]:
    """Class and name (relative, forward slashes) of each recording and picture, sorted by both.

    The class is the sub-folder, "" for a file that lies in none. Hidden files and folders, and all that has another
    ending (notes, tables), are left out. OSError for a folder that cannot be read: its class is not lost in silence.
    """
    endings = tuple(SOUNDS | PICTURES | UNREAD)
    for path, folders, files in os.walk(folder, onerror=_refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        inside = Path(path).relative_to(folder)
        for name in sorted(files):
            if not name.startswith(".") and name.lower().endswith(endings):
                yield inside.parts[0] if inside.parts else "", (inside / name).as_posix()


def _refuse(error: OSError) -> None:
    raise error


def folder_facts(folder: Path, dataset: Dataset) -> DatasetFacts | None:
    """What names and the manifest say; None where the data are not here, or the manifest is wrong.

    Shape and rate are only known to the data room, which opens the files.
    """
    try:
        file = manifest_file(folder, dataset)
    except ValueError:
        return None
    if file is not None:
        manifest, _ = read_manifest(file)
        return None if manifest is None else _of_manifest(dataset.name, manifest)
    data = folder / dataset.name
    if "manifest" in dataset.args or not data.is_dir():
        return None
    try:
        classes = [cls for cls, _ in class_files(data) if cls]
    except OSError:
        return None
    return _facts(dataset.name, len(classes), {CLASS: _column(CLASS, classes, str(data), [])}) if classes else None


def _of_manifest(name: str, manifest: Manifest) -> DatasetFacts:
    lines = [row.line for row in manifest.rows]
    columns = {c: _column(c, manifest.cells(c), str(manifest.file), lines) for c in manifest.columns}
    splits = Counter(manifest.cells("split")) if "split" in columns else Counter()
    return _facts(
        name,
        len(manifest.rows),
        columns,
        parts={part: splits[part] for part in PARTS if splits[part]},
        folds=max(map(int, manifest.cells("fold"))) if "fold" in columns else 0,
        cut=any(row.stretch for row in manifest.rows),
    )


def _facts(
    name: str,
    items: int,
    columns: dict[str, ColumnFacts],
    *,
    parts: dict[str, int] | None = None,
    folds: int = 0,
    cut: bool = False,
) -> DatasetFacts:
    known = [*columns, *(["source"] if cut else [])]
    return DatasetFacts(
        name=name,
        summary="your own recordings",
        task="classification",
        shape=Shape.of("C T", 0, 0),
        items=items,
        labels={
            c: LabelFacts(c, "class", _in_order(facts.values)) for c, facts in columns.items() if c not in NOT_LABELS
        },
        parts=parts or {},
        groups=tuple(c for c in GROUPS if c in known),
        folds=folds,
        own_columns=columns,
    )


def _column(name: str, cells: list[str], file: str, lines: list[int]) -> ColumnFacts:
    values = tuple(dict.fromkeys(cell for cell in cells if cell))
    empty = [at for at, cell in enumerate(cells) if not cell]
    odd = next((at for at, cell in enumerate(cells) if cell and not _is_number(cell)), None)
    return ColumnFacts(
        name=name,
        values=values,
        empty=len(empty),
        first_empty=f"{file}:{lines[empty[0]]}" if empty and lines else file,
        not_number="" if odd is None else f"{cells[odd]!r} ({file}{f':{lines[odd]}' if lines else ''})",
    )


def _is_number(cell: str) -> bool:
    try:
        number(cell)
    except ValueError:
        return False
    return True


def _in_order(values: tuple[str, ...]) -> tuple[str, ...] | None:
    """Classes: by number where all are whole ones, else by name; None where there are too many to be any."""
    if len(values) > MAX_CLASSES:
        return None
    whole = all(value.lstrip("-").isdecimal() for value in values)
    return tuple(sorted(values, key=int)) if whole else tuple(sorted(values))
