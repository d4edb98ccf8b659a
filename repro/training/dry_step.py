"""Training steps without data and without a device: does a whole experiment hold together, also on a GPU?

Used by tests over every shipped spec; both ways take a fraction of a second and next to no memory.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch._subclasses.fake_tensor import DynamicOutputShapeException, FakeTensorMode

from repro.data.prepare import describe
from repro.data.prepared import Target
from repro.models.network import build
from repro.spec.experiment import Experiment
from repro.spec.shape import Shape
from repro.training.bind import with_any_scale
from repro.training.module import Module

ITEMS = 4


class CannotPretend(RuntimeError):
    """What torch cannot pretend to run on a GPU."""


def meta_step(experiment: Experiment, folder: Path) -> tuple[int, ...]:
    """One whole step on torch's meta device: forward, loss, penalties, backward, optimizer, bounds on weights.

    Returns:
        The shape of the first label's output for :data:`ITEMS` items.

    Raises:
        SpecError: the experiment cannot be built. RuntimeError and the like: a step of it cannot be taken.

    """
    shapes, described = describe(experiment, folder, own_code=True)
    labels = with_any_scale(described)
    network = build(experiment, shapes, labels, seed=0, folder=folder, meta=True)
    module = Module(network, experiment, labels, seed=0, folder=folder).to("meta")
    optimizer = module.make_optimizer()
    batch = fake_batch(shapes, labels, torch.device("meta"))
    module.training_step(batch).backward()  # type: ignore[no-untyped-call]
    optimizer.step()
    network.after_step()
    return tuple(next(iter(network(batch["inputs"]).values())).shape)


def fake_cuda_pass(experiment: Experiment, folder: Path) -> str:
    """Forward, loss and metrics on a pretended GPU: finds a tensor that was left on the CPU.

    Nothing is computed and no GPU is needed. Returns the device type of the objective.

    Raises:
        CannotPretend: the net has recurrent layers, of which torch has no pretended form on a GPU, or a metric counts
            values. All but the metrics has been tried then.

    """
    shapes, described = describe(experiment, folder, own_code=True)
    labels = with_any_scale(described)
    network = build(experiment, shapes, labels, seed=0, folder=folder)
    module = Module(network, experiment, labels, seed=0, folder=folder)
    if any(isinstance(inner, torch.nn.RNNBase) for inner in network.modules()):
        raise CannotPretend(f"experiment {experiment.name!r} has recurrent layers")
    device = torch.device("cuda")
    metrics = module.metrics()
    with FakeTensorMode(allow_non_fake_inputs=True) as mode:
        for inner in module.modules():
            for name, parameter in list(inner.named_parameters(recurse=False)):
                fake = mode.from_tensor(parameter.detach()).to(device)
                inner._parameters[name] = torch.nn.Parameter(fake, requires_grad=parameter.requires_grad)
            for name, buffer in list(inner.named_buffers(recurse=False)):
                inner._buffers[name] = mode.from_tensor(buffer).to(device)
        batch = fake_batch(shapes, labels, device)
        objective = module.training_step(batch)
        outputs = module(batch["inputs"])
        for label, named in metrics.items():
            for name, metric in named.items():
                try:
                    metric.to(device).update(outputs[label].detach(), batch["targets"][label])
                except DynamicOutputShapeException as error:
                    raise CannotPretend(f"{name} looks at values, which are only pretended") from error
        return objective.device.type


def fake_batch(shapes: Mapping[str, Shape], labels: Mapping[str, Target], device: torch.device) -> dict[str, Any]:
    """A batch of :data:`ITEMS` items of zeros; every target is the first class, or zeros."""
    inputs = {name: torch.zeros(ITEMS, *shape.sizes, device=device) for name, shape in shapes.items()}
    targets: dict[str, Tensor] = {}
    for name, target in labels.items():
        kind = torch.int64 if target.kind == "class" else torch.float32
        targets[name] = torch.zeros(ITEMS, *target.sizes, dtype=kind, device=device)
    return {"inputs": inputs, "targets": targets, "items": torch.arange(ITEMS, device=device)}
