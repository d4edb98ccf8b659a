"""The page ``results/README.md``: headline, figures and table of one study."""

from collections.abc import Sequence

from repro.results.results import Results
from repro.results.table_markdown import escape, to_markdown
from repro.spec.spec import Spec


def page(spec: Spec, results: Results, figures: Sequence[str]) -> str:
    """The page as Markdown; ``figures`` are file names under ``figures/`` without their ending."""
    work = spec.work
    by = f"{', '.join(work.authors)}" + (f" ({work.year})" if work.year else "") if work.authors else ""
    parts = [f"# {escape(work.title)}\n"]
    if by:
        parts.append(f"{escape(by)}{f', {escape(work.venue)}' if work.venue else ''}\n")
    parts.append(f"{escape(spec.question)}\n")
    parts.append(f"## Results\n\n{to_markdown(results)}")
    if figures:
        parts.append("## Figures\n")
        parts += [f"![{escape(name.replace('-', ' '))}](figures/{name}.svg)\n" for name in figures]
    if results.environments:
        lines = "".join(f"- {escape(e)}\n" for e in results.environments)
        parts.append(f"## Where it ran\n\n{lines}")
    return "\n".join(parts)
