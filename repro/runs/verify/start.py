"""What a run's net starts with, by which copies are told from runs that happen to come out alike."""

from dataclasses import dataclass
from pathlib import Path

from torch import nn

from repro.data.prepared import Data
from repro.spec.experiment import Experiment
from repro.training.module import make_module
from repro.training.weights_hash import weights_sha256


@dataclass(frozen=True)
class Start:
    """``hashes`` are those of the starting tensors, whatever they are called.

    ``bends`` says that something which is no linear map lies between two layers of weights: the way of a net of this
    kind hangs on its start, while linear models may all come to the one best solution.
    """

    hashes: frozenset[str]
    bends: bool


def start_of(experiment: Experiment, data: Data, *, seed: int, folder: Path) -> Start:
    """The start of a run of this seed; ``data`` gives shapes and labels."""
    network = make_module(experiment, data, seed=seed, folder=folder).network
    hashes = frozenset(weights_sha256({"": tensor}) for tensor in network.state_dict().values())
    return Start(hashes, bends(network))


def bends(network: nn.Module) -> bool:
    """Whether an activation lies before the last of two or more layers of weights.

    >>> bends(nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2)))
    True
    >>> bends(nn.Sequential(nn.Linear(4, 3), nn.Linear(3, 2), nn.Sigmoid()))
    False
    """
    layers = list(network.modules())
    weighted = [at for at, layer in enumerate(layers) if any(p.ndim > 1 for p in layer.parameters(recurse=False))]
    activations = [at for at, layer in enumerate(layers) if type(layer).__module__ == nn.ReLU.__module__]
    return len(weighted) > 1 and any(weighted[0] < at < weighted[-1] for at in activations)


def apart(first: Start, other: Start) -> bool:
    """Whether each of two starts has a tensor that the other lacks.

    >>> start = lambda names: Start(frozenset(names), bends=True)
    >>> apart(start("ab"), start("ac")), apart(start("ab"), start("abc"))
    (True, False)
    """
    return not (first.hashes <= other.hashes or other.hashes <= first.hashes)
