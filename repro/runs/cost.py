"""A guess of how dear a run is, without building anything: only to start cheap experiments first."""

from repro.spec.dataset_kinds import DatasetFacts
from repro.spec.experiment import Experiment, Splits
from repro.spec.folds import fold_names
from repro.spec.part import Layer
from repro.spec.read_dataset import facts_of

_RECURRENT = ("GRU", "LSTM", "RNN")


def cost(experiment: Experiment) -> float:
    """Training items seen, times a weight of the layers. Estimators come first, they train no steps.

    >>> from repro.spec.part import Layer
    >>> layer_cost(Layer(name="GRU")) > layer_cost(Layer(name="Conv1d")) > layer_cost(Layer(name="ReLU"))
    True
    """
    if experiment.model is None or experiment.model.is_estimator:
        return 0.0
    training = experiment.training
    batch = training.batch_size or 1
    steps = training.steps if training.steps is not None else (training.epochs or 0) * train_items(experiment) / batch
    layers = sum(layer_cost(layer) for block in experiment.model.blocks for layer in block.layers)
    per_step = 1.0 + layers * (1.0 + batch / 100.0)
    return float(steps) * per_step


def layer_cost(layer: Layer) -> float:
    """How dear a layer is, in units of a small linear one."""
    inner = sum(layer_cost(part) for part in (*layer.layers, *layer.shortcut))
    if layer.layers:
        return inner * int(layer.args.get("times", 1))
    if layer.name in _RECURRENT:
        return 60.0
    if layer.own:
        return 10.0
    if layer.name.startswith("Conv"):
        return 2.0 * (int(layer.name[4]) if layer.name[4:5].isdigit() else 1)
    if layer.name == "Linear":
        width = layer.args.get("out_features")
        return 1.0 + (width / 300.0 if isinstance(width, int) else 0.0)
    return 0.2


def train_items(experiment: Experiment) -> int:
    """Items of the training part, as far as the spec and the index tell; 10,000 where they don't."""
    facts, splits = facts_of(experiment.dataset), experiment.splits
    if isinstance(splits.train, int):
        return splits.train
    if facts is None:
        return 10_000
    if splits.folds is not None:
        held_out = (splits.validation in ("next", "previous")) + 1
        return facts.items * max(1, _folds(splits, facts) - held_out) // _folds(splits, facts)
    official = facts.parts.get("train", facts.items) if splits.source == "official" else facts.items
    return int(official * splits.train) if isinstance(splits.train, float) else official


def test_items(experiment: Experiment) -> int:
    """Items of the test part, as far as the spec and the index tell; 10,000 where they don't."""
    facts, splits = facts_of(experiment.dataset), experiment.splits
    if isinstance(splits.test, int):
        return splits.test
    if facts is None:
        return 10_000
    if splits.folds is not None:
        return facts.items // _folds(splits, facts)
    official = facts.parts.get("test", facts.items)
    return int(facts.items * splits.test) if isinstance(splits.test, float) else official


def _folds(splits: Splits, facts: DatasetFacts) -> int:
    return len(fold_names(splits, facts) or ()) or 5
