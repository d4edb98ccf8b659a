"""The console that tables of our own are printed on."""

import os
import sys
from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from repro.cli.streams import unfiltered
from repro.disk.terminal_text import terminal_safe

PIPE_WIDTH = 100
"""Columns where the output is no terminal and COLUMNS does not say."""


class HarmlessConsole(Console):
    """A console that writes out what a terminal would obey in every text that it is given; its own colours stay."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The parts of what is printed."""
        for part in super().render(renderable, options):
            yield part if part.control else Segment(terminal_safe(part.text), part.style)


def make_console(**settings: Any) -> Console:
    """Standard output at the terminal's width, or at one that suits a pipe."""
    console = HarmlessConsole(highlight=False, file=unfiltered(sys.stdout), **settings)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPE_WIDTH
    return console
