"""Small studies in a temporary folder, and workers that are shared by all tests of this room."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from repro.runs.engine.local import LocalEngine
from repro.spec.experiment import (
    MOST_LOOKS,
    Block,
    Dataset,
    Duration,
    Experiment,
    Input,
    Label,
    Model,
    Splits,
    Training,
)
from repro.spec.part import Entry, Layer
from repro.spec.spec import Spec, Work

sys.path.append(str(Path(__file__).parent / "beds"))  # programs that tests of kills and faults start, and import from


def layer(name: str, **args: Any) -> Layer:
    return Layer(name=name, args=args, lists=("net",))


def model(*layers: Layer) -> Model:
    return Model(name="net", blocks=(Block(name="digit", sources=("input",), layers=layers),))


def experiment(name: str, *, training: dict[str, Any] | None = None, **fields: Any) -> Experiment:
    looks = max(10, ((training or {}).get("steps") or 20) // MOST_LOOKS)
    settings: dict[str, Any] = {"batch_size": 32, "steps": 20, "evaluate_every": Duration(number=looks, unit="steps")}
    base: dict[str, Any] = {
        "name": name,
        "dataset": Dataset(name="digits"),
        "labels": {"digit": Label(name="digit", column="digit")},
        "splits": Splits(source="all", train=300, validation=100, test=200),
        "inputs": {"input": Input(name="input")},
        "model": model(layer("Flatten"), layer("Linear", out_features="classes")),
        "optimizer": Entry(name="Adam", args={"lr": 1e-2}),
        "losses": {"digit": Entry(name="CrossEntropyLoss")},
        "metrics": {"Accuracy": Entry(name="Accuracy")},
        "training": Training(**(settings | (training or {}))),
        "seeds": (0, 1),
    }
    return Experiment(**(base | fields))


def classical(name: str, estimator: str, **args: Any) -> Experiment:
    block = Block(name="digit", sources=("input",), estimator=(Entry(name=estimator, args=args),))
    whole = Model(name=name, blocks=(block,))
    return experiment(name, model=whole, optimizer=None, losses={}).model_copy(update={"training": Training()})


@pytest.fixture(scope="session")
def make_experiment() -> Callable[..., Experiment]:
    return experiment


@pytest.fixture(scope="session")
def make_classical() -> Callable[..., Experiment]:
    return classical


@pytest.fixture(scope="session")
def make_layers() -> Callable[..., Model]:
    """Make a model from ``(name, args)`` pairs."""
    return lambda *layers: model(*(layer(name, **args) for name, args in layers))


@pytest.fixture
def make_spec(tmp_path: Path) -> Callable[..., Spec]:
    """Make a spec in a temporary folder from experiments; ``rung`` and any field of Spec may be given."""

    def make(*experiments: Experiment, **fields: Any) -> Spec:
        path = tmp_path / "study" / "paper.yaml"
        path.parent.mkdir(exist_ok=True)
        base: dict[str, Any] = {
            "kind": "paper",
            "path": path,
            "work": Work(title="A study"),
            "question": "Does it work?",
            "baseline": experiments[0].name,
            "experiments": {e.name: e for e in experiments},
        }
        return Spec(**(base | fields))

    return make


@pytest.fixture(scope="session")
def engine() -> Iterator[LocalEngine]:
    """Two workers, started once."""
    with LocalEngine(2) as made:
        yield made
