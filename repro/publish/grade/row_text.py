"""A row in words and signs: the same on the terminal, in the table and on the page."""

from collections.abc import Iterable

from repro.publish.grade.grade_row import UNGRADED, GradeRow, PartMark
from repro.results.wording import several

SIGNS = {"complete": "✓", "thin": "◐", "empty": "○", UNGRADED: "?"}
PLAIN = {"complete": "+", "thin": "~", "empty": "-", UNGRADED: "?"}
MEANING = {
    "complete": "every question answered",
    "thin": "some questions answered, or too thinly",
    "empty": "nothing answered",
    UNGRADED: "could not be judged",
}

SHORT = {"complete": "all answered", "thin": "some, or thin", "empty": "nothing answered", UNGRADED: UNGRADED}


def spec(row: GradeRow) -> str:
    """``fine``, ``3 problems`` or ``ungraded``."""
    if row.problems is None:
        return UNGRADED
    return several(row.problems, "problem") if row.problems else "fine"


def answered(part: PartMark) -> str:
    """``2 of 3, 1 thin``."""
    if part.answered is None or part.thin is None or part.empty is None:
        return UNGRADED
    total = part.answered + part.thin + part.empty
    lacking = [f"{count} {word}" for count, word in ((part.thin, "thin"), (part.empty, "empty")) if count]
    return ", ".join([f"{part.answered} of {total}", *lacking])


def runs(row: GradeRow) -> str:
    """``40 of 40 done``, with what there is beside."""
    if row.runs is None:
        return UNGRADED
    counts = row.runs
    others = ("failed", "missing", "stale", "damaged")
    others_text = [f"{getattr(counts, word)} {word}" for word in others if getattr(counts, word)]
    return ", ".join([f"{counts.done} of {counts.planned} done", *others_text])


def source(row: GradeRow) -> str:
    """Where the records lie and at which rung they are; empty where there are none."""
    if row.runs is None or not row.runs.present:
        return ""
    return f"{row.runs.source}/, rung {row.runs.rung}"


def rerun(row: GradeRow) -> str:
    """``2 of 15``, or ``by nobody``."""
    if row.runs is None:
        return UNGRADED
    if row.rerun is None or not (row.rerun.again or row.rerun.wrong):
        return "by nobody"
    wrong = f", {row.rerun.wrong} wrong" if row.rerun.wrong else ""
    return f"{row.rerun.again} of {row.rerun.planned}{wrong}"


def gate(row: GradeRow) -> str:
    """What the leakage gate said."""
    return UNGRADED if row.gate is None else row.gate


def counted(counts: dict[str, int] | None, empty: str) -> str:
    """``5 REPRODUCED, 1 PARTIAL``."""
    if counts is None:
        return UNGRADED
    return ", ".join(f"{count} {word}" for word, count in counts.items()) or empty


def verdicts(row: GradeRow) -> str:
    """Verdicts on reported numbers."""
    return counted(row.verdicts, "nothing reported")


def claims(row: GradeRow) -> str:
    """Verdicts on claims."""
    return counted(row.claims, "nothing claimed")


def number(count: int | None) -> str:
    """A count, or that it could not be taken."""
    return UNGRADED if count is None else str(count)


def late(row: GradeRow) -> str:
    """``8a.1 2 days, 8b 1 hour``; ``in time``; empty where there are no dates."""
    dated = [part for part in row.parts if part.came]
    if not dated:
        return ""
    delays = [f"{part.name} {part.came.removesuffix(' late')}" for part in dated if part.late]
    if delays:
        return ", ".join(delays)
    return "in time" if any(part.late == 0 for part in dated) else UNGRADED


def summary(rows: Iterable[GradeRow]) -> str:
    """``31 folders: 20 fine, 6 with problems, 5 ungraded``."""
    listed = list(rows)
    words = [spec(row) for row in listed]
    fine, unread = words.count("fine"), words.count(UNGRADED)
    counts = ((fine, "fine"), (len(listed) - fine - unread, "with problems in the spec"), (unread, UNGRADED))
    return (
        f"{several(len(listed), 'folder')}: {', '.join(f'{count} {word}' for count, word in counts if count) or 'none'}"
    )


def slots(rows: Iterable[GradeRow]) -> dict[str, str]:
    """The names of all parts that any row has, with their titles, in the course's order."""
    titles: dict[str, str] = {}
    for row in rows:
        for part in row.parts:
            titles.setdefault(part.name, part.title)
    return dict(sorted(titles.items(), key=lambda item: _in_order(item[0])))


def _in_order(name: str) -> tuple[tuple[int, str], ...]:
    """``10a`` behind ``8b``: numbers by their size."""
    key: list[tuple[int, str]] = []
    digits = ""
    for sign in name:
        if sign.isascii() and sign.isdigit():
            digits += sign
            continue
        if digits:
            key.append((int(digits), ""))
            digits = ""
        key.append((-1, sign))
    if digits:
        key.append((int(digits), ""))
    return tuple(key)
