"""In which unit a metric's differences are said: the paper's, where it prints the metric."""

from repro.runs.determinism.finding import Comparison
from repro.spec.experiment import Experiment
from repro.spec.index import index
from repro.spec.spec import Spec


def printed_units(spec: Spec, experiment: Experiment) -> dict[str, str]:
    """The unit of each metric of an experiment, by the metric's name."""
    printed = {reported.metric.removeprefix("test/"): reported.unit for reported in spec.reported}
    return {
        name: printed.get(name, "percent" if _is_proportion(experiment, name) else "") for name in experiment.metrics
    }


def in_units(comparison: Comparison, units: dict[str, str]) -> Comparison:
    """The comparison with its differences, which records have in percent, in these units."""
    scaled = {
        key: value / 100 if units.get(key.partition("/")[2]) == "fraction" else value
        for key, value in comparison.largest.items()
    }
    return comparison.model_copy(update={"largest": scaled})


def _is_proportion(experiment: Experiment, name: str) -> bool:
    entry = experiment.metrics[name]
    return entry.own is None and index().metric(entry.name).proportion
