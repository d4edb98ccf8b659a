"""Whether the same spec gives the same bytes, as `repro determinism` found it."""

from repro.disk.without_paths import without_paths
from repro.publish.content.document_model import Block, Paragraph, Row, Table, text
from repro.publish.content.report_context import ReportContext
from repro.results.wording import short
from repro.runs.determinism.file import place, read
from repro.runs.determinism.finding import Comparison

_WAYS = {
    "again": "run again",
    "resumed": "stopped and resumed",
    "threads": "two threads",
    "path": "the other training path",
}


def determinism(subject: ReportContext) -> tuple[Block, ...]:
    """A row for each experiment that was looked at; a note where nobody has looked."""
    folder, rung = subject.spec.folder, subject.spec.rung
    determinism = read(place(folder, rung, shipped=True)) or read(place(folder, rung, shipped=False))
    if determinism is None or not determinism.findings:
        return (Paragraph(text(f"Not looked at yet:   repro determinism {folder.name}   does."), "note"),)
    ways = list(dict.fromkeys(c.way for finding in determinism.findings for c in finding.comparisons))
    rows = []
    for finding in determinism.findings:
        cells = [text(finding.title or finding.experiment)]
        for route in ways:
            compared = finding.compared(route)
            cells.append(text(without_paths(finding.failed, folder) or ("" if compared is None else _said(compared))))
        rows.append(Row(tuple(cells)))
    head = ("experiment", *(_WAYS.get(route, route) for route in ways))
    rung_said = "" if determinism.rung == rung else f" (rung {determinism.rung})"
    return (Table(f"The same bytes?{rung_said}", head, tuple(rows), "l" * len(head)),)


def _said(compared: Comparison) -> str:
    if compared.bitwise is None:
        return compared.why or "cannot be said"
    if compared.bitwise:
        return "✓ to the last bit"
    metric, largest = max(compared.largest.items(), key=lambda entry: entry[1], default=("", 0.0))
    by = f"differs by up to {short(largest)} in {metric}" if largest else "differs in its last bits"
    return f"✗ {by}" if compared.is_fault else f"{by}, as it may"
