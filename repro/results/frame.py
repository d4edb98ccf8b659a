"""The rows as a pandas frame, for notebooks."""

from typing import TYPE_CHECKING

from repro.results.results import Results
from repro.results.table_json import as_data

if TYPE_CHECKING:
    import pandas as pd


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
    made: pd.DataFrame = pd.DataFrame(lines)
    return made
