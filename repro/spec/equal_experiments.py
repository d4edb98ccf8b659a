"""Experiments that come out equal although they have two names."""

from collections.abc import Sequence

from repro.spec.experiment import Experiment

_NAMES = {"name", "title", "place", "not_run"}


def equal_pairs(experiments: Sequence[Experiment]) -> list[tuple[str, str]]:
    """Pairs of experiments that are the same in every choice, the earlier first; rows that nobody runs never are."""
    pairs = []
    first: dict[str, str] = {}
    for experiment in experiments:
        if experiment.not_run is not None:
            continue
        what = repr(experiment.model_dump(exclude=_NAMES))
        if what in first:
            pairs.append((first[what], experiment.name))
        else:
            first[what] = experiment.name
    return pairs
