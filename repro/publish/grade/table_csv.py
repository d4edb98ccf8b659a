"""The rows as CSV (RFC 4180), safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Sequence

from repro.publish.grade import row_text
from repro.publish.grade.grade_row import UNGRADED, GradeRow, PartMark
from repro.results.table_csv import DANGEROUS


def to_csv(rows: Sequence[GradeRow]) -> str:
    """A line for each row, a line with the names first.

    For each part of an assignment its state, three counts, and where the course has dates how many minutes late it
    came. What is not asked of a folder is an empty cell, what could not be judged says so.
    """
    slots = row_text.slots(rows)
    dated = {part.name for row in rows for part in row.parts if part.came}
    head = ["folder", "who", "kind", "title", "spec", "problems", "first problem"]
    for slot in slots:
        head += [slot, f"{slot} answered", f"{slot} thin", f"{slot} empty"]
        head += [f"{slot} minutes late"] if slot in dated else []
    head += [
        "papers read", "slides", "questions asked", "answers to peers", "checked by re-running", "leakage gate",
        "verdicts", "claims", "runs planned", "runs present", "runs intact", "runs failed", "runs missing",
        "runs stale", "runs damaged", "look at by hand", "not judged",
    ]  # fmt: skip
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([_safe(name) for name in head])
    for row in rows:
        writer.writerow([_safe(cell) for cell in _cells(row, list(slots), dated)])
    return out.getvalue()


def _cells(row: GradeRow, slots: list[str], dated: set[str]) -> list[object]:
    parts = {part.name: part for part in row.parts}
    counts = row.counts
    cells: list[object] = [row.folder, ", ".join(row.who), row.kind, row.title, row_text.spec(row)]
    cells += [_number(row.problems), row.first]
    for slot in slots:
        cells += _part(parts.get(slot), slot in dated)
    papers, questions, answers = (None,) * 3 if counts is None else (counts.papers, counts.questions, counts.answers)
    cells += [_number(papers), _number(row.slides), _number(questions), _number(answers)]
    cells += [row_text.rerun(row), row_text.gate(row), row_text.verdicts(row), row_text.claims(row)]
    names = ("planned", "present", "done", "failed", "missing", "stale", "damaged")
    cells += [_number(None if row.runs is None else getattr(row.runs, name)) for name in names]
    return [*cells, "; ".join(row.look), "; ".join(row.ungraded)]


def _part(part: PartMark | None, dated: bool) -> list[object]:
    if part is None:
        return [""] * (5 if dated else 4)
    cells: list[object] = [part.state, _number(part.answered), _number(part.thin), _number(part.empty)]
    if dated:
        cells.append("" if not part.came else UNGRADED if part.late is None else int(part.late // 60))
    return cells


def _number(count: int | None) -> object:
    return UNGRADED if count is None else count


def _safe(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula, also not for a number with a sign: no text here is one."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(DANGEROUS) else cell
