"""What ``repro determinism`` shows: a table of yes and no, the differences below, and what they mean."""

import math

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from repro.results.wording import grouped, listed, several, short
from repro.runs.determinism.finding import Comparison, Determinism, Finding
from repro.runs.determinism.variants import DESCRIPTIONS, MUST_BE_BITWISE, VARIANTS, Variant

HEADS: dict[Variant, str] = {"again": "again", "resumed": "resumed", "path": "other path", "threads": "two threads"}
VIEWS = ("test", "validation")
"""Views whose differences are shown; the JSON has all."""


def table_of(result: Determinism) -> Table:
    """A row for each experiment; below those that are not the same in every way, a row for each metric."""
    ways = shown_ways(result)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("experiment", overflow="fold", ratio=None)
    table.add_column("steps", justify="right", no_wrap=True)
    for comparison in ways:
        table.add_column(HEADS[comparison], justify="right", no_wrap=True)
    for finding in result.findings:
        words = [answer(finding, comparison) for comparison in ways]
        steps = grouped(finding.steps) if finding.full_steps else "–"
        table.add_row(Text(finding.title or finding.experiment), steps, *words)
        for key in differing_metrics(finding):
            numbers = [Text(difference(finding.compared(comparison), key)) for comparison in ways]
            table.add_row(Text(f"  {metric_words(finding, key)}", style="dim"), "", *numbers)
    return table


def shown_ways(result: Determinism) -> tuple[Variant, ...]:
    """The ways that any experiment was trained in."""
    return tuple(
        comparison for comparison in VARIANTS if any(finding.compared(comparison) for finding in result.findings)
    )


def answer(finding: Finding, comparison: Variant) -> Text:
    """``yes``, ``no`` or a dash where nothing was compared; a ``no`` that must not be is in red and capitals."""
    if finding.failed:
        return Text("failed", style="red")
    compared = finding.compared(comparison)
    if compared is None or compared.bitwise is None:
        return Text("–")
    if compared.bitwise:
        return Text("yes", style="green")
    return Text("NO", style="bold red") if compared.is_fault else Text("no", style="yellow")


def differing_metrics(finding: Finding) -> list[str]:
    """``VIEW/METRIC`` of test and validation for an experiment that is not the same in every way, else none."""
    broken = [c for c in finding.comparisons if c.bitwise is False]
    keys = {key: None for c in broken for key in c.largest}
    names = (*finding.units, "loss")
    return [f"{view}/{name}" for view in VIEWS for name in names if f"{view}/{name}" in keys]


def metric_words(finding: Finding, key: str) -> str:
    """``test Accuracy, points``."""
    view, _, name = key.partition("/")
    unit = finding.units.get(name, "")
    unit = {"percent": "points", "fraction": ""}.get(unit, unit)
    return f"{view} {name}, {unit}" if unit else f"{view} {name}"


def difference(compared: Comparison | None, key: str) -> str:
    """The largest difference of a metric, with two digits.

    >>> difference(None, "test/loss")
    '–'
    """
    value = None if compared is None else compared.largest.get(key)
    if value is None:
        return "–"
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else "∞"
    return short(value) if value >= 0.001 else f"{value:.1e}"


def explained(result: Determinism) -> list[str]:
    """Sentences below the table: what was compared, what is at fault, and the answer."""
    ways = shown_ways(result)
    lines = [f"{HEADS[comparison]}: {DESCRIPTIONS[comparison]}" for comparison in ways]
    for finding in result.findings:
        name = finding.title or finding.experiment
        if finding.failed:
            lines.append(f"{name} failed: {finding.failed}")
        for compared in finding.comparisons:
            at = f" (stopped at step {compared.stopped_at})" if compared.stopped_at is not None else ""
            if compared.bitwise is None:
                lines.append(f"{name}, {HEADS[compared.way]}: not compared, {compared.why}")
            elif compared.is_fault:
                what = compared.why or f"{listed(compared.differing)} differ{'s' * (len(compared.differing) == 1)}"
                lines.append(f"{name}, {HEADS[compared.way]}{at}: {what}. {HINTS[compared.way]}")
    return lines


HINTS: dict[Variant, str] = {
    "again": "Something draws from a generator that nobody seeds, or depends on what the process did before.",
    "resumed": "Something that training depends on is in no state_dict, so a checkpoint does not hold it.",
    "path": "Something happens at each of Lightning's steps that a chunk of steps leaves out.",
    "threads": "",
}
"""What the likeliest cause is."""


def answered(result: Determinism) -> str:
    """The answer in a line."""
    threads = [c for finding in result.findings if (c := finding.compared("threads")) is not None]
    apart = sum(c.bitwise is False for c in threads)
    explanation = ""
    if threads:
        differ = f"{apart} of {len(threads)} give other bytes, as they may" if apart else "the bytes are the same"
        explanation = f" With two threads {differ}."
    if result.holds:
        same = listed([HEADS[comparison] for comparison in MUST_BE_BITWISE if comparison in shown_ways(result)])
        return f"DETERMINISTIC: the same bytes, {same}.{explanation}"
    broken = sum(not finding.is_deterministic for finding in result.findings)
    return f"NOT DETERMINISTIC: {broken} of {several(len(result.findings), 'experiment')}.{explanation}"


def cut_words(result: Determinism) -> str:
    """How long was trained."""
    cut = [f for f in result.findings if f.full_steps > f.steps > 0]
    if not cut:
        return "runs at their full length"
    longest = max(f.full_steps for f in cut)
    return f"{several(len(cut), 'run')} cut to {grouped(max(f.steps for f in cut))} of up to {grouped(longest)} steps"
