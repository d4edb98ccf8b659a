"""The table in LaTeX (needs the package booktabs), for a paper or a report."""

from repro.results.cells import NOTHING, cells, sections
from repro.results.results import Results

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
            r"Experiment & Paper & Ours & Runs & Difference & Margin & Verdict \\",
            r"\midrule",
        ]
        for row in rows:
            c = cells(row, rows)
            ours = f"{c.ours} ± {c.plus_minus}" if c.plus_minus else c.ours
            verdict = c.verdict.capitalize() if c.verdict else NOTHING
            shown = (row.title, c.paper, ours, c.runs, c.difference, c.margin, verdict)
            lines.append(" & ".join(escape(x) for x in shown) + r" \\")
        parts.append("\n".join([*lines, r"\bottomrule", r"\end{tabular}", ""]))
    if results.claims:
        lines = [r"\begin{tabular}{ll}", r"\toprule", r"Claim & Verdict \\", r"\midrule"]
        lines += [f"{escape(c.text)} & {escape(str(c.verdict).capitalize())} \\\\" for c in results.claims]
        parts.append("\n".join([*lines, r"\bottomrule", r"\end{tabular}", ""]))
    return "\n".join(parts)


def escape(text: str) -> str:
    """Text that LaTeX sets as it is."""
    return "".join(SPECIAL.get(sign, sign) for sign in " ".join(text.split()))


def one_line(text: str) -> str:
    """Text for a comment: without line ends."""
    return " ".join(text.split())
