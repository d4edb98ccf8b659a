"""Which data sets a plan's runs read, and in which ways they divide them."""

import json
from collections.abc import Hashable
from dataclasses import dataclass

from repro.data.profile.division import DivisionRequest
from repro.runs.plan import Plan, Run
from repro.spec.experiment import Dataset


@dataclass(frozen=True)
class DataOfPlan:
    """A data set, and every different way in which its items are divided."""

    dataset: Dataset
    wanted: tuple[DivisionRequest, ...]


def data_of_plan(plan: Plan) -> tuple[DataOfPlan, ...]:
    """The data sets in the order of the spec's experiments. A split that is drawn anew for each seed is there once."""
    order = list(plan.spec.experiments)
    runs = sorted(plan.runs, key=lambda run: order.index(run.experiment.name))
    datasets: dict[Hashable, dict[Hashable, list[Run]]] = {}
    for run in runs:
        experiment = run.experiment
        labels = json.dumps({name: label.model_dump() for name, label in experiment.labels.items()})
        how = (experiment.splits.model_dump_json(), experiment.splits.waiver, labels)
        datasets.setdefault(experiment.dataset.model_dump_json(), {}).setdefault(how, []).append(run)
    return tuple(
        DataOfPlan(
            dataset=next(iter(ways.values()))[0].experiment.dataset,
            wanted=tuple(_wanted(some) for some in ways.values()),
        )
        for ways in datasets.values()
    )


def _wanted(runs: list[Run]) -> DivisionRequest:
    first = runs[0]
    return DivisionRequest(
        experiment=first.experiment,
        names=tuple(dict.fromkeys(run.experiment.name for run in runs)),
        seed=first.seed,
        folds=tuple(dict.fromkeys(run.fold for run in runs)),
    )
