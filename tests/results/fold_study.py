"""A hand-made study with five official folds of ten clips each, three experiments and three seeds."""

import numpy as np

from repro.runs.plan import Plan, Run
from repro.runs.record import Chosen, Scores
from repro.spec.experiment import Dataset, Folds, Label, Splits

CLASSES = ("dog", "rain", "saw")
PAPER = "72.7"
PAPER_FOLDS = (57.5, 78.7, 77.5, 76.2, 73.7)
OFFICIAL = Splits(folds=Folds(by="official"), validation="next")


def experiment(made, name, splits=OFFICIAL, **changes):
    fields = {
        "dataset": Dataset(name="esc50", args={"subset": "esc10"}),
        "labels": {"category": Label(name="category", column="category", classes=CLASSES)},
        "splits": splits,
        "seeds": (0, 1, 2),
    }
    return made.experiment(name, **{**fields, **changes})


def reported(made, name, text=PAPER, folds=(), **changes):
    number = made.number(text).model_copy(update={"folds": tuple(folds)})
    return made.reported(name, None, where="Table 2").model_copy(update={"number": number, **changes})


def plan(made, spec, folds=(1, 2, 3, 4, 5)):
    runs = [
        Run(e, seed, fold, f"{name}-{seed}-{fold}")
        for name, e in spec.experiments.items()
        if e.not_run is None
        for seed in e.seeds
        for fold in (e.splits.only or folds)
    ]
    return Plan(spec, made.TERMS, tuple(runs))


def record(made, name, seed, fold, value, n=80, **changes):
    fields = {
        "identity": f"{name}-{seed}-{fold}", "fold": fold, "splits_sha256": f"s{fold}",
        "weights_sha256": f"w-{name}-{seed}-{fold}",
        "metrics": {"category": {"test": Scores(values={"Accuracy": value, "loss": 1.0}, n=n)}},
        "chosen": Chosen(by="last", step=6000, epoch=150.0),
    }  # fmt: skip
    return made.record(name, seed, **{**fields, **changes})


def records(made, name, by_seed, n=80, **changes):
    """``by_seed`` has a list of values by fold for each seed; ``n`` items in each fold, or one number a fold."""
    sizes = [n] * len(by_seed[0]) if isinstance(n, int) else n
    return [
        record(made, name, seed, fold, value, size, **changes)
        for seed, values in enumerate(by_seed)
        for fold, (value, size) in enumerate(zip(values, sizes, strict=True), 1)
    ]


def scores(mean, folds=PAPER_FOLDS, seeds=3, sd=0.8):
    """Values by seed and fold about the paper's, moved so that their mean is ``mean``."""
    generator = np.random.default_rng(len(folds))
    values = np.array(folds) - np.mean(folds) + mean + generator.normal(0, sd, (seeds, len(folds)))
    return [[round(float(v), 2) for v in row] for row in values]
