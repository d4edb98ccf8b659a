"""One experiment, from its tree to the typed class: every word read, then held against each other."""

from repro.spec.check_loss import check_loss
from repro.spec.check_mixup import check_mixup
from repro.spec.check_training import check_scheduler, check_training
from repro.spec.experiment import Dataset, Experiment, Input, Model
from repro.spec.own_folder import CLASS, is_folder
from repro.spec.own_groups import own_groups
from repro.spec.read_dataset import facts_of, read_dataset
from repro.spec.read_features import FeatureLists
from repro.spec.read_labels import read_labels
from repro.spec.read_learning import read_loss_weights, read_losses, read_optimizer, read_scheduler
from repro.spec.read_metrics import read_metrics
from repro.spec.read_models import ModelReader
from repro.spec.read_splits import has_validation, read_splits
from repro.spec.read_training import read_training
from repro.spec.read_views import read_views
from repro.spec.read_weights import read_weights
from repro.spec.reading import Reading, is_none, kind
from repro.spec.resolve import Named
from repro.spec.tree import ListNode, MapNode, Node, TextNode
from repro.spec.unsupported import refuse_tune

LONGEST_TITLE = 60
"""Characters of an experiment's printed name."""


def read_experiment(named: Named, reading: Reading) -> Experiment | None:
    """The experiment, or None after noting what is wrong with it."""
    before = len(reading.problems)
    tree, key = named.tree, f"experiments.{named.name}"
    word = _words(tree)
    at = tree.place
    title = reading.text(named.title, f"{key}.title") if named.title is not None else ""
    if title and len(title) > LONGEST_TITLE and named.title is not None:
        expected = f"a printed name of at most {LONGEST_TITLE} characters, as tables and figures carry it"
        reading.say(named.title, f"{key}.title", f"expected {expected}; got {len(title):,}")
    not_run = None
    if named.not_run is not None and (not_run := reading.text(named.not_run, f"{key}.not_run")) is None:
        return None
    if is_none(word("dataset")):
        reading.say(at, "dataset", "is missing; write dataset: {name: mnist1d, why: ...}")
    given_dataset = word("dataset")
    dataset = (
        read_dataset(given_dataset, "dataset", reading)
        if given_dataset is not None and not is_none(given_dataset)
        else None
    )
    dataset_unknown = dataset is None
    facts = facts_of(dataset, reading.folder)
    labels = None
    if not dataset_unknown:
        labels = read_labels(
            _labels(word("labels"), dataset), facts, given_dataset.place if given_dataset else at, reading
        )
    columns = {label.name: label.column for label in (labels or {}).values()}
    splits = (
        None
        if dataset_unknown
        else read_splits(word("splits"), facts, columns, at, reading, own_groups(dataset, reading.folder))
    )
    validation = splits is None or has_validation(splits, facts)
    metrics = read_metrics(word("metric"), labels, reading)
    if is_none(word("metric")):
        reading.say(at, "metric", "is missing; write metric: Accuracy")
    views = read_views(word("evaluation"), labels, validation=validation, reading=reading)
    features = FeatureLists(word("features"), word("augment"), reading)
    seeds = read_seeds(word("seeds"), tree, reading)
    refuse_tune(word("tune"), reading)
    training, written = read_training(word("training"), reading)
    optimizer = read_optimizer(word("optimizer"), reading)
    scheduler = read_scheduler(word("scheduler"), reading)
    losses = read_losses(word("loss"), labels, reading)
    loss_weights = read_loss_weights(word("loss_weights"), labels, reading)
    model: Model | None = None
    inputs: dict[str, Input] = {}
    if not_run is None:
        model, inputs = _model(tree, word, next(iter(labels or {}), None), features, reading)
    weights = read_weights(word("weights"), None, reading)
    if training is not None:
        training = check_training(training, written, metrics, views, validation=validation, tree=tree, reading=reading)
    if scheduler is not None:
        scheduler = check_scheduler(scheduler, metrics, views, validation=validation, reading=reading)
    if model is not None and training is not None:
        check_loss(model, labels or {}, losses, optimizer, training, word, at, facts, reading)
    if model is not None and not model.is_estimator:
        check_mixup(inputs.values(), labels or {}, losses, reading)
    if len(reading.problems) > before or dataset is None or labels is None or splits is None or training is None:
        return None
    is_net = model is not None and not model.is_estimator
    if not metrics or not seeds or (is_net and (optimizer is None or not losses)):
        return None  # a word was misspelt, which has been said
    return Experiment(
        place=named.name.place,
        name=str(named.name),
        title=title or "",
        not_run=not_run,
        dataset=dataset,
        labels=labels,
        splits=splits,
        inputs=inputs,
        model=model,
        weights=weights if is_net else (),
        optimizer=optimizer if is_net else None,
        scheduler=scheduler if is_net else None,
        losses=losses,
        loss_weights=loss_weights,
        metrics=metrics,
        views=views,
        training=training,
        seeds=seeds,
    )


class _words:
    """Look a word up in a tree."""

    def __init__(self, tree: MapNode) -> None:
        self.tree = tree

    def __call__(self, word: str) -> Node | None:
        return self.tree.get(TextNode(word))


def _model(
    tree: MapNode, word: _words, label: str | None, features: FeatureLists, reading: Reading
) -> tuple[Model | None, dict[str, Input]]:
    models = ModelReader(tree, features, reading)
    name = models.choose(word("model"), tree.place)
    model = None if name is None else models.read(name, label)
    if model is None:
        return None, {}
    sources = dict.fromkeys(source for block in model.blocks for source in block.sources)
    inputs = [source for source in sources if source in features.names]
    augment = word("augment")
    if len(inputs) > 1 and not model.is_estimator and augment is not None and not features.augments_by_input:
        text = f"{model.name!r} reads {len(inputs)} inputs, so say which: augment: {{{inputs[0]}: [...]}}"
        reading.say(augment, "augment", text)
    return model, {source: features.read(source, augmented=not model.is_estimator) for source in inputs}


def read_seeds(node: Node | None, tree: MapNode, reading: Reading) -> tuple[int, ...]:
    """The run seeds: a list of whole numbers, none twice."""
    if is_none(node):
        reading.say(node or tree.place, "seeds", "is missing; write seeds: [0, 1, 2, 3, 4]")
        return ()
    if not isinstance(node, ListNode):
        assert node is not None
        hint = f"; write seeds: [{node}] for that one seed" if isinstance(node, TextNode) and node.isdecimal() else ""
        reading.say(node, "seeds", f"expected a list such as [0, 1, 2, 3, 4], got {kind(node)}{hint}")
        return ()
    if not node:
        reading.say(node, "seeds", "expected at least one seed")
    seeds: list[int] = []
    for item in node:
        seed = reading.whole(item, "seeds", least=0)
        if seed in seeds:
            reading.say(item, "seeds", f"seed {seed} stands here twice")
        elif seed is not None:
            seeds.append(seed)
    return tuple(seeds)


def _labels(node: Node | None, dataset: Dataset | None) -> Node | None:
    """What stands under ``labels``; a folder with one sub-folder for each class has just the label ``class``."""
    if dataset is not None and is_none(node) and is_folder(dataset.name) and "manifest" not in dataset.args:
        return TextNode(CLASS, dataset.place)
    return node
