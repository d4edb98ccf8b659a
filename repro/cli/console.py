"""The console that tables of our own are printed on."""

import os

from rich.console import Console

PIPE_WIDTH = 100
"""Columns where the output is no terminal and COLUMNS does not say."""


def make_console() -> Console:
    """Standard output at the terminal's width, or at one that suits a pipe."""
    console = Console(highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPE_WIDTH
    return console
