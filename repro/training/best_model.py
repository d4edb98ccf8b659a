"""Which value a run watches, and what it does with it: keep the best weights, stop early."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isnan
from typing import Any

import torch
from torch import Tensor, nn

from repro.spec.experiment import Experiment
from repro.spec.index import index
from repro.training.outcome import Values


def monitored_metric(experiment: Experiment) -> str:
    """The ``VIEW/METRIC`` that selection and stopping look at: ``watch``, else the main metric on validation."""
    watch = experiment.training.watch
    if watch is None:
        return f"validation/{experiment.main_metric}"
    return watch if "/" in watch else f"validation/{watch}"


def smaller_is_better(experiment: Experiment, key: str) -> bool:
    """Whether less of ``VIEW/METRIC`` is better; losses are, a metric by its own direction."""
    name = key.rpartition("/")[2]
    if name in ("loss", "objective"):
        return True
    entry = experiment.metrics[name]
    if entry.own:
        return False
    return index().metric(entry.name).direction == "min"


@dataclass
class BestModelTracker:
    """Remembers the best value of ``key`` and, if ``keep``, the weights at it. The first of equal ones is the best; one
    without a value (nan) is never better than another.
    """

    key: str
    smaller: bool
    keep: bool
    patience: int | None
    best: float | None = None
    step: int = 0
    epoch: float = 0.0
    since: int = 0
    state: dict[str, Tensor] = field(default_factory=dict)

    def state_dict(self) -> dict[str, Any]:
        """The best so far, for a checkpoint."""
        progress = {name: getattr(self, name) for name in ("best", "step", "epoch", "since")}
        return {**progress, "state": dict(self.state)}

    def load_state_dict(self, state: Mapping[str, Any], device: torch.device) -> None:
        """Go on from there, with weights on ``device``."""
        for name in ("best", "step", "epoch", "since"):
            setattr(self, name, state[name])
        self.state = {name: tensor.to(device) for name, tensor in state["state"].items()}

    def see(self, values: Values, step: int, epoch: float, network: nn.Module) -> bool:
        """Take in one evaluation; True when training should stop.

        Raises:
            KeyError: the evaluation lacks what is watched.

        """
        value = values[self.key]
        if self.best is None or isnan(self.best) or (value < self.best if self.smaller else value > self.best):
            self.best, self.step, self.epoch, self.since = value, step, epoch, 0
            if self.keep:
                self.state = {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}
            return False
        self.since += 1
        return self.patience is not None and self.since >= self.patience
