"""A folder of one's own recordings or pictures: what is known of it from names and the manifest, with nothing opened.

``dataset: {folder: recordings}`` has one sub-folder for each class, which is the label ``class``. With ``manifest:
items.csv`` the columns of that file are the labels; it lies in the data folder, or beside the spec.

The data folder lies in the spec's folder (it may be a link that its owner made there), and every file in it: no
``..``, no absolute path and no link leads out of it.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath, PureWindowsPath

from repro.spec.class_folder import class_folder
from repro.spec.column_names import GROUPS, fold_column, group_columns, part_column
from repro.spec.data_links import is_inside, may_be_read
from repro.spec.dataset_kinds import ColumnFacts, DatasetFacts, LabelFacts
from repro.spec.experiment import Dataset
from repro.spec.manifest import NOT_LABELS, PARTS, Manifest, read_manifest
from repro.spec.near_file import near_file
from repro.spec.problem import Problem
from repro.spec.scalars import number
from repro.spec.shape import Shape
from repro.spec.similar_names import shown_plainly, similar

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
    data = folder / dataset.name
    homes = (data, folder) if may_be_read(data, folder) else (folder,)
    both = [home / str(name) for home in homes if (home / str(name)).is_file()]
    if len(both) > 1:
        raise ValueError(f"there are two: {both[0]} and {both[1]}; take one away")
    return both[0] if both else None


def near_manifest(dataset: Dataset, data: Path) -> str:
    """What lies where the manifest was looked for, or nothing, for the end of a message."""
    name = str(dataset.args["manifest"])
    return near_file(data, name) or near_file(data.parent, name)


def left_out(dataset: Dataset) -> Callable[[str], bool]:
    """Tells of a file, relative to the data folder, whether the spec's ``exclude`` names it or a folder above it.

    >>> out = left_out(Dataset(name="takes/", args={"exclude": ["high/a.wav", "low/"]}))
    >>> out("high/a.wav"), out("high/b.wav"), out("low/x/c.wav"), out("lower/c.wav")
    (True, False, True, False)
    """
    names = [PurePosixPath(name.replace("\\", "/")).as_posix() for name in dataset.args.get("exclude", ())]
    files, folders = frozenset(names), tuple(f"{name}/" for name in names)
    return lambda path: path in files or path.startswith(folders)


def own_manifest(file: Path, folder: Path) -> tuple[Manifest | None, tuple[Problem, ...]]:
    """Read the manifest of a data set in the spec's folder, or in a data folder that is a link which its owner made."""
    inside = is_inside(file.parent, folder)
    return read_manifest(file, folder if inside else file.parent, quote=inside)


def folder_facts(folder: Path, dataset: Dataset) -> DatasetFacts | None:
    """What names and the manifest say; None where the data are not here, or the manifest is wrong.

    Shape and rate are only known to the data room, which opens the files.
    """
    try:
        file = manifest_file(folder, dataset)
    except ValueError:
        return None
    if file is not None:
        manifest, _ = own_manifest(file, folder)
        return None if manifest is None else _of_manifest(dataset.name, manifest.without(left_out(dataset)))
    data = folder / dataset.name
    if "manifest" in dataset.args or not data.is_dir() or not may_be_read(data, folder):
        return None
    out = left_out(dataset)
    try:
        classes = [cls for cls, name in class_folder(data).files if cls and not out(name)]
    except OSError:
        return None
    return _facts(dataset.name, len(classes), {CLASS: _column(CLASS, classes, str(data), [])}) if classes else None


def folder_notes(folder: Path, dataset: Dataset, columns: Iterable[str]) -> tuple[str, ...]:
    """What is odd of a data set and stops nothing: folders that are no class, names in columns that are nearly equal.

    Args:
        folder: the spec's.
        dataset: one that is a folder.
        columns: those of the labels; those that tie items together are looked at too.

    """
    facts = folder_facts(folder, dataset)
    if facts is None:
        return ()
    notes = [] if "manifest" in dataset.args else class_folder(folder / dataset.name).notes
    for column in dict.fromkeys([*columns, *facts.groups]):
        values = facts.own_columns[column].values if column in facts.own_columns else ()
        for names in similar(values) if len(values) <= MAX_CLASSES else ():
            shown = " and ".join(map(shown_plainly, names))
            notes.append(f"{column} {shown} are nearly the same: write them alike where they are one")
    return tuple(f"{dataset.name}: {note}" for note in notes)


def _of_manifest(name: str, manifest: Manifest) -> DatasetFacts:
    lines = [row.line for row in manifest.rows]
    columns = {c: _column(c, manifest.cells(c), str(manifest.file), lines) for c in manifest.columns}
    named = part_column({c: facts.values for c, facts in columns.items()})
    splits = Counter(map(named[1].get, manifest.cells(named[0]))) if named else Counter()
    fold = fold_column(columns)
    return _facts(
        name,
        len(manifest.rows),
        columns,
        parts={part: splits[part] for part in PARTS if splits[part]},
        folds=_folds(fold, columns),
        cut=any(row.stretch for row in manifest.rows),
    )


def _folds(column: str | None, columns: dict[str, ColumnFacts]) -> int:
    """How many official folds there are; the column ``fold`` numbers them, from 1."""
    if column is None:
        return 0
    values = columns[column].values
    return max(map(int, values)) if column == "fold" else len(values)


def _facts(
    name: str,
    items: int,
    columns: dict[str, ColumnFacts],
    *,
    parts: dict[str, int] | None = None,
    folds: int = 0,
    cut: bool = False,
) -> DatasetFacts:
    repeat = [
        c for c, column_facts in columns.items() if c in GROUPS or len(column_facts.values) < items - column_facts.empty
    ]
    known = [*repeat, *(["source"] if cut and "source" not in columns else [])]
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
        groups=group_columns(known),
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
    all_integers = all(value.lstrip("-").isdecimal() for value in values)
    return tuple(sorted(values, key=int)) if all_integers else tuple(sorted(values))
