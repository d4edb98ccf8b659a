"""The nets: a drawing and a table of shapes for each, in the course's notation and in PyTorch's."""

from dataclasses import replace
from typing import TYPE_CHECKING

from repro.data.data_error import DataError, OwnCodeNeeded
from repro.publish.content.document_model import Block, Paragraph, Picture, Row, Table, text
from repro.publish.content.report_context import ReportContext
from repro.publish.content.scope_label import scope_label
from repro.spec.problem import SpecError

if TYPE_CHECKING:
    from repro.models.layer_rows import LayerRow


def architecture(subject: ReportContext) -> tuple[Block, ...]:
    """Models that several experiments share are shown once. The nets are built for it, so torch is imported here."""
    from repro.data.prepare import describe
    from repro.models.layer_rows import rows as layer_rows

    shown: dict[tuple[LayerRow, ...], list[str]] = {}
    blocks: list[Block] = []
    everyone = [experiment.title or experiment.name for experiment in subject.run]
    for experiment in subject.run:
        if experiment.model is None:
            continue
        title = experiment.title or experiment.name
        try:
            described, labels = describe(experiment, subject.spec.folder)
            layers = tuple(layer_rows(experiment, described, labels, folder=subject.spec.folder))
        except (OwnCodeNeeded, SpecError, DataError) as error:
            blocks.append(Paragraph(text(f"{title}: {error}"), "note"))
            continue
        shown.setdefault(layers, []).append(title)
    alike: dict[tuple[tuple[str, str], ...], list[tuple[LayerRow, ...]]] = {}
    for layers in shown:
        alike.setdefault(tuple((row.layer, row.view) for row in layers if row.number), []).append(layers)
    for number, group in enumerate(alike.values(), 1):
        layers, names = group[0], shown[group[0]]
        title = scope_label(names, everyone) or names[0]
        if one_draws(layers):
            blocks.append(_picture(layers, names[0], title, f"net-{number}"))
        blocks.append(_table(layers, title))
        for other in group[1:]:
            inputs = ", ".join(f"{row.name or 'input'} {row.course}" for row in other if not row.number and row.course)
            blocks.append(Paragraph(text(f"The same layers in {scope_label(shown[other], everyone)}, on {inputs}.")))
    return tuple(blocks)


def one_draws(rows: "tuple[LayerRow, ...]") -> bool:
    """Whether there are layers to draw."""
    return any(row.number for row in rows)


def _picture(rows: "tuple[LayerRow, ...]", name: str, title: str, file: str) -> Picture:
    from repro.publish.content.diagram import FEW, diagram
    from repro.publish.content.lazy_picture import drawn

    caption = text(f"{title}, from input to output; below each box the shape that leaves it")
    alt = f"{title}: {_told(rows)}"
    wall = drawn(file, lambda: diagram(rows, name, each_line=FEW), caption, alt)
    return replace(drawn(file, lambda: diagram(rows, name), caption, alt), projected=wall)


def _table(layers: "tuple[LayerRow, ...]", title: str) -> Table:
    from repro.models.shape_text import HEADERS, columns, total

    cells = [columns(row, before) for row, before in zip(layers, [None, *layers], strict=False)]
    rows = [Row(tuple(text(cell) for cell in line)) for line in cells]
    rows.append(Row(tuple(text(cell) for cell in total(layers)), kind="baseline"))
    return Table(f"Shapes: {title}", HEADERS, tuple(rows), "rllllrr")


def _told(rows: "tuple[LayerRow, ...]") -> str:
    steps = [f"{row.layer} gives {row.course}" if row.course else row.layer for row in rows if row.number]
    return "; ".join(steps[:12]) + ("; and so on" if len(steps) > 12 else "")
