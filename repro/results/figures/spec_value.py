"""The x of a sweep: a path of the spec, looked up in a resolved experiment."""

from collections.abc import Iterator

from repro.spec.experiment import Experiment
from repro.spec.part import Entry, Layer, SpecModel


def spec_value(experiment: Experiment, path: str) -> float:
    """The number that stands at a path such as ``splits.train``, ``optimizer.Adam.lr`` or ``architecture.mlp.fc1.p``.

    Raises:
        KeyError: nothing stands there, or no number.

    """
    steps = path.split(".")
    value = _at(experiment, steps)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise KeyError(f"{experiment.name}: {path} is {value!r}, no number")
    return float(value)


def _at(experiment: Experiment, steps: list[str]) -> object:
    first, rest = steps[0], steps[1:]
    if first == "weights" and len(rest) == 2:
        values = [getattr(r, rest[1], None) for r in experiment.weights if r.selector == rest[0]]
        return next((v for v in reversed(values) if v is not None), None)
    if first == "architecture" and rest and experiment.model is not None:
        inner = rest[1:] if rest[0] == experiment.model.name else rest
        named = [block for block in experiment.model.blocks if inner[:1] == [block.name]]
        blocks = named if named and rest[0] == experiment.model.name else experiment.model.blocks
        return _in_entries([layer for block in blocks for layer in _all(block.layers)], inner)
    if first in ("optimizer", "scheduler", "loss"):
        scheduler = experiment.scheduler.entry if experiment.scheduler else None
        candidates = {
            "optimizer": (experiment.optimizer,),
            "scheduler": (scheduler,),
            "loss": experiment.losses.values(),
        }
        return _in_entries([e for e in candidates[first] if e is not None], rest)
    if first in ("features", "augment") and rest:
        inputs = [i for i in experiment.inputs.values() if i.name == rest[0]] or experiment.inputs.values()
        return _in_entries([e for i in inputs for e in (*i.cached, *i.augment, *i.live)], rest)
    if first == "dataset" and rest and rest[0] in experiment.dataset.args:
        return experiment.dataset.args[rest[0]]
    here: object = experiment
    for step in steps:
        here = getattr(here, step, None) if isinstance(here, SpecModel) else None
    return here


def _all(layers: tuple[Layer, ...]) -> Iterator[Layer]:
    for layer in layers:
        yield layer
        yield from _all(layer.layers)
        yield from _all(layer.shortcut)


def _in_entries(entries: list[Entry] | list[Layer], steps: list[str]) -> object:
    """The argument that the last step names, of the entry whose label or class the steps before it name."""
    for entry in entries:
        names = {entry.short, *((entry.label,) if isinstance(entry, Layer) else ())}
        if len(steps) > 1 and steps[-2] in names and steps[-1] in entry.args:
            return entry.args[steps[-1]]
    return None
