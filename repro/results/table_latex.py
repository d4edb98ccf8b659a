"""The table in LaTeX (needs the package booktabs), for a paper or a report."""

from collections.abc import Sequence

from repro.results.cells import NOTHING, against, cells, decimal_places, sections
from repro.results.results import Results
from repro.results.row import Row
from repro.results.wording import decimals, fixed

SPECIAL = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "±": r"$\pm$", "−": r"$-$", "–": "--", "½": r"$\frac12$", "×": r"$\times$", "·": r"$\cdot$", '"': "''",
}  # fmt: skip
"""What LaTeX would read as a command, and signs outside its fonts."""


def to_latex(results: Results) -> str:
    """One ``tabular`` for each metric and one for the claims, sentences left out; ends with a line end."""
    parts = [f"% {one_line(results.headline)}\n"]
    for heading, rows in sections(results.rows):
        lines = [
            r"\begin{tabular}{lrrrrrl}",
            r"\toprule",
            rf"\multicolumn{{7}}{{l}}{{{escape(heading)}}} \\",
            rf"Experiment & {against(rows).capitalize()} & Ours & Runs & Difference & Margin & Verdict \\",
            r"\midrule",
        ]
        for row in rows:
            c = cells(row, rows)
            measured = c.measured
            verdict = c.verdict.capitalize() if c.verdict else NOTHING
            shown = (row.title, c.paper, measured, c.runs, c.difference, c.margin, verdict)
            lines.append(" & ".join(escape(x) for x in shown) + r" \\")
        parts.append("\n".join([*lines, r"\bottomrule", r"\end{tabular}", ""]))
        parts += _folds(heading, rows)
    if results.claims:
        lines = [r"\begin{tabular}{ll}", r"\toprule", r"Claim & Verdict \\", r"\midrule"]
        lines += [f"{escape(c.text)} & {escape(str(c.verdict).capitalize())} \\\\" for c in results.claims]
        parts.append("\n".join([*lines, r"\bottomrule", r"\end{tabular}", ""]))
    return "\n".join(parts)


def _folds(heading: str, rows: Sequence[Row]) -> list[str]:
    """A ``tabular`` of single folds for each set of folds that rows share, one line a fold; none without folds."""
    by_names: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        if row.folds:
            by_names.setdefault(tuple(fold.name for fold in row.folds), []).append(row)
    return [_by_fold(heading, names, group, rows) for names, group in by_names.items()]


def _by_fold(heading: str, names: Sequence[str], group: Sequence[Row], rows: Sequence[Row]) -> str:
    columns: list[tuple[str, tuple[str, ...]]] = []
    for row in group:
        folds, places = cells(row, rows).folds, decimal_places(row, rows)
        assert folds is not None
        spread_texts = (
            NOTHING if sd is None else fixed(sd, max(places, decimals(sd))) for sd in (row.sd_over_folds, row.sd)
        )
        columns.append((row.title, (*folds.ours, *spread_texts)))
        if folds.paper:
            columns.append((f"{row.title}, paper", (*folds.paper, NOTHING, NOTHING)))
    wide = len(columns) + 1
    lines = [
        rf"\begin{{tabular}}{{l{'r' * len(columns)}}}",
        r"\toprule",
        rf"\multicolumn{{{wide}}}{{l}}{{{escape(heading)}, by fold}} \\",
        " & ".join(escape(x) for x in ("Fold", *(title for title, _ in columns))) + r" \\",
        r"\midrule",
    ]
    heads = (*names, "sd over folds", "sd over seeds")
    body = [
        " & ".join(escape(x) for x in (head, *(texts[i] for _, texts in columns))) + r" \\"
        for i, head in enumerate(heads)
    ]
    lines += [*body[: len(names)], r"\midrule", *body[len(names) :]]
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", ""])


def escape(text: str) -> str:
    """Text that LaTeX sets as it is."""
    return "".join(SPECIAL.get(sign, sign) for sign in " ".join(text.split()))


def one_line(text: str) -> str:
    """Text for a comment: without line ends."""
    return " ".join(text.split())
