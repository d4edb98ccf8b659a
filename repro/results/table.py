"""The table in every form in which it is shown."""

from repro.results.table_csv import to_csv
from repro.results.table_json import to_json
from repro.results.table_latex import to_latex
from repro.results.table_markdown import to_markdown
from repro.results.table_terminal import to_terminal

__all__ = ["to_csv", "to_json", "to_latex", "to_markdown", "to_terminal"]
