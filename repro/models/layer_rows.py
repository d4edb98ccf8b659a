"""What ``repro shapes`` shows: a row for each layer, in the course's words and in PyTorch's. Reads no data."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from repro.models import notation
from repro.models.builders.build_context import BuiltLayer, Out
from repro.models.builders.own_layer import OwnCodeNotRun
from repro.models.course_view import channel_meaning, course_view, input_meaning
from repro.models.model_size import step_multiply_adds
from repro.models.network import build
from repro.spec.experiment import Block, Experiment
from repro.spec.part import Entry, Layer
from repro.spec.place import NOWHERE, Place
from repro.spec.shape import Shape

UNKNOWN = "known only when its code runs"


@dataclass(frozen=True)
class LayerRow:
    """One layer (or an input, or a step of an estimator).

    ``number`` is its place in the model or block (``3``, inside a Residual ``4.1``; empty for an input and for the line
    above a block), ``name`` what the spec calls it, ``layer`` its class, ``depth`` how many Residuals and Repeats stand
    around it. ``view`` says in the course's words what it does (``25 filters of 5 x 1, 25 biases``). ``course`` and
    ``torch`` are the shape that leaves it, with sizes, ``course_letters`` and ``torch_letters`` the same in letters;
    ``meaning`` says what its channels or features are. What is not known is None, and ``view`` then says why.
    """

    number: str
    name: str
    layer: str
    depth: int
    view: str
    course: str | None = None
    course_letters: str | None = None
    torch: str | None = None
    torch_letters: str | None = None
    meaning: str = ""
    parameters: int | None = None
    multiply_adds: int | None = None
    place: Place = NOWHERE


def rows(
    experiment: Experiment,
    shapes: Mapping[str, Shape],
    labels: Mapping[str, Any],
    *,
    folder: Path,
    own_code: bool = False,
    rate: float | None = None,
) -> list[LayerRow]:
    """A row for each input and each layer, without data, training or memory for weights.

    Args:
        experiment: with a net or an estimator; one that is not run has no rows.
        shapes: of one item of each input.
        labels: the targets by name.
        folder: of the spec.
        own_code: whether own code may run. Where it may not, its row and all that follow say that their shapes are
            known only when it runs.
        rate: sampling rate in hertz, for own code that asks for it.

    Errors:
        ShapeError, SpecError as :func:`repro.models.network.build`.

    """
    model = experiment.model
    if model is None:
        return []
    read = [source for block in model.blocks for source in block.sources if source in shapes]
    inputs = [_input_row(name, shapes[name], experiment) for name in dict.fromkeys(read)]
    if model.is_estimator:
        return inputs + [
            _estimator_row(n, entry) for block in model.blocks for n, entry in enumerate(block.estimator, 1)
        ]
    steps: list[BuiltLayer] = []
    with suppress(OwnCodeNotRun):  # the steps say how far it went; the rest is said to be unknown below
        build(experiment, shapes, labels, seed=0, folder=folder, rate=rate, own_code=own_code, meta=True, steps=steps)
    meanings = {name: row.meaning for name, row in zip(dict.fromkeys(read), inputs, strict=True)}
    table: list[LayerRow] = inputs
    done = 0
    for block in model.blocks:
        if len(model.blocks) > 1:
            table.append(_block_row(block))
        meaning = meanings.get(block.sources[0], "") if block.sources else ""
        for number, depth, layer in _walk(block.layers, "", 0):
            step = steps[done] if done < len(steps) else None
            known = step is not None and step.out is not None
            row = _row(number, step, meaning) if step is not None and known else _unknown_row(number, depth, layer)
            meaning = row.meaning
            table.append(row)
            done += 1
        meanings[block.name] = meaning
    return table


def _block_row(block: Block) -> LayerRow:
    """The line above a block's layers, where a model has several blocks."""
    view = f"reads {' and '.join(block.sources)}"
    return LayerRow("", block.name, "block", 0, view, place=block.place)


def _row(number: str, step: BuiltLayer, meaning: str) -> LayerRow:
    layer, out = step.layer, step.out
    shape = out if isinstance(out, Shape) else None
    return LayerRow(
        number=number,
        name=layer.label or "",
        layer=layer.short,
        depth=step.depth,
        view=course_view(step),
        course=_said(out, notation.course_sizes),
        course_letters=_said(out, notation.course_letters),
        torch=_said(out, notation.torch_sizes),
        torch_letters=_said(out, notation.torch_letters),
        meaning=channel_meaning(step, meaning) if shape else "",
        parameters=_parameters(step),
        multiply_adds=step_multiply_adds(step),
        place=layer.place,
    )


def _said(out: Out | None, say: Any) -> str | None:
    if isinstance(out, dict):
        return "; ".join(f"{label}: {say(shape)}" for label, shape in out.items())
    return None if out is None else str(say(out))


def _parameters(step: BuiltLayer) -> int:
    """Trainable values of the layer itself; those of inner layers stand in their own rows."""
    if step.layer.layers or step.module is None:
        return 0
    return sum(p.numel() for p in step.module.parameters() if p.requires_grad)


def _unknown_row(number: str, depth: int, layer: Layer) -> LayerRow:
    return LayerRow(number, layer.label or "", layer.short, depth, UNKNOWN, place=layer.place)


def _input_row(name: str, shape: Shape, experiment: Experiment) -> LayerRow:
    used = experiment.inputs.get(name)
    entries = [*used.cached, *used.augment, *used.live] if used else []
    return LayerRow(
        number="",
        name=name if name != "input" else "",
        layer="input",
        depth=0,
        view=", ".join([experiment.dataset.name, *(entry.short for entry in entries)]),
        course=notation.course_sizes(shape),
        course_letters=notation.course_letters(shape),
        torch=notation.torch_sizes(shape),
        torch_letters=notation.torch_letters(shape),
        meaning=input_meaning(shape, [entry.short for entry in entries]),
    )


def _estimator_row(number: int, entry: Entry) -> LayerRow:
    arguments = ", ".join(f"{name} {value}" for name, value in entry.args.items())
    return LayerRow(str(number), "", entry.short, 0, arguments or "scikit-learn's defaults", place=entry.place)


def _walk(layers: Sequence[Layer], before: str, depth: int, first: int = 1) -> Iterator[tuple[str, int, Layer]]:
    """Every layer in the order in which it is built: Residual's and Repeat's inner ones behind it."""
    for number, layer in enumerate(layers, first):
        yield f"{before}{number}", depth, layer
        times = layer.args.get("times", 1) if layer.name == "Repeat" else 1
        inner = [each for _ in range(times) for each in layer.layers]
        yield from _walk(inner, f"{before}{number}.", depth + 1)
        yield from _walk(layer.shortcut, f"{before}{number}.", depth + 1, len(inner) + 1)
