"""Which parts of an experiment are own code, by what they are there for."""

from collections.abc import Iterable

from repro.spec.experiment import Experiment, Input
from repro.spec.part import Entry, Layer

Owns = dict[str, tuple[str, ...]]


def own_parts(experiment: Experiment) -> Owns:
    """Names of own classes by namespace, in the order of the spec; a namespace without any is left out.

    The data set is not among them: it is made before anything is split, and can watch nothing.
    """
    model = experiment.model
    blocks = model.blocks if model is not None else ()
    schedule = experiment.scheduler
    inputs = experiment.inputs.values()
    entries: dict[str, list[Entry]] = {
        "feature": [entry for source in inputs for entry in (*source.cached, *source.live)],
        "augment": [entry for source in inputs for entry in source.augment]
        + [entry for view in experiment.views.values() for entry in view.augment],
        "layer": [layer for block in blocks for layer in _all(block.layers)],
        "estimator": [entry for block in blocks for entry in block.estimator],
        "optimizer": [experiment.optimizer] if experiment.optimizer is not None else [],
        "scheduler": [schedule.entry] if schedule is not None else [],
        "loss": list(experiment.losses.values()),
        "metric": list(experiment.metrics.values()),
    }
    named = {kind: tuple(dict.fromkeys(e.name for e in candidates if e.own)) for kind, candidates in entries.items()}
    return {kind: names for kind, names in named.items() if names}


def own_cached(source: Input) -> list[int]:
    """Places of own features among those of an input that are made once."""
    return [place for place, entry in enumerate(source.cached) if entry.own]


def listed(owns: Owns) -> str:
    """In words.

    >>> listed({"layer": ("model.py:Head",), "metric": ("model.py:Best", "model.py:Area")})
    'layer model.py:Head, metric model.py:Best and model.py:Area'
    """
    return ", ".join(f"{kind} {' and '.join(names)}" for kind, names in owns.items())


def _all(layers: Iterable[Layer]) -> Iterable[Layer]:
    for layer in layers:
        yield layer
        yield from _all((*layer.layers, *layer.shortcut))
