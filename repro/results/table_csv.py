"""The rows as CSV (RFC 4180), safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable

from repro.results.results import Results
from repro.results.table_json import as_data

COLUMNS = (
    "experiment", "title", "metric", "unit", "reported_text", "mean", "sd", "ci95_low", "ci95_high", "runs",
    "failed_seeds", "difference", "margin", "margin_rule", "verdict", "verdict_default", "verdict_half_margin",
    "verdict_twice_margin", "sentence", "notes", "where",
)  # fmt: skip

FOLD_COLUMNS = ("folds", "sd_over_seeds", "sd_over_folds", "by_fold", "reported_by_fold")
"""What stands at the end of each line besides where any row has folds; single folds are parted by spaces."""

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""A text that starts so would be run as a formula."""


def to_csv(results: Results) -> str:
    """One line for each row, a line with the names first; numbers unrounded. Texts that a spreadsheet would run as a
    formula get a leading apostrophe (OWASP). ``sd`` is over seeds; where any row has folds, both sds stand at the end
    by name, with the means by fold.
    """
    rows = as_data(results)["rows"]
    columns = (*COLUMNS, *(FOLD_COLUMNS if any("folds" in row for row in rows) else ()))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        low, high = row["ci95"] or (None, None)
        known = {
            **row,
            "ci95_low": low,
            "ci95_high": high,
            "runs": len(row["values"]),
            "failed_seeds": " ".join(str(s) for s in row["failed_seeds"]),
            "notes": "; ".join(row["notes"]),
            "folds": row.get("folds_planned"),
            "by_fold": _joined(fold["mean"] for fold in row.get("folds", ())),
            "reported_by_fold": _joined(fold["reported"] for fold in row.get("folds", ())),
        }
        writer.writerow([safe(known.get(name)) for name in columns])
    return out.getvalue()


def _joined(numbers: Iterable[float | None]) -> str:
    """Numbers parted by spaces; nothing where there is none."""
    texts = ["" if number is None else str(number) for number in numbers]
    return " ".join(texts) if all(texts) else ""


def safe(value: object) -> object:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if isinstance(value, str) and value.startswith(DANGEROUS) and not _is_number(value):
        return f"'{value}"
    return "" if value is None else value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
