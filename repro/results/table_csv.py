"""The rows as CSV (RFC 4180), safe to open in a spreadsheet."""

import csv
import io

from repro.results.results import Results
from repro.results.table_json import as_data

COLUMNS = (
    "experiment", "title", "metric", "unit", "reported_text", "mean", "sd", "ci95_low", "ci95_high", "runs",
    "failed_seeds", "difference", "margin", "margin_rule", "verdict", "verdict_default", "verdict_half_margin",
    "verdict_twice_margin", "sentence", "notes", "where",
)  # fmt: skip

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""A text that starts so would be run as a formula."""


def to_csv(results: Results) -> str:
    """One line for each row, a line with the names first; numbers unrounded. Texts that a spreadsheet would run as a
    formula get a leading apostrophe (OWASP).
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in as_data(results)["rows"]:
        low, high = row["ci95"] or (None, None)
        known = {
            **row,
            "ci95_low": low,
            "ci95_high": high,
            "runs": len(row["values"]),
            "failed_seeds": " ".join(str(s) for s in row["failed_seeds"]),
            "notes": "; ".join(row["notes"]),
        }
        writer.writerow([safe(known[name]) for name in COLUMNS])
    return out.getvalue()


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
