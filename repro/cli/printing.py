"""Printing results: the table for a terminal, or as text in another form."""

import os
import sys
from typing import Literal

from rich.console import Console

from repro.cli.any_terminal import print_json
from repro.cli.console import PIPE_WIDTH, make_console
from repro.cli.streams import unfiltered
from repro.results.results import Results
from repro.results.table import to_csv, to_json, to_latex, to_markdown, to_terminal

Form = Literal["terminal", "json", "csv", "markdown", "latex"]


def print_results(results: Results, form: Form = "terminal", *, claims_first: bool = False) -> None:
    """Print the results in one of their forms; ``claims_first`` puts the claims above the terminal's table."""
    match form:
        case "json":
            print_json(to_json(results))
        case "csv":
            sys.stdout.write(to_csv(results))
        case "markdown":
            sys.stdout.write(to_markdown(results))
        case "latex":
            sys.stdout.write(to_latex(results))
        case _:
            console = make_console()
            out = unfiltered(sys.stdout) if console.is_terminal else sys.stdout
            out.write(for_terminal(results, console, claims_first=claims_first))


def for_terminal(results: Results, console: Console, *, claims_first: bool = False) -> str:
    """The table at the terminal's width, with colours where it has them and only such signs as it can show."""
    width = console.width if console.is_terminal or "COLUMNS" in os.environ else PIPE_WIDTH
    colour = console.is_terminal and not console.no_color
    narrow = "utf" not in (console.encoding or "").lower()
    return to_terminal(results, width=width, colour=colour, ascii_only=narrow, claims_first=claims_first)
