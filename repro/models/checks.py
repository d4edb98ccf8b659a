"""Hold a network's output against its loss before anything trains; every problem stands at the layer's line."""

from collections.abc import Mapping, Sequence

from repro.models.builders.build_context import BuiltLayer
from repro.models.builders.letters import fit
from repro.models.notation import both
from repro.models.shape_error import key_of
from repro.spec.builtin_components import PASSES_ON
from repro.spec.experiment import Experiment, Label
from repro.spec.part import Layer
from repro.spec.problem import Problem, SpecError
from repro.spec.shape import Shape

INDEX_LOSSES = frozenset({"CrossEntropyLoss", "NLLLoss", "MultiMarginLoss"})
"""Losses whose target is a class's index."""

LOGIT_LOSSES = frozenset({"CrossEntropyLoss", "BCEWithLogitsLoss", "MultiLabelSoftMarginLoss", "SoftMarginLoss"})
"""Losses that squash their input themselves."""

_SQUASHES = frozenset({"Softmax", "Softmax2d", "Softmin", "Sigmoid", "LogSigmoid", "Hardsigmoid"})
_UNSQUASHED = frozenset({"Linear", "Conv1d", "Conv2d", "Conv3d", "BatchNorm1d", "LayerNorm"})
_WANTS = {"BCELoss": "Sigmoid", "NLLLoss": "LogSoftmax"}
_INSTEAD = {"BCELoss": "BCEWithLogitsLoss", "NLLLoss": "CrossEntropyLoss"}


def check_outputs(
    experiment: Experiment,
    outputs: Mapping[str, Shape],
    ends: Mapping[str, Sequence[BuiltLayer]],
    shapes: Mapping[str, Shape],
) -> None:
    """Check each label's output against its loss.

    A class label wants one axis with as many outputs as classes (a loss that takes no index is given one-hot
    targets). A number wants one output, an input the sizes of that input, no axis turned: nothing is ever broadcast. A
    loss that
    squashes its input wants nothing squashed before it, one that does not wants it squashed. A loss of own code may
    want anything, so nothing is held against it.

    Args:
        experiment: its labels and losses.
        outputs: shape of one item of each label's output.
        ends: for each label the steps of the block that gives it, in order.
        shapes: of one item of each input.

    Errors:
        SpecError with every problem found, each at its layer's line.

    """
    problems: list[Problem] = []
    for name, shape in outputs.items():
        loss, label, steps = experiment.losses.get(name), experiment.labels.get(name), ends.get(name, ())
        if loss is None or label is None or loss.own or not steps:
            continue
        outer = [step.layer for step in steps if step.depth == 0][-1]
        text = _shape_problem(label, loss.name, shape, shapes, steps)
        if text:
            problems.append(Problem(outer.place, key_of(outer), text))
        last = last_layer(outer, [step.layer for step in steps if step.depth == 0])
        text = _squash_problem(loss.name, last)
        if text:
            problems.append(Problem(last.place, key_of(last), text))
    if problems:
        raise SpecError(problems)


def last_layer(outer: Layer, layers: Sequence[Layer]) -> Layer:
    """The last layer that changes values: what only passes them on is skipped, and Repeat is looked into."""
    for layer in reversed(layers):
        if layer.name == "Repeat" and layer.layers:
            return last_layer(layer, layer.layers)
        if layer.name not in PASSES_ON:
            return layer
    return outer


def _shape_problem(
    label: Label, loss: str, shape: Shape, shapes: Mapping[str, Shape], steps: Sequence[BuiltLayer]
) -> str | None:
    gives = f"what leaves the model is {both(shape)}"
    if label.kind in ("class", "many"):
        classes = len(label.classes or ())
        if classes and shape.sizes != (classes,):
            why = f"{loss} on {label.name!r} needs {classes} outputs, one for each class, (N, {classes})"
            return f"{why}; {gives}; end with Linear: {{out_features: classes}}"
    elif label.kind == "number":
        if loss in INDEX_LOSSES:
            return f"{loss} needs classes, and {label.name!r} is a number; take MSELoss or L1Loss"
        if shape.sizes != (1,):
            return f"{loss} on the number {label.name!r} needs one output, (N, 1); {gives}"
    elif label.kind == "input" and len(shapes) == 1:
        input_shape = next(iter(shapes.values()))
        if not fit(shape, input_shape, steps):
            return f"{loss} on the input itself needs its shape, {both(input_shape)}; {gives}"
    return None


def _squash_problem(loss: str, last: Layer) -> str | None:
    if loss in LOGIT_LOSSES and last.name in _SQUASHES:
        return f"{last.name} stands before {loss}, which squashes its input itself; take it out"
    if loss in _WANTS and last.name in _UNSQUASHED:
        return f"{loss} needs {_WANTS[loss]} before it; put it after this layer, or take {_INSTEAD[loss]}"
    return None
