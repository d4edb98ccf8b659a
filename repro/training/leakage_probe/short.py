"""The short form of an experiment: a few items, a few steps, and many looks at the test items."""

from dataclasses import dataclass

from repro.spec.experiment import Duration, Experiment, Splits, Training


@dataclass(frozen=True)
class Size:
    """How much of an experiment is tried: ``items`` of test and of validation each, twice as many of train."""

    items: int = 128
    batch_size: int = 32
    steps: int = 24
    every: int = 2

    @property
    def most(self) -> dict[str, int]:
        """The most items of each part."""
        return {"train": 2 * self.items, "validation": self.items, "test": self.items}


_MULTIPLY_ADDS = 2 * 10**9
_FEWEST = 16


def size_for(multiply_adds: int) -> Size:
    """A size that takes about a second for small nets, and not much longer for large ones.

    >>> size_for(300_000).items, size_for(100_000_000).items, size_for(10**10).steps
    (128, 20, 12)
    """
    items = max(_FEWEST, min(Size.items, _MULTIPLY_ADDS // max(1, multiply_adds)))
    return Size() if items == Size.items else Size(items, max(4, items // 4), 12, 1)


EAGER_LR = 1e-2
"""With smaller rates than this a few steps change too little for anyone to choose between them."""


def shortened(experiment: Experiment, size: Size, *, eager: bool = True) -> Experiment:
    """The experiment with only so many steps on official parts of a cut data set; everything else stays.

    It runs to its end, so patience is left out, and gathers no gradients. Views of other data sets are left out.
    ``eager`` raises a smaller learning rate to :data:`EAGER_LR`.
    """
    training: Training = experiment.training
    if experiment.model is not None and not experiment.model.is_estimator:
        changes = {
            "batch_size": min(training.batch_size or size.batch_size, size.batch_size),
            "steps": size.steps,
            "epochs": None,
            "evaluate_every": Duration(number=size.every, unit="steps"),
            "stop_patience": None,
            "accumulate_grad_batches": 1,
        }
        training = training.model_copy(update=changes)
    views = {name: view for name, view in experiment.views.items() if view.dataset is None}
    splits = Splits(source="official", waiver="only tried out")
    optimizer = experiment.optimizer
    if eager and optimizer is not None and isinstance(lr := optimizer.args.get("lr"), int | float) and lr > 0:
        optimizer = optimizer.model_copy(update={"args": {**optimizer.args, "lr": max(float(lr), EAGER_LR)}})
    return experiment.model_copy(
        update={"training": training, "views": views, "splits": splits, "optimizer": optimizer}
    )


def without_own_metrics(experiment: Experiment) -> Experiment:
    """The experiment with nobody looking through own metrics, and the last weights kept."""
    metrics = {name: entry for name, entry in experiment.metrics.items() if not entry.own}
    training = experiment.training.model_copy(update={"select": "last", "watch": None})
    return experiment.model_copy(update={"metrics": metrics, "training": training})
