"""The nets as they are written down, a line for each layer; shapes would need the nets built, and so torch."""

from collections.abc import Iterator, Sequence

from repro.publish.content.document_model import Block, Name, Number, Paragraph, Row, Table, Text, text
from repro.publish.content.formatting import entry
from repro.publish.content.report_context import ReportContext
from repro.publish.content.scope_label import scope_label
from repro.results.wording import grouped
from repro.spec.experiment import Model
from repro.spec.part import Layer

MOST_LAYERS = 60
"""Of one net; of a deeper one the beginning is shown, and how many follow."""


def layers(subject: ReportContext) -> tuple[Block, ...]:
    """A table for each net, with the experiments that have it; ``architecture`` of a report without shapes."""
    of_model: list[tuple[Model, list[str]]] = []
    for experiment in subject.run:
        if experiment.model is None or experiment.model.is_estimator:
            continue
        known = next((names for model, names in of_model if model == experiment.model), None)
        if known is None:
            of_model.append((experiment.model, [experiment.name]))
        else:
            known.append(experiment.name)
    everyone = [subject.title(experiment.name) for experiment in subject.run]
    tables = [
        _table(
            model,
            scope_label([subject.title(name) for name in names], everyone) or subject.title(names[0]),
            _size(subject, names),
        )
        for model, names in of_model
    ]
    if not tables:
        return ()
    introduction = text(
        "What leaves each layer, as ",
        Name("repro shapes"),
        " and ",
        Name("repro report"),
        " show it, is left out here.",
    )
    return (*tables, Paragraph(introduction))


def _table(model: Model, title: str, size: Text) -> Table:
    lines = list(_lines(model))
    rows = [Row((text(number), text(description))) for number, description in lines[:MOST_LAYERS]]
    if len(lines) > MOST_LAYERS:
        rows.append(Row((text(""), text(f"and {len(lines) - MOST_LAYERS} more"))))
    return Table(f"Layers: {title}", ("", "layer"), tuple(rows), "rl", (size,) if size else ())


def _lines(model: Model) -> Iterator[tuple[str, str]]:
    for block in model.blocks:
        if len(model.blocks) > 1:
            yield "", f"{block.name}, on {', '.join(block.sources)}"
        yield from _numbered(block.layers, "")


def _numbered(model_layers: Sequence[Layer], above: str) -> Iterator[tuple[str, str]]:
    for number, layer in enumerate(model_layers, 1):
        here = f"{above}{number}"
        yield here, f"{layer.label}: {entry(layer)}" if layer.label else entry(layer)
        yield from _numbered(layer.layers, f"{here}.")
        if layer.shortcut:
            yield "", f"the other path of {here}"
            yield from _numbered(layer.shortcut, f"{here}.s")


def _size(subject: ReportContext, names: Sequence[str]) -> Text:
    first_records = [(name, record) for name in names if (record := subject.first(name)) is not None]
    for name, record in first_records:
        if record.parameters is not None:
            return text(Number(grouped(record.parameters), subject.ids(name)), " parameters")
    return ()
