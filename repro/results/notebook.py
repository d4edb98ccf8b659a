"""Results as a notebook shows them: one line and a table. All text is escaped, since specs may be strangers'."""

from html import escape

from repro.results.cells import Cells, cells, sections
from repro.results.results import Results

COLOURS = {
    "REPRODUCED": "#1a7f37",
    "EXCEEDS": "#1a7f37",
    "HOLDS": "#1a7f37",
    "NOT REPRODUCED": "#cf222e",
    "REVERSED": "#cf222e",
    "INVALID": "#cf222e",
}
"""Of the verdicts that settle something; the others are grey."""

HEADINGS = ("experiment", "paper", "here", "runs", "difference", "margin", "verdict")


def results_html(results: Results) -> str:
    """The headline, the table of reported and reproduced numbers, the claims, and every warning."""
    rung = "" if results.rung == "full" else f", rung {results.rung}"
    lines = [f"<p><b>{escape(results.title)}</b>{escape(rung)}<br>{escape(results.headline)}</p>"]
    head = "".join(f"<th style='text-align:left'>{name}</th>" for name in HEADINGS)
    for heading, rows in sections(results.rows):
        body = "".join(_row(cells(row, rows)) for row in rows)
        lines.append(f"<table><caption>{escape(heading)}</caption><thead><tr>{head}</tr></thead>{body}</table>")
    claims = "".join(f"<li>{escape(claim.text)}: {_verdict(str(claim.verdict))}</li>" for claim in results.claims)
    lines += [f"<ul>{claims}</ul>"] if claims else []
    lines += [f"<p>{escape(warning)}</p>" for warning in results.warnings]
    return "".join(lines)


def _row(row: Cells) -> str:
    here = row.measured
    texts = (row.title or row.name, row.paper, here, row.runs, row.difference, row.margin)
    plain = "".join(f"<td>{escape(text)}</td>" for text in texts)
    return f"<tr title='{escape(row.sentence)}'>{plain}<td>{_verdict(row.verdict)}</td></tr>"


def _verdict(word: str) -> str:
    return f"<span style='color:{COLOURS.get(word, '#6e7781')}'>{escape(word)}</span>"
