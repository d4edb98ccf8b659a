"""Which parts of an experiment are the folder's own code, so that a stranger's is not run unasked."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from repro.spec.experiment import Experiment


def own_data(experiment: Experiment) -> bool:
    """Whether reading the data runs own code: the data set, a feature, an augmentation or a view of own code."""
    parts = (experiment.dataset, *experiment.inputs.values(), *experiment.views.values())
    return any(names_own(part) for part in parts)


def own_model(experiment: Experiment) -> bool:
    """Whether building the model runs own code: a layer, an estimator or a start of the weights."""
    return any(names_own(part) for part in (experiment.model, *experiment.weights) if part is not None)


def own_losses(experiment: Experiment) -> bool:
    """Whether any loss is own code."""
    return any(names_own(entry) for entry in experiment.losses.values())


def own_metrics(experiment: Experiment) -> bool:
    """Whether any metric is own code."""
    return any(names_own(entry) for entry in experiment.metrics.values())


def names_own(part: BaseModel) -> bool:
    """Whether any name within this part is ``FILE.py:ClassName``: every name with a colon is taken to be one."""
    return _in(part.model_dump(mode="json"))


def _in(node: Any) -> bool:
    if isinstance(node, Mapping):
        name = node.get("name")
        return (isinstance(name, str) and ":" in name) or any(_in(value) for value in node.values())
    return isinstance(node, list | tuple) and any(_in(value) for value in node)
