"""What the shell offers at TAB: paths of studies, their experiments and rungs. Reads specs, and runs nothing."""

import os
import re
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from repro.cli.ls import SPEC_FILES

if TYPE_CHECKING:
    from repro.spec.spec import Spec

DEPTH = 3
"""Levels below the folder that is typed so far at which studies are looked for."""

FOLDERS = 2000
"""Folders that are looked into before the search ends, so that TAB answers at once in a large home too."""

_ACTIVE = re.compile(r"[\x00-\x1f\x7f\"'\\\\$`]+")
"""What a shell may act upon, where typer's script hands a word to ``eval``: never offered from a stranger's folder."""

_NOT_PLAIN = re.compile(r"([^\w@%+=:,./~-])")


def study_paths(incomplete: str) -> list[str]:
    """Folders with a spec below what is typed so far, by the very words that are typed."""
    start = incomplete[: incomplete.rfind("/") + 1]
    offered = (path for path in sorted(_studies(start)) if path.startswith(incomplete) and not _ACTIVE.search(path))
    return [quoted(path) for path in offered]


def rungs(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """The rungs of the studies on the line, and the paper's own recipe."""
    named = [name for spec in _specs(ctx) for name in spec.rungs]
    names = dict.fromkeys([*(name for name in named if not _ACTIVE.search(name)), "full"])
    return [(name, "the whole recipe" if name == "full" else "a smaller version") for name in names]


def experiments(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
    """The experiments of the studies on the line, after those that ``--only`` names already."""
    before = incomplete[: incomplete.rfind(",") + 1]
    titles = {
        name: experiment.title
        for spec in _specs(ctx)
        for name, experiment in spec.experiments.items()
        if experiment.not_run is None
    }
    named = before.split(",")
    return [
        (before + name, _ACTIVE.sub(" ", title))
        for name, title in titles.items()
        if name not in named and not _ACTIVE.search(name)
    ]


def quoted(path: str) -> str:
    r"""The path as bash wants it typed; the other shells quote for themselves.

    >>> os.environ["_REPRO_COMPLETE"] = "complete_bash"
    >>> print(quoted("papers/my study"))
    papers/my\ study
    >>> del os.environ["_REPRO_COMPLETE"]
    """
    if os.environ.get("_REPRO_COMPLETE") != "complete_bash":
        return path
    return _NOT_PLAIN.sub(r"\\\1", path)


def _studies(start: str) -> list[str]:
    studies = []
    for folder, inner, files in islice(os.walk(start or "."), FOLDERS):
        at = Path(folder).relative_to(start or ".")
        inner[:] = sorted(name for name in inner if not name.startswith(".") and name not in ("runs", "results"))
        if len(at.parts) >= DEPTH:
            inner.clear()
        if at.parts and not set(SPEC_FILES).isdisjoint(files):
            studies.append(start + at.as_posix())
            inner.clear()
    return studies


def _specs(ctx: typer.Context) -> "list[Spec]":
    """The specs of the paths that stand on the line so far, else of the folder one is in; none that has problems."""
    from repro.spec.load import load_spec
    from repro.spec.problem import SpecError

    words = ctx.params.get("paths") or ctx.params.get("path") or ctx.args  # args: while an option lacks its value
    specs = []
    for word in [words] if isinstance(words, (str, Path)) else words or ["."]:
        if not Path(word).exists():
            continue
        try:
            specs.append(load_spec(Path(word)))
        except (SpecError, OSError):
            continue
    return specs
