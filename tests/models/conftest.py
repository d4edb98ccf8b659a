"""Experiments made by hand, so that these tests need neither YAML nor data."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from repro.data.prepared import Target
from repro.models.network import Network, build
from repro.spec.experiment import Block, Dataset, Experiment, Input, Label, Model, Splits, WeightRule
from repro.spec.part import Entry, Layer
from repro.spec.place import Place
from repro.spec.shape import Shape

DIGITS = tuple("0123456789")


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


def _layer(name: str, *layers: Layer, line: int = 7, label: str | None = None, **args: Any) -> Layer:
    shortcut = args.pop("shortcut", ())
    return Layer(
        name=name,
        args=args,
        label=label,
        lists=("net",),
        layers=layers,
        shortcut=tuple(shortcut),
        path=f"architecture.net.{label or name}",
        place=Place("paper.yaml", line, 5),
        places={key: Place("paper.yaml", line, 20) for key in args},
    )


def _experiment(
    layers: Sequence[Layer],
    *,
    loss: str = "CrossEntropyLoss",
    weights: Sequence[WeightRule] = (),
    kind: str = "class",
    classes: tuple[str, ...] | None = DIGITS,
) -> Experiment:
    label = Label(name="digit", column="digit", kind=kind, classes=classes if kind == "class" else None)
    block = Block(name="digit", sources=("input",), layers=tuple(layers))
    return Experiment(
        name="net",
        dataset=Dataset(name="mnist1d"),
        labels={"digit": label},
        splits=Splits(),
        inputs={"input": Input(name="input")},
        model=Model(name="net", blocks=(block,)),
        weights=tuple(weights),
        losses={"digit": Entry(name=loss)},
        metrics={"Accuracy": Entry(name="Accuracy")},
    )


def _targets(experiment: Experiment) -> Mapping[str, Target]:
    return {n: Target(name=n, kind=each.kind, classes=each.classes) for n, each in experiment.labels.items()}


@pytest.fixture
def layer() -> Callable[..., Layer]:
    """``layer("Conv1d", out_channels=3, label="c1")``; inner layers come as positional arguments."""
    return _layer


@pytest.fixture
def experiment() -> Callable[..., Experiment]:
    """An experiment of one block from a list of layers."""
    return _experiment


@pytest.fixture
def net(tmp_path: Path) -> Callable[..., Network]:
    """``net(layers, Shape)``: the built network; with own code where ``folder`` says so. Default loss: own code."""

    def make(
        layers: Sequence[Layer],
        shape: Shape,
        *,
        seed: int = 0,
        folder: Path | None = None,
        meta: bool = False,
        loss: str = "loss.py:Any",
        **facts: Any,
    ) -> Network:
        made = _experiment(layers, loss=loss, **facts)
        folder = folder or tmp_path
        return build(made, {"input": shape}, _targets(made), seed=seed, folder=folder, meta=meta)

    return make
