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
    seen = []
    for path in request.paths:
        with _quiet() as notes:
            one = _look_at(path, rung, request.changes, request.only, own_code=run_own_code)
            notes += one.notes
        seen.append(one)
        for note in dict.fromkeys(notes):
            print(f"note: {note}", file=sys.stderr)
        for refusal in one.refusals:
            place = f"{path}: " if len(request.paths) > 1 and not refusal.startswith(str(path)) else ""
            print(f"{place}{refusal}", file=sys.stderr)
        if not one.looks:
            continue
        if page or output is not None:
            with _quiet():
                one.page = _draw(one, request.paths, output)
        if not json:
            from repro.cli.data_report import print_report  # torch, which a spec that is refused does not wait for

            print_report(one, last=path == request.paths[-1])
    if json:
        print(form.dumps([_values(one) for one in seen], indent=1, default=str))
    elif len(seen) > 1:
        from repro.cli.data_report import print_overview

        print_overview(seen)
    if any(one.refusals for one in seen):
        raise typer.Exit(2)


def _look_at(
    path: Path, rung: str, changes: tuple[str, ...], only: tuple[str, ...], *, own_code: bool
) -> ProfiledFolder:
    """Look at all data sets of one study. What has to be mended is kept in words, so that others have their turn."""
    from repro.spec.load import load_spec

    seen = ProfiledFolder(path)
    with _refusals(seen):
        seen.spec = load_spec(path, rung=rung, changes=changes)
        from repro.cli.refusal import CommandRefused
        from repro.data.profile.build_profile import build_profile
        from repro.data.profile.contents import rates_of
        from repro.runs.data_of_plan import data_of_plan
        from repro.spec.filter_banks import bank_notes
        from repro.study import Study

        plan = Study(seen.spec, only=only).plan
        experiments = {run.experiment.name: run.experiment for run in plan.runs}.values()
        for asked in data_of_plan(plan):
            with _refusals(seen):
                if asked.dataset.is_code and not own_code:
                    raise CommandRefused(
                        f"{seen.spec.path}: its data are made by {asked.dataset.name}, code of the folder, which is "
                        "not executed unless you say --run-own-code (only for code you trust)"
                    )
                seen.looks.append(build_profile(asked.dataset, asked.wanted, seen.spec.folder))
                alike = [one for one in experiments if one.dataset == asked.dataset]
                seen.notes += map(str, bank_notes(alike, rates_of(seen.looks[-1].items)))
    return seen


@contextmanager
def _refusals(seen: ProfiledFolder) -> Iterator[None]:
    """Keep what a person has to mend in words; a fault of ours is raised."""
    from repro.cli.refusal import refusal

    try:
        yield
    except Exception as error:
        said = refusal(error)
        if said is None:
            raise
        seen.refusals.append(said.text)


def _draw(seen: ProfiledFolder, paths: tuple[Path, ...], output: Path | None) -> Path:
    from repro.disk.atomic_write import write_atomically
    from repro.publish.data.page import page_of

    assert seen.spec is not None
    target = seen.spec.folder / PAGE if output is None else output / f"{page_name(seen.path, paths)}.html"
    write_atomically(target, page_of(seen.spec, seen.looks), within=seen.spec.folder if output is None else output)
    return target


def page_name(path: Path, paths: tuple[Path, ...]) -> str:
    """The folder's name; with the names of the folders above it where several are called the same.

    >>> page_name(Path("papers/x"), (Path("papers/x"),))
    'x'
    >>> page_name(Path("ann/study"), (Path("ann/study"), Path("ben/study")))
    'ann-study'
    """
    folders = [(one.parent if one.suffix in (".yaml", ".yml") else one).resolve() for one in paths]
    mine = folders[paths.index(path)]
    for depth in range(1, len(mine.parts)):
        name = "-".join(mine.parts[-depth:])
        if sum("-".join(other.parts[-depth:]) == name for other in set(folders)) == 1:
            return name
    return "-".join(mine.parts[1:])


def _values(seen: ProfiledFolder) -> dict[str, Any]:
    from repro.publish.data.values import values_of

    return {
        "path": str(seen.path),
        "spec": None if seen.spec is None else seen.spec.name,
        "rung": None if seen.spec is None else seen.spec.rung,
        "problem": "\n".join(seen.refusals) or None,
        "page": None if seen.page is None else str(seen.page),
        "datasets": [values_of(build_profile) for build_profile in seen.looks],
    }


@contextmanager
def _quiet() -> Iterator[list[str]]:
    """Inside, no library warns, and what own code prints goes to stderr; gives what the data room has to say."""
    import sys
    import warnings

    from repro.runs.engine.captured_warnings import captured_warnings

    with warnings.catch_warnings(), redirect_stdout(sys.stderr), captured_warnings() as said:
        warnings.simplefilter("ignore")
        yield said
