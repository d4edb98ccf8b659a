"""``repro data``: what is in a study's data, before anything trains."""

from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from repro.cli.options import Only, Rung, Specs

if TYPE_CHECKING:
    from repro.data.profile.build_profile import DataProfile
    from repro.spec.spec import Spec

PAGE = Path("runs") / "data.html"
"""Where a page goes in a study's folder: ``runs/`` is what git ignores and anybody may delete."""


@dataclass
class ProfiledFolder:
    """What was seen of one path: its spec, a look at each data set, ``refusals``, why there are no more, ``notes``."""

    path: Path
    spec: "Spec | None" = None
    looks: "list[DataProfile]" = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    page: Path | None = None


def data(
    paths: Specs,
    rung: Rung = "full",
    only: Only = "",
    page: Annotated[
        bool, typer.Option("--page", help=f"also draw a page with pictures and sounds, {PAGE} in the folder")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="DIR", help="draw the page into this folder: DIR/NAME.html")
    ] = None,
    run_own_code: Annotated[
        bool,
        typer.Option("--run-own-code", help="let the folder's own data.py make its data; only for code you trust"),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="print machine-readable JSON")] = False,
) -> None:
    """Show what is in a study's data.

    Items, seconds, rates, classes and groups in each part, clipped and silent recordings, duplicates, and what the
    leakage gate says; with --page also waveforms, spectrograms and sounds, in one file that opens anywhere. Nothing is
    trained and no feature is computed. Code of the folder is not executed unless you say --run-own-code.
    Exit code 2 when data cannot be read; every row and file that is wrong is listed.

    Example: repro data papers/mnist1d
    Example: repro data submissions/* -o pages
    """
    import json as form
    import sys

    from repro.cli.request import read_request

    request = read_request(paths, rung, only, "")
    profiled = []
    for path in request.paths:
        with _quiet() as notes:
            folder = _look_at(path, rung, request.changes, request.only, own_code=run_own_code)
            notes += folder.notes
        profiled.append(folder)
        for note in dict.fromkeys(notes):
            print(f"note: {note}", file=sys.stderr)
        for refusal in folder.refusals:
            place = f"{path}: " if len(request.paths) > 1 and not refusal.startswith(str(path)) else ""
            print(f"{place}{refusal}", file=sys.stderr)
        if not folder.looks:
            continue
        if page or output is not None:
            with _quiet():
                folder.page = _draw(folder, request.paths, output)
        if not json:
            from repro.cli.data_report import print_report  # torch, which a spec that is refused does not wait for

            print_report(folder, last=path == request.paths[-1])
    if json:
        print(form.dumps([_values(folder) for folder in profiled], indent=1, default=str))
    elif len(profiled) > 1:
        from repro.cli.data_report import print_overview

        print_overview(profiled)
    if any(folder.refusals for folder in profiled):
        raise typer.Exit(2)


def _look_at(
    path: Path, rung: str, changes: tuple[str, ...], only: tuple[str, ...], *, own_code: bool
) -> ProfiledFolder:
    """Look at all data sets of one study. What has to be mended is kept in words, so that others have their turn."""
    from repro.spec.load import load_spec

    profiled = ProfiledFolder(path)
    with _refusals(profiled):
        profiled.spec = load_spec(path, rung=rung, changes=changes)
        from repro.cli.refusal import CommandRefused
        from repro.data.profile.build_profile import build_profile
        from repro.data.profile.contents import rates_of
        from repro.runs.data_of_plan import data_of_plan
        from repro.spec.filter_banks import bank_notes
        from repro.study import Study

        plan = Study(profiled.spec, only=only).plan
        experiments = {run.experiment.name: run.experiment for run in plan.runs}.values()
        for division in data_of_plan(plan):
            with _refusals(profiled):
                if division.dataset.is_code and not own_code:
                    raise CommandRefused(
                        f"{profiled.spec.path}: its data are made by {division.dataset.name}, code of the folder, "
                        "which is not executed unless you say --run-own-code (only for code you trust)"
                    )
                profiled.looks.append(build_profile(division.dataset, division.wanted, profiled.spec.folder))
                alike = [experiment for experiment in experiments if experiment.dataset == division.dataset]
                profiled.notes += map(str, bank_notes(alike, rates_of(profiled.looks[-1].items)))
    return profiled


@contextmanager
def _refusals(profiled: ProfiledFolder) -> Iterator[None]:
    """Keep what a person has to mend in words; a fault of ours is raised."""
    from repro.cli.refusal import refusal

    try:
        yield
    except Exception as error:
        refused = refusal(error)
        if refused is None:
            raise
        profiled.refusals.append(refused.text)


def _draw(profiled: ProfiledFolder, paths: tuple[Path, ...], output: Path | None) -> Path:
    from repro.disk.atomic_write import write_atomically
    from repro.publish.data.page import page_of

    assert profiled.spec is not None
    target = profiled.spec.folder / PAGE if output is None else output / f"{page_name(profiled.path, paths)}.html"
    write_atomically(
        target, page_of(profiled.spec, profiled.looks), within=profiled.spec.folder if output is None else output
    )
    return target


def page_name(path: Path, paths: tuple[Path, ...]) -> str:
    """The folder's name; with the names of the folders above it where several are called the same.

    >>> page_name(Path("papers/x"), (Path("papers/x"),))
    'x'
    >>> page_name(Path("ann/study"), (Path("ann/study"), Path("ben/study")))
    'ann-study'
    """
    folders = [(location.parent if location.suffix in (".yaml", ".yml") else location).resolve() for location in paths]
    mine = folders[paths.index(path)]
    for depth in range(1, len(mine.parts)):
        name = "-".join(mine.parts[-depth:])
        if sum("-".join(other.parts[-depth:]) == name for other in set(folders)) == 1:
            return name
    return "-".join(mine.parts[1:])


def _values(profiled: ProfiledFolder) -> dict[str, Any]:
    from repro.publish.data.values import values_of

    return {
        "path": str(profiled.path),
        "spec": None if profiled.spec is None else profiled.spec.name,
        "rung": None if profiled.spec is None else profiled.spec.rung,
        "problem": "\n".join(profiled.refusals) or None,
        "page": None if profiled.page is None else str(profiled.page),
        "datasets": [values_of(build_profile) for build_profile in profiled.looks],
    }


@contextmanager
def _quiet() -> Iterator[list[str]]:
    """Inside, no library warns, and what own code prints goes to stderr; gives what the data room has to say."""
    import sys
    import warnings

    from repro.runs.engine.captured_warnings import captured_warnings

    with warnings.catch_warnings(), redirect_stdout(sys.stderr), captured_warnings() as caught:
        warnings.simplefilter("ignore")
        yield caught
