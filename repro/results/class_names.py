"""The names of the classes, from the spec or from what is known about the data set."""

from repro.spec.experiment import Experiment
from repro.spec.read_dataset import facts_of


def class_names(experiment: Experiment) -> tuple[str, ...] | None:
    """Names of the classes of an experiment's label, in order; None where it has none."""
    label = next((x for x in experiment.labels.values() if x.kind == "class"), None)
    if label is None:
        return None
    if label.classes:
        return label.classes
    facts = facts_of(experiment.dataset)
    known = next((f for f in facts.labels.values() if f.column == label.column), None) if facts else None
    return known.classes if known else None
