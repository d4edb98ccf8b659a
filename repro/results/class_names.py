"""The names of the classes, from the spec, from what is known about the data set, or from what a run found in it."""

from collections.abc import Sequence

from repro.results.gate import checks
from repro.runs.record import Record
from repro.spec.experiment import Experiment
from repro.spec.read_dataset import facts_of

OUTSIDE = "no class"
"""Where a net has more outputs than there are classes: what is predicted as one of those further ones."""


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


def classes_of(experiment: Experiment, records: Sequence[Record]) -> tuple[str, ...] | None:
    """The same; of data of one's own the classes that the runs counted in their parts, in the order of their numbers.

    None too where the records do not agree on them.
    """
    known = class_names(experiment)
    if known is not None or not records:
        return known
    label = next((name for name, target in experiment.labels.items() if target.kind == "class"), None)
    counted = {_counted(record, label) for record in records} if label else set()
    return counted.pop() or None if len(counted) == 1 else None


def _counted(record: Record, label: str | None) -> tuple[str, ...]:
    """The classes of all parts: by number where all are whole ones, else by name, as targets number them."""
    parts = checks(record).get("labels", {}).get("counts", {}).get(label, {})
    names = {str(name) for part in parts.values() for name in part}
    numeric = all(name.lstrip("-").isdecimal() for name in names)
    return tuple(sorted(names, key=int)) if numeric else tuple(sorted(names))
