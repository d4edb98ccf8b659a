"""The table in Markdown, as GitHub shows it."""

from collections.abc import Sequence

from repro.results.cells import SYMBOLS, Cells, against, cells, legends, sections
from repro.results.results import Results

HEAD = (
    "| experiment | {against} | ours | runs | difference | margin | verdict | in words |\n"
    "|:--|--:|--:|--:|--:|--:|:--|:--|\n"
)


def to_markdown(results: Results) -> str:
    """Headline, one table for each metric, claims, warnings and legend; ends with a line end."""
    parts = [f"**{escape(results.headline)}**\n"]
    if results.rung != "full":
        parts.append(f"Rung `{escape(results.rung)}`.\n")
    for heading, rows in sections(results.rows):
        lines = "".join(_line(cells(row, rows)) for row in rows)
        parts.append(f"### {escape(heading)}\n\n{HEAD.format(against=against(rows))}{lines}")
        parts += _folds([cells(row, rows) for row in rows])
    if results.claims:
        lines = "".join(
            f"| {escape(c.text)} | {SYMBOLS[c.verdict]} {c.verdict} | {escape('; '.join((c.sentence, *c.notes)))} |\n"
            for c in results.claims
        )
        parts.append(f"### Claims\n\n| claim | verdict | in words |\n|:--|:--|:--|\n{lines}")
    parts += [
        f"> {escape(w)}\n" for w in (*results.warnings, *(leak.sentence for leak in results.leaks), *results.footnotes)
    ]
    parts += [f"<sub>{escape(legend)}</sub>\n" for legend in legends(results.rows)]
    return "\n".join(parts)


def _folds(rows: Sequence[Cells]) -> list[str]:
    """A table of single folds for each set of folds that rows share; no table without folds."""
    by_names: dict[tuple[str, ...], list[Cells]] = {}
    for c in rows:
        if c.folds is not None:
            by_names.setdefault(c.folds.names, []).append(c)
    tables = []
    for names, group in by_names.items():
        shown = [" ", *(f"fold {name}" for name in names), "differ by"]
        table = f"| {' | '.join(map(escape, shown))} |\n|:--|{'--:|' * len(names)}:--|\n"
        for c in group:
            assert c.folds is not None
            lines = [(c.name, c.folds.ours, c.folds.spread), *([("paper", c.folds.paper, "")] if c.folds.paper else [])]
            for name, texts, spread_text in lines:
                table += f"| {' | '.join(map(escape, (name, *texts, spread_text)))} |\n"
        tables.append(f"By fold:\n\n{table}")
    return tables


def escape(text: str) -> str:
    """Text that Markdown shows as it is, also inside a table cell."""
    for sign in "\\`*_[]<>|#":
        text = text.replace(sign, f"\\{sign}" if sign not in "<>" else {"<": "&lt;", ">": "&gt;"}[sign])
    return " ".join(text.split())


def _line(c: Cells) -> str:
    measured = c.measured
    verdict = f"{SYMBOLS[c.verdict]} {c.verdict}" if c.verdict else ""
    words = "; ".join((c.sentence, *c.notes))
    statistics = f"<br><sub>{escape(' · '.join(c.statistics))}</sub>" if c.statistics else ""
    shown = [escape(x) for x in (c.name, c.paper, measured, c.runs, c.difference, c.margin, verdict, words)]
    return "| " + " | ".join(shown) + statistics + " |\n"
