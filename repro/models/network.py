"""The network of one experiment, built layer by layer in the order of the spec."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from repro.data.seeds import derive
from repro.models.builders import all_builders  # noqa: F401 - fills the registry
from repro.models.builders.build_context import BuildContext, BuiltLayer
from repro.models.builders.join import build_join
from repro.models.builders.stack import Stack, build_stack
from repro.models.checks import check_outputs
from repro.models.init_rng import seeded_rng
from repro.models.weights.apply import apply_weights
from repro.models.weights.weight_control import WeightControl
from repro.spec.experiment import Block, Experiment
from repro.spec.problem import Problem, SpecError, unknown
from repro.spec.shape import Shape


class Network(nn.Module):
    """Blocks that read inputs and each other; outputs are keyed by label.

    Made by :func:`build`. ``steps`` are its layers in the order they were built, with the shapes between them.
    ``has_penalty`` and ``has_after_step`` say whether there is anything to call, so that a loop can leave it out.

    Shape:
        in ``{input: (N, *sizes)}``, out ``{label: (N, *sizes)}``.
    """

    def __init__(self, blocks: Mapping[str, tuple[tuple[str, ...], nn.Module]], outputs: Mapping[str, str]) -> None:
        super().__init__()
        self._sources = {name: sources for name, (sources, _) in blocks.items()}
        self._children_of = {name: f"block_{name}" for name in blocks}
        self._outputs = dict(outputs)
        for name, (_, module) in blocks.items():
            self.add_module(self._children_of[name], module)
        self.steps: tuple[BuiltLayer, ...] = ()
        self.shapes: dict[str, Shape] = {}
        self.output_shapes: dict[str, Shape] = {}
        self.applied = WeightControl()

    def forward(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Outputs by label."""
        known: dict[str, Any] = dict(inputs)
        for name, sources in self._sources.items():
            known[name] = self._modules[self._children_of[name]](*[known[s] for s in sources])  # type: ignore[misc]
        outputs: dict[str, Tensor] = {}
        for block, label in self._outputs.items():
            output = known[block]
            outputs.update(output if isinstance(output, dict) else {label: output})
        return outputs

    def ends(self) -> dict[str, list[BuiltLayer]]:
        """For each label the steps of the block that gives it, in order."""
        by_label = {label: [s for s in self.steps if s.block == block] for block, label in self._outputs.items()}
        lone = next(iter(by_label.values())) if len(by_label) == 1 else []
        return {label: by_label.get(label, lone) for label in self.output_shapes}

    @property
    def has_penalty(self) -> bool:
        """Whether :meth:`penalty` is anything but 0."""
        return self.applied.has_penalty

    @property
    def has_after_step(self) -> bool:
        """Whether :meth:`after_step` does anything."""
        return self.applied.has_bounds

    def penalty(self) -> Tensor:
        """What ``l1``, ``l2`` and the ``penalty()`` of own layers add to the objective: a scalar with its gradient.

        Own layers may look at the last batch that went through them, so call it after :meth:`forward`.
        """
        return self.applied.penalty()

    @torch.no_grad()
    def after_step(self) -> None:
        """Bound each unit's incoming weights by its ``max_norm``; call it after every update."""
        self.applied.bound()

    def parameter_groups(self, lr: float | None = None) -> list[dict[str, Any]]:
        """What an optimizer is given: all that is trained, in groups of equal ``lr_times``.

        Args:
            lr: the optimizer's learning rate; needed only where some layer has ``lr_times``.

        Returns:
            One group without a rate of its own for the layers as they are, first; then ``{"params", "lr"}`` for each
            other factor, in the order of the layers. Frozen parameters are in none.

        """
        return self.applied.parameter_groups(self, lr)

    def train(self, mode: bool = True) -> "Network":
        """As in torch; but what is frozen keeps its running statistics too, so its norms stay in evaluation mode."""
        super().train(mode)
        self.applied.hold_frozen_statistics()
        return self


