"""What the leakage gate looked for and found."""

from repro.publish.content.document_model import Block, Paragraph, Row, Table, text
from repro.publish.content.report_context import ReportContext
from repro.publish.content.scope_label import scope_label

NORMALISED = "fitted-on-all"
"""A check that the gate did not have from the start."""

WORDS = {"ok": "passed", "found": "found", "failed": "FAILED", "waived": "waived"}


def leakage(subject: ReportContext) -> tuple[Block, ...]:
    """A table of the checks, those that found something first; nothing before anything was run."""
    order = {"failed": 0, "waived": 1, "found": 2}
    experiments_by_check: dict[tuple[str, str, str], list[str]] = {}
    kinds: dict[str, tuple[str, ...]] = {}
    shown = [experiment.name for experiment in subject.run if subject.first(experiment.name)]
    for name in shown:
        record = subject.first(name)
        assert record is not None
        for check, finding in record.gate.get("checks", {}).items():
            key = (check, str(finding.get("state", "ok")), str(finding.get("text", "")))
            experiments_by_check.setdefault(key, []).append(subject.title(name))
            kinds.setdefault(check, tuple(finding.get("kinds", ())))
    if not experiments_by_check:
        return (
            Paragraph(
                text("No finished run says yet what the leakage gate found; it runs before anything trains."), "note"
            ),
        )
    rows = []
    for (check, state, message), names in sorted(
        experiments_by_check.items(), key=lambda item: order.get(item[0][1], 3)
    ):
        shown_as = check.replace("-", " ") + (f" ({', '.join(kinds[check])})" if kinds[check] else "")
        only = f" ({named})" if (named := scope_label(names, [subject.title(name) for name in shown])) else ""
        rows.append(Row((text(shown_as), text(WORDS.get(state, state)), text(f"{message}{only}"))))
    head = ("check", "result", "what it says")
    note = text("Kinds of leakage by Kapoor & Narayanan (2023), such as L3.2: train and test items not independent.")
    blocks = (Table("Leakage gate, before training", head, tuple(rows), "lll", (note,)),)
    if NORMALISED in kinds:
        return blocks
    message = (
        f"These runs are older than one check, {NORMALISED}: whether the data were normalised over all items, "
        "test items too. Runs made now have it."
    )
    return (*blocks, Paragraph(text(message), "note"))
