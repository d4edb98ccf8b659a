"""The progress bar that ``repro.run`` shows in a notebook or a terminal; nothing elsewhere.

Takes: the events of a run.
Gives: a bar on the terminal or in the notebook.
May import: runs, training, models, data, spec, disk.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from repro.runs.events import Event, Failed, Finished, PlanReady, Prepared, Preparing, Progress, Started

if TYPE_CHECKING:
    from rich.console import Console

_REDRAW_SECONDS = 0.2


@contextmanager
def progress_bar(console: "Console | None" = None) -> Iterator[Callable[[Event], None]]:
    """Listens to a run's events during the block and shows how many runs are done, and what goes on now.

    Args:
        console: where to; the notebook or the terminal by default.

    """
    from rich import get_console

    console = console or get_console()
    in_browser = console.is_jupyter and find_spec("ipywidgets") is None  # rich would warn and show nothing
    with _html_bar() if in_browser else _rich_bar(console) as update:
        count, total = 0, 0
        shares: dict[str, float] = {}
        update(description="starting", total=None, completed=0.0, done="")

        def listen(event: Event) -> None:
            nonlocal count, total
            state: dict[str, Any] = {}
            match event:
                case PlanReady():
                    total = len(event.left)
                case Preparing():
                    state["description"] = event.what
                case Prepared():
                    state["description"] = "training"
                case Started():
                    state["description"] = event.run.title
                case Progress():
                    shares[event.run.id] = min(1.0, event.step / event.steps) if event.steps > 0 else 0.0
                    state["description"] = event.run.title
                case Finished() | Failed():
                    count += 1
                    shares.pop(event.run.id, None)
            update(**state, total=total or None, completed=count + sum(shares.values()), done=f"{count}/{total} runs")

        yield listen


@contextmanager
def _rich_bar(console: "Console") -> Iterator[Callable[..., None]]:
    """A bar of rich; nothing where the console is neither a terminal nor a notebook."""
    from rich import progress as bars

    columns = (
        bars.TextColumn("{task.description}", markup=False),
        bars.BarColumn(),
        bars.TextColumn("{task.fields[done]}"),
    )
    shown = console.is_terminal or console.is_jupyter
    with bars.Progress(*columns, bars.TimeElapsedColumn(), console=console, disable=not shown) as bar:
        task = bar.add_task("starting", total=None, done="")
        yield lambda **state: bar.update(task, **state)


@contextmanager
def _html_bar() -> Iterator[Callable[..., None]]:
    """A bar of HTML in a cell's output, for notebooks without ipywidgets."""
    from IPython.display import display

    state: dict[str, Any] = {}
    began, drawn = time.monotonic(), 0.0
    handle = display({"text/plain": ""}, raw=True, display_id=True)  # type: ignore[no-untyped-call]

    def draw() -> None:
        share = f'value="{state["completed"]:.3f}" max="{state["total"]}"' if state["total"] else ""
        seconds = round(time.monotonic() - began)
        parts = (state["description"], state["done"], f"{seconds // 60}:{seconds % 60:02}")
        label = ", ".join(part for part in parts if part)
        html = f"<progress {share}></progress> {escape(label)}"
        handle.update({"text/plain": label, "text/html": html}, raw=True)

    def update(**changes: object) -> None:
        nonlocal drawn
        state.update(changes)
        if time.monotonic() - drawn > _REDRAW_SECONDS:
            drawn = time.monotonic()
            draw()

    try:
        yield update
    finally:
        draw()