def build(
    experiment: Experiment,
    shapes: Mapping[str, Shape],
    labels: Mapping[str, Any],
    *,
    seed: int,
    folder: Path,
    rate: float | None = None,
    own_code: bool = True,
    meta: bool = False,
    steps: list[BuiltLayer] | None = None,
) -> Network:
    """Build an experiment's network, start its weights, and hold its output against its loss.

    The start is a function of ``derive(seed, "start")`` alone; layers draw in the order of the spec, exactly as the
    same layers made by hand after ``torch.manual_seed`` would. No global generator is changed.

    Args:
        experiment: with a model of layers (not an estimator).
        shapes: of one item of each input, as the model sees it.
        labels: the prepared targets by name; what is read is ``classes``.
        seed: of the run.
        folder: of the spec, where own code lies.
        rate: sampling rate of the data in hertz, for own code that asks for it.
        own_code: False refuses own code (:class:`~repro.models.builders.own_layer.OwnCodeNotRun`).
        meta: build on torch's meta device: shapes and counts, no memory, no draws. Own code still gets memory.
        steps: a list to be filled as layers are built, so that the caller has them also when a later one fails.

    Errors:
        ShapeError for a layer that cannot take what reaches it; SpecError for all else that is wrong, at its line.

    """
    if experiment.model is None or experiment.model.is_estimator:
        raise ValueError(f"experiment {experiment.name!r} has no network")
    with seeded_rng(derive(seed, "start")), torch.device("meta" if meta else "cpu"):
        network = _build_blocks(
            experiment, shapes, labels, folder, rate, own_code, meta, [] if steps is None else steps
        )
        check_outputs(experiment, network.output_shapes, network.ends(), network.shapes)
        network.applied = apply_weights(experiment.weights, network, list(network.steps), initialize=not meta)
    return network.train()


def _build_blocks(
    experiment: Experiment,
    shapes: Mapping[str, Shape],
    labels: Mapping[str, Any],
    folder: Path,
    rate: float | None,
    own_code: bool,
    meta: bool,
    steps: list[BuiltLayer],
) -> Network:
    assert experiment.model is not None
    known: dict[str, Any] = dict(shapes)
    blocks: dict[str, tuple[tuple[str, ...], nn.Module]] = {}
    ends = outputs_of(experiment)
    for block in experiment.model.blocks:
        _check_sources(block, known)
        label = ends.get(block.name) or next(iter(labels))
        building = BuildContext(
            folder=folder,
            classes=None if labels[label].classes is None else len(labels[label].classes),
            label_name=label,
            label=experiment.labels.get(label),
            rate=rate,
            own_code=own_code,
            meta=meta,
            block=block.name,
            steps=steps,
        )
        module, known[block.name] = _build_block(block, tuple(known[s] for s in block.sources), building)
        blocks[block.name] = (block.sources, module)
    network = Network(blocks, ends)
    network.steps = tuple(steps)
    network.shapes = dict(shapes)
    for name, label in ends.items():
        output_shape = known[name]
        network.output_shapes.update(output_shape if isinstance(output_shape, dict) else {label: output_shape})
    return network


def outputs_of(experiment: Experiment) -> dict[str, str]:
    """Which block gives which label: the one of its name; a lone block gives the lone label whatever it is called."""
    assert experiment.model is not None
    blocks = [block.name for block in experiment.model.blocks]
    named = {name: name for name in blocks if name in experiment.labels}
    if not named and len(experiment.labels) == 1:
        named = {blocks[-1]: next(iter(experiment.labels))}
    if not named:
        text = f"no block of {experiment.model.name!r} is called like a label ({', '.join(experiment.labels)})"
        raise SpecError([Problem(experiment.model.place, f"architecture.{experiment.model.name}", text)])
    return named


def _build_block(block: Block, inputs: tuple[Shape, ...], building: BuildContext) -> tuple[nn.Module, Any]:
    if len(inputs) == 1:
        return build_stack(block.layers, inputs[0], building)
    if not block.layers:
        raise SpecError([Problem(block.place, block.name, "several inputs come in; begin with Concat or Add")])
    first, shape = build_join(block.layers[0], inputs, building)
    if len(block.layers) == 1:
        return first, shape
    if isinstance(shape, dict):
        text = f"{block.layers[0].short} gives one output for each label, so no layer can follow it"
        raise SpecError([Problem(block.layers[1].place, block.name, text)])
    rest, out = build_stack(block.layers[1:], shape, building)
    return Joined(first, rest), out


class Joined(nn.Module):
    """A layer that takes several inputs, and what follows it."""

    def __init__(self, first: nn.Module, rest: Stack) -> None:
        super().__init__()
        self.first = first
        self.rest = rest

    def forward(self, *inputs: Tensor) -> Any:
        """Shapes as the layers say."""
        return self.rest(self.first(*inputs))


def _check_sources(block: Block, known: Mapping[str, Any]) -> None:
    for source in block.sources:
        if source not in known:
            raise SpecError([Problem(block.place, f"{block.name}.from", unknown("input or block", source, known))])
        if isinstance(known[source], dict):
            text = f"{source!r} gives one output for each label, so no block can follow it"
            raise SpecError([Problem(block.place, f"{block.name}.from", text)])
