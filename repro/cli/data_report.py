"""What ``repro data`` prints: the sections of each data set, and a line for each of several studies."""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text

from repro.cli.console import make_console
from repro.publish.data.origin import origin
from repro.publish.data.section import Line, Mark, Section, Table
from repro.publish.data.sections import heading, in_short, sections_of, to_look_at
from repro.results.wording import listed, several

if TYPE_CHECKING:
    from repro.cli.data import ProfiledFolder

NAMES = 5
"""Names shown below a line; the page and --json have all."""

ROWS = 40
"""Rows of a table on the terminal."""

SIGNS: dict[Mark, str] = {"": " ", "ok": "✓", "note": "!", "bad": "✗"}
PLAIN: dict[Mark, str] = {"": " ", "ok": "+", "note": "!", "bad": "x"}
STYLES: dict[Mark, str] = {"": "", "ok": "green", "note": "yellow", "bad": "bold red"}


def print_report(profiled: "ProfiledFolder", *, last: bool) -> None:
    """Print what was seen of one study."""
    console = make_console()
    assert profiled.spec is not None
    for look in profiled.looks:
        console.print(Text(f"{profiled.spec.name}: {heading(look)}", style="bold"))
        if len(profiled.looks) > 1:
            names = [name for division in look.divisions for name in division.wanted.names]
            console.print(Text(f"for {listed(names)}"))
        console.print(Text(origin(look.dataset, profiled.spec.folder)), soft_wrap=True)
        what, notable = in_short(look)
        console.print(Text(what.text))
        print_line(console, notable)
        for section in sections_of(look):
            print_section(console, section)
        console.print()
    if profiled.page is not None:
        console.print(Text(f"page  {profiled.page}"), soft_wrap=True)
    elif last:
        console.print(Text("Waveforms, spectrograms and sounds on a page: the same command with --page"), style="dim")
    if not last:
        console.print()


def print_section(console: Console, section: Section) -> None:
    """Print a section: its heading, its tables, its lines."""
    console.print()
    console.print(Text(section.title, style="bold underline"))
    for table in section.tables:
        print_table(console, table)
    for line in section.lines:
        print_line(console, line)


def print_table(console: Console, table: Table) -> None:
    """Print a table; one without column names is a list of facts."""
    bare = not any(table.head)
    shown = RichTable(
        box=None if bare else SIMPLE_HEAD, show_header=not bare, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0)
    )
    for at, head in enumerate(table.head):
        words = at < table.left
        shown.add_column(
            Text(head), justify="left" if words else "right", overflow="fold", no_wrap=not words,
            style="dim" if bare and at == 0 else "",
        )  # fmt: skip
    cut = len(table.rows) > ROWS + 1
    rows = [*table.rows[:ROWS], table.rows[-1]] if cut else table.rows
    for at, row in enumerate(rows):
        if cut and at == ROWS:
            shown.add_row(Text(f"and {len(table.rows) - ROWS - 1} more"))
        shown.add_row(*(Text(cell) for cell in row))
    if not bare:
        console.print(Text(table.caption), style="dim")
    console.print(Padding(shown, (0, 0, 0, 2), expand=False))


def print_line(console: Console, line: Line) -> None:
    """Print a line with its sign, then the first of its names."""
    narrow = "utf" not in (console.encoding or "").lower()
    sign = (PLAIN if narrow else SIGNS)[line.mark]
    first, *rest = textwrap.wrap(line.text, max(20, console.width - 2)) or [""]
    console.print(Text.assemble((sign, STYLES[line.mark]), " ", first), soft_wrap=True)
    for text in rest:
        console.print(Text(f"  {text}"), soft_wrap=True)
    for name in line.names[:NAMES]:
        console.print(Text(f"    {name}"), soft_wrap=True)
    if len(line.names) > NAMES:
        console.print(Text(f"    and {len(line.names) - NAMES:,} more", style="dim"))


def print_overview(profiles: "Sequence[ProfiledFolder]") -> None:
    """A line for each of several studies: how much there is, and what is to be looked at."""
    console = make_console()
    table = RichTable(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0))
    table.add_column("folder", overflow="fold")
    table.add_column("data")
    table.add_column("items", justify="right", no_wrap=True)
    table.add_column("", overflow="fold")
    for profiled in profiles:
        for look in profiled.looks:
            notable = to_look_at(look)
            table.add_row(
                Text(str(profiled.path)), Text(look.dataset.name), f"{look.contents.items:,}",
                Text(notable.text, style=STYLES[notable.mark]),
            )  # fmt: skip
        for refusal in profiled.refusals:
            first = refusal.splitlines()[0]
            table.add_row(Text(str(profiled.path)), "", "", Text(f"cannot be read: {first}", style=STYLES["bad"]))
    console.print(table)
    console.print(
        f"\n{several(len(profiles), 'folder')} looked at, {sum(bool(p.refusals) for p in profiles)} with problems"
    )
