"""``repro site``: all papers and proposals of a class as a static site."""

from pathlib import Path
from typing import Annotated

import typer

NAME = "site"
"""The folder that the site goes to."""


def site(
    folders: Annotated[list[Path], typer.Argument(metavar="FOLDER...", help="folders, or a folder that holds them")],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="DIR", help="output directory: a new folder, or one that holds a site"),
    ] = Path(NAME),
    course: Annotated[
        Path | None, typer.Option("--course", metavar="FILE", help="the course's file, else the course.yaml above them")
    ] = None,
    title: Annotated[str, typer.Option("--title", metavar="TEXT", help="site title (default: the course title)")] = "",
) -> None:
    """Build the class page: a static site that opens from disk, without server, network or code of others.

    Cards to search and filter, a page with the report of each folder, reported against reproduced, who ran what, runs
    of several people laid together, and the discussion of guests' papers. Only what changed is read and written again.
    Nothing of a folder is run, imported or changed; one that cannot be read has a card that says why.

    Example: repro site papers proposals -o site
    Example: repro site submissions --course course.yaml --title "Spring"
    """
    from repro.cli.grade import teachers_course
    from repro.publish.grade.visible import visible
    from repro.publish.site.build import build_site
    from repro.results.wording import several

    built = build_site(folders, output, course=teachers_course(folders, course), title=title)
    for folder, problem in built.problems.items():
        print(f"! {visible(built.pages[folder])}: {problem}")
    counts = [f"{len(built.written)} written", f"{built.unchanged} as before"]
    counts += [f"{len(built.removed)} removed"] if built.removed else []
    unread = f", {len(built.problems)} that cannot be read" if built.problems else ""
    read = f"{several(len(built.pages), 'folder')}, {built.read} read{unread}"
    print(f"{read}; {several(len(built.files), 'page')}: {', '.join(counts)}")
    print(output / "index.html")
