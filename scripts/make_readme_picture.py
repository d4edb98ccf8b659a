"""Draw the README's picture: the mnist1d table as a terminal shows it, from the shipped records.

Run after the shipped results change: python scripts/make_readme_picture.py
"""

import io
import re
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import SVG_EXPORT_THEME
from rich.text import Text

from repro.results.table import to_terminal
from repro.study import load

ROOT = Path(__file__).parents[1]
WIDTH = 96
NO_WEB_FONT = re.sub(r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.S).replace(
    "font-family: Fira Code, monospace", "font-family: 'DejaVu Sans Mono', Menlo, Consolas, monospace"
)


def main() -> None:
    """Write docs/mnist1d-table.svg."""
    results = load(ROOT / "papers/mnist1d").results(source="results")
    text = to_terminal(results, width=WIDTH, colour=True, claims_first=True)
    claims, table = text.split("\n\n", 3)[1:3]
    console = Console(record=True, width=WIDTH, file=io.StringIO())
    console.print(Text.from_ansi(f"$ repro run papers/mnist1d\n...\n{claims}\n\n{table}"))
    svg = console.export_svg(
        title="repro", theme=SVG_EXPORT_THEME, code_format=NO_WEB_FONT, unique_id="repro", font_aspect_ratio=0.602
    )
    (ROOT / "docs/mnist1d-table.svg").write_text(svg + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
