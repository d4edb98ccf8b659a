"""What is to be done, as plain tensors, so that every way does the same."""

from dataclasses import dataclass

from torch import Tensor

from repro.data.prepare import prepare
from repro.data.prepared import Data
from repro.study import Study


@dataclass(frozen=True)
class Work:
    """Items and settings of one training."""

    train: tuple[Tensor, Tensor]
    test: tuple[Tensor, Tensor]
    batch_size: int
    lr: float
    shuffled: bool
    look_every: int


def work_of(study: Study, name: str) -> tuple[Work, Data]:
    """The work of one experiment, and its data as ``fit`` takes them."""
    experiment = study.experiment(name)
    data = prepare(experiment, seed=0, folder=study.spec.folder)
    training, optimizer = experiment.training, experiment.optimizer
    assert optimizer is not None
    assert training.batch_size is not None
    parts = {n: (next(iter(p.inputs.values())), next(iter(p.targets.values()))) for n, p in data.parts.items()}
    in_epoch = -(-len(parts["train"][1]) // training.batch_size)
    every = training.evaluate_every
    return (
        Work(
            train=parts["train"],
            test=parts["test"],
            batch_size=training.batch_size,
            lr=float(optimizer.args["lr"]),
            shuffled=training.order == "shuffled",
            look_every=every.number * (in_epoch if every.unit == "epochs" else 1),
        ),
        data,
    )
