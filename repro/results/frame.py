"""The rows as a pandas frame, for notebooks."""

from typing import TYPE_CHECKING

from repro.results.results import Results
from repro.results.table_json import as_data

if TYPE_CHECKING:
    import pandas as pd


SHORT = (
    "experiment", "title", "metric", "reported", "mean", "ci95_low", "ci95_high", "values", "difference", "margin",
    "verdict",
)  # fmt: skip
"""The columns of the short form."""


def short_frame(results: Results) -> "pd.DataFrame":
    """One line for each row: what was reported and reproduced, in the row's unit, and the verdict."""
    return frame(results).reindex(columns=list(SHORT))


def frame(results: Results) -> "pd.DataFrame":
    """One line for each row with the columns of the JSON; intervals as ``..._low`` and ``..._high``."""
    import pandas as pd

    lines = []
    for row in as_data(results)["rows"]:
        line = {}
        for name, value in row.items():
            if name in ("ci95", "ci90_difference", "pi95"):
                line[f"{name}_low"], line[f"{name}_high"] = value or (None, None)
            else:
                line[name] = value
        lines.append(line)
    table: pd.DataFrame = pd.DataFrame(lines)
    return table
