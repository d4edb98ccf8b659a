"""The nets: a drawing and a table of shapes for each, in the course's notation and in PyTorch's."""

from dataclasses import replace
from typing import TYPE_CHECKING

from repro.data.data_error import DataError, OwnCodeNeeded
from repro.publish.content.pieces import Block, Paragraph, Picture, Row, Table, text
from repro.publish.content.subject import Subject
from repro.publish.content.whose import whose
from repro.spec.problem import SpecError

if TYPE_CHECKING:
    from repro.models.layer_rows import LayerRow


def architecture(subject: Subject) -> tuple[Block, ...]:
    """Models that several experiments share are shown once. The nets are built for it, so torch is imported here."""
    from repro.data.prepare import describe
    from repro.models.layer_rows import rows as layer_rows

    shown: dict[tuple[LayerRow, ...], list[str]] = {}
    blocks: list[Block] = []
    everyone = [one.title or one.name for one in subject.run]
    for one in subject.run:
        if one.model is None:
            continue
        title = one.title or one.name
        try:
            given, labels = describe(one, subject.spec.folder)
            made = tuple(layer_rows(one, given, labels, folder=subject.spec.folder))
        except (OwnCodeNeeded, SpecError, DataError) as error:
            blocks.append(Paragraph(text(f"{title}: {error}"), "note"))
            continue
        shown.setdefault(made, []).append(title)
    alike: dict[tuple[tuple[str, str], ...], list[tuple[LayerRow, ...]]] = {}
    for made in shown:
        alike.setdefault(tuple((row.layer, row.view) for row in made if row.number), []).append(made)
    for number, group in enumerate(alike.values(), 1):
        made, names = group[0], shown[group[0]]
        title = whose(names, everyone) or names[0]
        if one_draws(made):
            blocks.append(_picture(made, names[0], title, f"net-{number}"))
        blocks.append(_table(made, title))
        for other in group[1:]:
            inputs = ", ".join(f"{row.name or 'input'} {row.course}" for row in other if not row.number and row.course)
            blocks.append(Paragraph(text(f"The same layers in {whose(shown[other], everyone)}, on {inputs}.")))
    return tuple(blocks)


def one_draws(made: "tuple[LayerRow, ...]") -> bool:
    """Whether there are layers to draw."""
    return any(row.number for row in made)


def _picture(made: "tuple[LayerRow, ...]", name: str, title: str, file: str) -> Picture:
    from repro.publish.content.diagram import FEW, diagram
    from repro.publish.content.drawn import drawn

    caption = text(f"{title}, from input to output; below each box the shape that leaves it")
    alt = f"{title}: {_told(made)}"
    wall = drawn(file, lambda: diagram(made, name, each_line=FEW), caption, alt)
    return replace(drawn(file, lambda: diagram(made, name), caption, alt), projected=wall)


def _table(made: "tuple[LayerRow, ...]", title: str) -> Table:
    from repro.models.shape_text import HEADERS, columns, total

    cells = [columns(row, before) for row, before in zip(made, [None, *made], strict=False)]
    rows = [Row(tuple(text(cell) for cell in line)) for line in cells]
    rows.append(Row(tuple(text(cell) for cell in total(made)), kind="baseline"))
    return Table(f"Shapes: {title}", HEADERS, tuple(rows), "rllllrr")


def _told(made: "tuple[LayerRow, ...]") -> str:
    steps = [f"{row.layer} gives {row.course}" if row.course else row.layer for row in made if row.number]
    return "; ".join(steps[:12]) + ("; and so on" if len(steps) > 12 else "")
