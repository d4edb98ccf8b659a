"""The progress bar that ``repro.run`` shows in a notebook or a terminal; nothing elsewhere.

Takes: the events of a run.
Gives: a bar on the terminal or in the notebook.
May import: runs, training, models, data, spec, disk.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from repro.runs.events import Event, Failed, Finished, PlanReady, Prepared, Preparing, Progress, Started

if TYPE_CHECKING:
    from rich.console import Console


@contextmanager
def progress_bar(console: "Console | None" = None) -> Iterator[Callable[[Event], None]]:
    """Listens to a run's events during the block and shows how many runs are done, and what goes on now.

    Args:
        console: where to; the notebook or the terminal by default.

    """
    from rich import get_console
    from rich import progress as bars

    console = console or get_console()
    columns = (
        bars.TextColumn("{task.description}", markup=False),
        bars.BarColumn(),
        bars.TextColumn("{task.fields[done]}"),
    )
    shown = console.is_terminal or console.is_jupyter
    with bars.Progress(*columns, bars.TimeElapsedColumn(), console=console, disable=not shown) as bar:
        task = bar.add_task("starting", total=None, done="")
        count, total = 0, 0
        shares: dict[str, float] = {}

        def listen(event: Event) -> None:
            nonlocal count, total
            match event:
                case PlanReady():
                    total = len(event.left)
                case Preparing():
                    bar.update(task, description=event.what)
                case Prepared():
                    bar.update(task, description="training")
                case Started():
                    bar.update(task, description=event.run.title)
                case Progress():
                    shares[event.run.id] = min(1.0, event.step / event.steps) if event.steps > 0 else 0.0
                    bar.update(task, description=event.run.title)
                case Finished() | Failed():
                    count += 1
                    shares.pop(event.run.id, None)
            bar.update(task, total=total or None, completed=count + sum(shares.values()), done=f"{count}/{total} runs")

        yield listen
