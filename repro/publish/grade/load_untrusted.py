"""A stranger's spec, opened with care: what it is, or why it is not read."""

from dataclasses import dataclass
from pathlib import Path

from repro.models.weights.select import unmatched
from repro.publish.grade.data_folders import data_folders, strays
from repro.publish.grade.survey import Survey, is_sound
from repro.spec.assemble import assemble
from repro.spec.load import NAMES, find_spec
from repro.spec.problem import Problem, SpecError
from repro.spec.spec import Spec
from repro.spec.tree import MapNode
from repro.spec.yaml import MAX_BYTES, read_file, read_tree


@dataclass(frozen=True)
class LoadedSpec:
    """The ``spec`` and its ``kind`` (``paper`` or ``proposal``, by the file's name).

    Without a spec ``first`` says why, with the place; ``problems`` counts those of a spec that was read, and is None
    where it was not. ``data`` are the folders of its data, which may be links and are not looked into.
    """

    kind: str
    spec: Spec | None
    problems: int | None
    first: str = ""
    tree: MapNode | None = None
    data: tuple[str, ...] = ()

    def at(self, rung: str) -> Spec:
        """The spec at another rung, from the text that was read. Raises SpecError."""
        assert self.spec is not None
        assert self.tree is not None
        return assemble(self.tree, self.spec.path, rung=rung, changes=())


def load_untrusted(folder: Path, entries: Survey) -> LoadedSpec:
    """Read the spec of a folder. Nothing is followed out of it, nothing of it is run."""
    kind, refused = _kind(folder, entries)
    if refused:
        return LoadedSpec(kind, None, None, refused)
    try:
        file = find_spec(folder)
        tree = read_tree(read_file(file, str(file), folder), str(file))
        data = data_folders(tree)
        if astray := strays(entries.out_folders, data):
            why = f"{astray[0]} is a link that leads out of the folder; nothing behind it was read"
            return LoadedSpec(kind, None, None, why)
        spec = assemble(tree, file, rung="full", changes=())
        idle = unmatched(spec)
    except SpecError as error:
        return LoadedSpec(kind, None, len(error.problems), inside(error.problems[0], folder))
    except Exception as error:  # noqa: BLE001 - a stranger's folder may break anything; whoever asks is told what
        return LoadedSpec(kind, None, None, failure_text("the spec", error))
    if idle:
        return LoadedSpec(kind, None, len(idle), inside(idle[0], folder))
    return LoadedSpec(kind, spec, 0, tree=tree, data=data)


def failure_text(what: str, error: Exception) -> str:
    """An exception in a line."""
    message = next(iter(str(error).splitlines()), "")
    if isinstance(error, ValueError | OSError) and message:
        return f"{what}: {message}"
    return f"{what}: {type(error).__name__}{f': {message}' if message else ''}"


def inside(problem: Problem, folder: Path) -> str:
    """A problem with its place from the folder on: ``paper.yaml:14:11: ...``."""
    return str(problem).removeprefix(str(folder)).lstrip("/\\:").lstrip()


def _kind(folder: Path, entries: Survey) -> tuple[str, str]:
    """The kind of spec by the name of its file, and why it is not to be read; empty where it may be."""
    names = [name for name in NAMES if (folder / name).is_symlink() or (folder / name).exists()]
    kind = names[0].removesuffix(".yaml") if len(names) == 1 else ""
    if not names:
        return "", "no paper.yaml or proposal.yaml in this folder"
    for name in names:
        if name in entries.out:
            return kind, f"{name} is a link that leads out of the folder; it was not followed"
        if (folder / name).is_symlink():
            return kind, f"{name} is a link; it was not followed"
        if (folder / name).is_dir():
            return kind, f"{name} is a folder, not a file"
        if name in entries.odd:
            return kind, f"{name} is a pipe or a device, not a file"
        if not is_sound(folder / name, MAX_BYTES):
            return kind, f"{name} is larger than {MAX_BYTES // 1024} KB; a spec is a page or two of text"
    if entries.cut:
        return kind, entries.cut
    return kind, ""
