"""``repro ls``: which papers and proposals lie below a folder."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

SPEC_FILES = ("paper.yaml", "proposal.yaml")


def ls(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="[FOLDER...]", help="where to look; here by default")
    ] = None,
) -> None:
    """List the papers and proposals below a folder.

    With title, experiments, runs and rungs, and whether they check.

    Example: repro ls papers
    """
    from rich.markup import escape
    from rich.table import Table

    from repro.cli.console import make_console
    from repro.cli.refusal import CommandRefused
    from repro.results.wording import several
    from repro.runs.make_plan import make_plan
    from repro.spec.load import load_spec
    from repro.spec.problem import SpecError

    roots = [Path(p) for p in paths or ["."]]
    for root in roots:
        if not root.is_dir():
            raise CommandRefused(f"{root} is no folder")
    files = sorted({file for root in roots for name in SPEC_FILES for file in spec_files(root, name)})
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for column in ("folder", "title", "experiments", "runs", "rungs"):
        right = column in ("experiments", "runs")
        table.add_column(column, justify="right" if right else "left", overflow="fold", no_wrap=column == "folder")
    for file in files:
        try:
            spec = load_spec(file)
        except SpecError as error:
            says = f"{several(len(error.problems), 'problem')}: repro check says which"
            table.add_row(escape(str(file.parent)), says, "", "", "")
            continue
        ran = [e for e in spec.experiments.values() if e.not_run is None]
        table.add_row(
            escape(str(file.parent)),
            escape(spec.work.title),
            str(len(ran)),
            str(len(make_plan(spec).runs)),
            escape(", ".join([*spec.rungs, "full"])),
        )
    make_console().print(table)
    print(f"{len(files)} found")


def spec_files(root: Path, name: str) -> Iterator[Path]:
    """Spec files of this name below a folder; hidden folders, links and virtual environments are left out."""
    for folder, inner, files in os.walk(root):
        inner[:] = [d for d in inner if not d.startswith(".") and d not in ("runs", "results", "node_modules")]
        if name in files:
            yield Path(folder) / name
