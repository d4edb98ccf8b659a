"""Small studies on scikit-learn's digits, made in Python: quick to prepare, with all three parts."""

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from repro.data.prepare import prepare
from repro.data.prepared import Data
from repro.spec.experiment import Block, Dataset, Duration, Experiment, Input, Label, Model, Splits, Training
from repro.spec.part import Entry, Layer

FOLDER = Path(__file__).parent


def entry(name: str, **args: Any) -> Entry:
    return Entry(name=name, args=args)


def layer(name: str, **args: Any) -> Layer:
    return Layer(name=name, args=args, lists=("net",))


@pytest.fixture(autouse=True)
def _one_thread():
    kept = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(kept)


@pytest.fixture(scope="session")
def make_entry() -> Callable[..., Entry]:
    return entry


@pytest.fixture(scope="session")
def make_layer() -> Callable[..., Layer]:
    return layer


@pytest.fixture(scope="session")
def study() -> Callable[..., Experiment]:
    """Make an experiment: ``layers``, ``training`` and any field of Experiment replace the usual ones."""

    def make(*, layers: tuple[Layer, ...] | None = None, training: dict[str, Any] | None = None, **fields: Any):
        layers = layers or (
            layer("Flatten"),
            layer("Linear", out_features=16),
            layer("ReLU"),
            layer("Linear", out_features="classes"),
        )
        settings = {"batch_size": 32, "steps": 40, "evaluate_every": Duration(number=10, unit="steps")}
        base: dict[str, Any] = {
            "name": "net",
            "dataset": Dataset(name="digits"),
            "labels": {"digit": Label(name="digit", column="digit")},
            "splits": Splits(source="all", train=300, validation=100, test=200),
            "inputs": {"input": Input(name="input", cached=(entry("Rescale", low=-1.0, high=1.0),))},
            "model": Model(name="net", blocks=(Block(name="digit", sources=("input",), layers=layers),)),
            "optimizer": entry("Adam", lr=1e-2),
            "losses": {"digit": entry("CrossEntropyLoss")},
            "metrics": {"Accuracy": entry("Accuracy")},
            "training": Training(**(settings | (training or {}))),
            "seeds": (0, 1),
        }
        return Experiment(**(base | fields))

    return make


@pytest.fixture(scope="session")
def data_of() -> Callable[[Experiment], Data]:
    """Prepare an experiment's data."""

    def make(experiment: Experiment) -> Data:
        return prepare(experiment, seed=0, folder=FOLDER)

    return make


@pytest.fixture(scope="session")
def folder() -> Path:
    return FOLDER


@pytest.fixture(scope="session")
def segmented() -> Callable[[Data], Data]:
    """Cut every item into one to four segments (``segmented.py``); column ``shelf`` has five groups."""
    made: Callable[[Data], Data] = runpy.run_path(str(FOLDER / "segmented.py"))["segmented"]
    return made
