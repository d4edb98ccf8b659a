"""``repro mock``: the figures that a proposal hopes for, and the seeds that it takes to see them."""

from pathlib import Path
from typing import Annotated

import typer

from repro.cli.options import Specs


def mock(
    paths: Specs,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o", "--out", metavar="DIR", help="output directory of the figures (default: runs/mock of each folder)"
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="print as JSON")] = False,
) -> None:
    """Draw the figures of what a proposal expects.

    By the code that draws the real ones, marked EXPECTED, NOT MEASURED. Then say of each claim how many seeds it takes
    to see it, and what the planned ones would show, from the expected values and their spread over seeds.

    Example: repro mock proposals/instrument-families
    """
    from repro.cli.any_terminal import print_json
    from repro.cli.console import make_console
    from repro.cli.mock_table import mock_table
    from repro.cli.refusal import CommandRefused
    from repro.cli.request import read_request
    from repro.publish.mock.figures import mock_figures
    from repro.publish.mock.not_drawn import not_drawn
    from repro.publish.mock.to_json import text, to_json
    from repro.results.expected_claims import claim_powers
    from repro.results.write import write_figures

    specs = read_request(paths, "full", "", "").load()
    for spec in specs:
        if spec.kind == "paper":
            raise CommandRefused(f"{spec.path}: is of a paper, which reports numbers; only a proposal expects some")
    if out is not None and len({spec.name for spec in specs}) < len(specs):
        raise CommandRefused("-o: two of the folders have the same name; give the command for one after the other")
    studies = []
    for number, spec in enumerate(specs):
        folder = spec.folder / "runs" / "mock" if out is None else out if len(specs) == 1 else out / spec.name
        files = write_figures(mock_figures(spec), folder, spec.folder if out is None else out)
        notes, claims = not_drawn(spec), claim_powers(spec)
        if json:
            studies.append(to_json(spec, files, notes, claims))
            continue
        if number:
            print()
        mock_table(make_console(), spec, files, notes, claims)
    if json:
        print_json(text(studies))
