"""From a file to a :class:`repro.spec.spec.Spec`, or every problem in it. Nothing of a spec's folder is executed."""

from collections.abc import Sequence
from pathlib import Path

from repro.spec.assemble import assemble
from repro.spec.near_file import near_file
from repro.spec.place import Place
from repro.spec.problem import Problem, SpecError
from repro.spec.spec import Spec
from repro.spec.yaml import read_file, read_tree

NAMES = ("paper.yaml", "proposal.yaml")
"""What a spec's file is called."""

SHOWN = 20
"""Studies of a folder that are named."""


def find_spec(path: str | Path) -> Path:
    """The spec's file: itself, or the one in this folder.

    Raises:
        SpecError: there is none, or two.

    """
    location = Path(path)
    shown = str(path).replace("\0", "\\0")
    try:
        if not location.is_dir():
            if not location.exists():
                near = near_file(location.parent, location.name)
                raise SpecError([Problem(Place(shown), "", f"no such file or folder{near}")])
            return location
        spec_names = [name for name in NAMES if (location / name).is_file()]
        others = sorted(p.name for p in location.iterdir() if p.suffix in (".yaml", ".yml")) if not spec_names else []
        studies = _studies(location) if not spec_names else []
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no such file or folder"
        raise SpecError([Problem(Place(shown), "", f"cannot be read: {reason}")]) from None
    if len(spec_names) == 2:
        raise SpecError([Problem(Place(shown), "", "holds both paper.yaml and proposal.yaml; a folder is one study")])
    if not spec_names:
        hint = f"; there is {others[0]}" if others else ""
        if studies:
            more = f" and {len(studies) - SHOWN} more" if len(studies) > SHOWN else ""
            hint = f", which holds studies; name one or several of them: {', '.join(studies[:SHOWN])}{more}"
        raise SpecError([Problem(Place(shown), "", f"no paper.yaml or proposal.yaml in this folder{hint}")])
    return location / spec_names[0]


def _studies(folder: Path) -> list[str]:
    """The folders in a folder that hold a spec, as they are to be typed."""
    studies = [subfolder for subfolder in folder.iterdir() if any((subfolder / name).is_file() for name in NAMES)]
    return sorted(str(study) for study in studies)


def load_spec(path: str | Path, *, rung: str = "full", changes: Sequence[str] = ()) -> Spec:
    """Read and check a spec.

    Args:
        path: the file, or the folder that holds it.
        rung: ``full`` or a name under ``rungs``.
        changes: ``path=value``, made last.

    Raises:
        SpecError: every problem found in the file, the rungs and the changes.

    """
    file = find_spec(path)
    return read_spec(read_file(file, str(file), file.parent), file, rung=rung, changes=changes)


def read_spec(text: str, file: Path, *, rung: str = "full", changes: Sequence[str] = ()) -> Spec:
    """The same for a text that is already read; ``file`` is where it stands, for messages and own code."""
    return assemble(read_tree(text, str(file)), file, rung=rung, changes=changes)
