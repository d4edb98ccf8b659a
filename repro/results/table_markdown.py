"""The table in Markdown, as GitHub shows it."""

from repro.results.cells import LEGEND, SYMBOLS, Cells, cells, sections
from repro.results.results import Results

HEAD = (
    "| experiment | paper | ours | runs | difference | margin | verdict | in words |\n"
    "|:--|--:|--:|--:|--:|--:|:--|:--|\n"
)


def to_markdown(results: Results) -> str:
    """Headline, one table for each metric, claims, warnings and legend; ends with a line end."""
    parts = [f"**{escape(results.headline)}**\n"]
    if results.rung != "full":
        parts.append(f"Rung `{escape(results.rung)}`.\n")
    for heading, rows in sections(results.rows):
        lines = "".join(_line(cells(row, rows)) for row in rows)
        parts.append(f"### {escape(heading)}\n\n{HEAD}{lines}")
    if results.claims:
        lines = "".join(
            f"| {escape(c.text)} | {SYMBOLS[c.verdict]} {c.verdict} | {escape('; '.join((c.sentence, *c.notes)))} |\n"
            for c in results.claims
        )
        parts.append(f"### Claims\n\n| claim | verdict | in words |\n|:--|:--|:--|\n{lines}")
    parts += [f"> {escape(w)}\n" for w in (*results.warnings, *results.footnotes)]
    if results.judged:
        parts.append(f"<sub>{escape(LEGEND)}</sub>\n")
    return "\n".join(parts)


def escape(text: str) -> str:
    """Text that Markdown shows as it is, also inside a table cell."""
    for sign in "\\`*_[]<>|#":
        text = text.replace(sign, f"\\{sign}" if sign not in "<>" else {"<": "&lt;", ">": "&gt;"}[sign])
    return " ".join(text.split())


def _line(c: Cells) -> str:
    ours = f"{c.ours} ± {c.plus_minus}" if c.plus_minus else c.ours
    verdict = f"{SYMBOLS[c.verdict]} {c.verdict}" if c.verdict else ""
    words = "; ".join((c.sentence, *c.notes))
    statistics = f"<br><sub>{escape(' · '.join(c.statistics))}</sub>" if c.statistics else ""
    shown = [escape(x) for x in (c.name, c.paper, ours, c.runs, c.difference, c.margin, verdict, words)]
    return "| " + " | ".join(shown) + statistics + " |\n"
