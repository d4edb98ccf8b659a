"""What ``repro plan`` shows: a row for each experiment, the wall time, and what fits a budget."""

import json
from collections.abc import Callable
from dataclasses import asdict

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from repro.cli.console import make_console
from repro.cli.progress import size as file_size
from repro.results.wording import duration, several
from repro.runs.forecast.budget import ENOUGH_SEEDS
from repro.runs.forecast.duration import shown
from repro.runs.forecast.forecast import Forecast, Row
from repro.spec.scalars import limit_words

SOURCES = {"records": "records", "probe": "probe", "guess": "guess", "failed": "–"}


def print_forecast(forecast: Forecast, command: Callable[[str, int], str]) -> None:
    """Print the table and the sentences below it."""
    console = make_console()
    for note in forecast.notes:
        console.print(f"note: {note}", markup=False)
    console.print(f"{forecast.spec}, {forecast.rung}\n", markup=False)
    console.print(table_of(forecast))
    console.print()
    for line in sentences(forecast, command):
        console.print(line, markup=False, soft_wrap=line.startswith("  "))


def table_of(forecast: Forecast) -> Table:
    """A row for each experiment, and their sum."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("experiment", overflow="fold", min_width=12)
    on_device = any(row.device_memory for row in forecast.rows)
    heads = ("a run", "from", "runs", "left", "total", "memory", *(("GPU memory",) if on_device else ()), "disk")
    for head in heads:
        table.add_column(head, justify="left" if head == "from" else "right", no_wrap=True)
    for row in forecast.rows:
        table.add_row(Text(row.title or row.experiment), *cells(row, on_device=on_device))
    totals = [str(sum(row.left for row in forecast.rows)), duration(sum(row.total for row in forecast.rows))]
    memory = size(max((row.memory for row in forecast.rows), default=0) * forecast.jobs.number)
    disk = size(sum(row.disk for row in forecast.rows))
    table.add_section()
    table.add_row("all", "", "", str(sum(row.runs for row in forecast.rows)), *totals, memory, *[""] * on_device, disk)
    return table


def cells(row: Row, *, on_device: bool) -> list[str]:
    """The columns of a row after its name."""
    if row.failed:
        return ["failed", "–", str(row.runs), str(row.left), "–", *["–"] * (2 + on_device)]
    gpu = [size(row.device_memory)] if on_device else []
    disk = size(row.disk) if row.left else "–"
    return [
        duration(row.seconds), SOURCES[row.source], str(row.runs), str(row.left), duration(row.total),
        size(row.memory), *gpu, disk,
    ]  # fmt: skip


def sentences(forecast: Forecast, command: Callable[[str, int], str]) -> list[str]:
    """What the numbers mean, the wall time, and with a budget what fits and how to run it."""
    lines = [f"{row.title or row.experiment} cannot be trained: {row.failed}" for row in forecast.rows if row.failed]
    if any(row.source == "guess" for row in forecast.rows):
        lines.append("A guess: timed on a share of the items, taken to grow as it did between two shares.")
    if forecast.stall_limits:
        limits = " or ".join(map(limit_words, forecast.stall_limits))
        lines.append(
            f"Own code that shows no progress for {limits} is ended (training.stall_limit), and its run fails."
        )
    left = sum(row.left for row in forecast.rows)
    if not left:
        return [*lines, "Nothing is left to train."]
    jobs = f"{several(forecast.jobs.number, 'job')} ({forecast.jobs.because})"
    lines.append(
        f"Wall time: about {duration(forecast.wall)} with {jobs}, {duration(forecast.before)} of it before the first "
        f"run. Tables and figures take some seconds more."
    )
    return [*lines, *budget_sentences(forecast, command)]


def budget_sentences(forecast: Forecast, command: Callable[[str, int], str]) -> list[str]:
    """What fits, and the command."""
    if forecast.budget is None:
        return []
    within = f"Within {shown(forecast.budget)}"
    chosen = forecast.choice
    if chosen is None:
        least = min((min(offer.seconds) for offer in forecast.offers if offer.seconds), default=forecast.wall)
        return [f"{within} nothing fits; the least is one seed in about {duration(least)}."]
    most = next(len(offer.seconds) for offer in forecast.offers if offer.rung == chosen.rung)
    seeds = "all seeds" if chosen.seeds == most else f"{several(chosen.seeds, 'seed')} of {most}"
    few = "" if chosen.is_enough else f" A verdict needs {ENOUGH_SEEDS} seeds."
    line = f"{within} fits: rung {chosen.rung}, {seeds}, about {duration(chosen.seconds)}.{few}"
    return [line, f"  {command(chosen.rung, chosen.seeds)}"]


def to_json(forecast: Forecast) -> str:
    """Everything, for programs."""
    fields = asdict(forecast)
    fields["rows"] = [{**asdict(row), "total": row.total} for row in forecast.rows]
    return json.dumps(fields, indent=1, ensure_ascii=False) + "\n"


def size(count: int) -> str:
    """Bytes as people say them.

    >>> size(3_400_000), size(561_300_000), size(1_162_200_000)
    ('3.4 MB', '561 MB', '1.2 GB')
    """
    if count < 100_000_000:
        return file_size(count)
    return f"{count / 1e6:.0f} MB" if count < 1_000_000_000 else f"{count / 1e9:.1f} GB"
