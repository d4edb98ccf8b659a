"""Why an experiment is less than a full run of the paper's recipe, and where else it deviates. Data, no judgement."""

from collections.abc import Mapping

from repro.spec.experiment import Experiment
from repro.spec.layers import every
from repro.spec.overrides import find
from repro.spec.reading import is_none, listed
from repro.spec.resolve import Named, RungTree
from repro.spec.tree import MapNode, TextNode

PARTIAL_WORDS = frozenset({"dataset", "labels", "splits", "features", "architecture", "model"})
"""A deviation here means other or less data, or another model."""

AMOUNT_OF_TRAINING = frozenset({"training", "training.steps", "training.epochs"})

_NOT_FOR_ESTIMATORS = frozenset({"optimizer", "scheduler", "loss", "loss_weights", "training", "weights", "augment"})
_DATA_OF_THE_PAPER = frozenset({"dataset", "splits", "labels", "seeds", "sources"})


def why_partial(
    named: Named,
    experiment: Experiment,
    sources: Mapping[str, Mapping[str, str]],
    rung: RungTree | None,
    overrides: tuple[str, ...],
) -> tuple[str, ...]:
    """Each reason in one sentence; empty for a full run.

    Args:
        named: the experiment's tree and the changes that landed in it.
        experiment: the same, typed.
        sources: the experiment's own ``sources``.
        rung: the rung, None for full.
        overrides: paths of the command line's changes.

    """
    reasons = []
    if rung is not None:
        changed = [p for c in rung.changes if (p := str(c.path)) in named.landed and _matters(p, experiment)]
        if changed and not is_the_papers_own(rung):
            reasons.append(f"rung {rung.name}: {', '.join(changed)}")
    changed = [p for p in overrides if p in named.landed and _matters(p, experiment)]
    if changed:
        reasons.append(f"changed on the command line: {', '.join(changed)}")
    for path, what in sources.get("different", {}).items():
        if _lessens(path) and _concerns(path, named, experiment):
            reasons.append(f"different: {path}" + (f" (the paper: {what})" if what else ""))
    return tuple(reasons)


def differs(named: Named, experiment: Experiment, sources: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
    """Paths of the other declared differences, for "recipe differs: optimizer"."""
    paths = sources.get("different", {})
    return tuple(path for path in paths if not _lessens(path) and _concerns(path, named, experiment))


def _matters(path: str, experiment: Experiment) -> bool:
    """Whether a change makes a run less than the paper's: other seeds do not, nor for estimators how nets train."""
    return path != "seeds" and not _trains_nets(path, experiment)


def _trains_nets(path: str, experiment: Experiment) -> bool:
    """Whether a path says how nets train, of an experiment that has none."""
    model = experiment.model
    return model is not None and model.is_estimator and path.partition(".")[0] in _NOT_FOR_ESTIMATORS


def is_the_papers_own(rung: RungTree) -> bool:
    """True for a rung that takes the declared differences away and brings nothing but the paper's data."""
    paths = {str(change.path): change.value for change in rung.changes}
    if not is_none(paths.get("sources.different")) or "sources.different" not in paths:
        return False
    return all(path.partition(".")[0] in _DATA_OF_THE_PAPER for path in paths)


def _lessens(path: str) -> bool:
    path = _inside_experiment(path)[1]
    return path.partition(".")[0] in PARTIAL_WORDS or path in AMOUNT_OF_TRAINING


def _inside_experiment(path: str) -> tuple[str | None, str]:
    if path.startswith("experiments."):
        _, name, *rest = path.split(".", 2)
        return name, rest[0] if rest else "model"
    return None, path


def _concerns(path: str, named: Named, experiment: Experiment) -> bool:
    """True when the experiment has to do with this path: its own model, its own features, what it really uses."""
    name, path = _inside_experiment(path)
    if name is not None:
        return name == experiment.name
    first, _, rest = path.partition(".")
    if experiment.model is None or _trains_nets(path, experiment):
        return False
    if not rest or first in ("training", "splits", "dataset"):
        return True
    if first in ("architecture", "features") and find(named.tree, path) is None:
        return False
    if first == "architecture":
        return rest.partition(".")[0] in _lists_of(experiment)
    if first == "features":
        return rest.partition(".")[0] in _features_of(named.tree, experiment)
    return find(named.tree, path) is not None


def _lists_of(experiment: Experiment) -> set[str]:
    assert experiment.model is not None
    names = {experiment.model.name}
    for block in experiment.model.blocks:
        for layer in every(block.layers):
            names.update(layer.lists)
    return names


def _features_of(tree: MapNode, experiment: Experiment) -> set[str]:
    """The named lists that the experiment's inputs are made of."""
    names: set[str] = set()
    todo = list(experiment.inputs)
    features = tree.get(TextNode("features"))
    while todo and isinstance(features, MapNode):
        name = todo.pop()
        if name in names or name not in features:
            continue
        names.add(name)
        todo += [str(item) for item in listed(features[TextNode(name)]) if isinstance(item, TextNode)]
    return names
