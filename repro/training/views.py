"""What a run looks at while it trains, and how often."""

from collections.abc import Collection

from repro.data.prepared import Data
from repro.spec.experiment import Experiment
from repro.spec.view_recipe import ViewRecipe, view_recipe
from repro.training.best_model import BestModelTracker, monitored_metric, smaller_is_better

OPEN_PARTS = ("train", "validation")
"""Parts that training may see. Everything else is sealed."""


def viewings(experiment: Experiment, data: Data) -> dict[str, ViewRecipe]:
    """Every view of which there are data, and how it is looked at: the parts first, then what is made of them."""
    views = {**dict.fromkeys(data.parts), **dict.fromkeys(experiment.views)}
    by_name = {
        name: ViewRecipe(name) if name not in experiment.views else view_recipe(experiment, name) for name in views
    }
    return {name: view for name, view in by_name.items() if view.part in data.parts}


def is_open(view: ViewRecipe) -> bool:
    """Whether training may see the view."""
    return view.part in OPEN_PARTS


def steps_between_evaluations(experiment: Experiment, steps_in_epoch: int) -> int:
    """Steps from one look to the next."""
    every = experiment.training.evaluate_every
    return every.number * (steps_in_epoch if every.unit == "epochs" else 1)


def make_tracker(experiment: Experiment) -> BestModelTracker | None:
    """What to do with the watched value; ``best_test`` runs to its full length and is read from the sealed history."""
    training = experiment.training
    keep = training.select == "best_validation"
    patience = None if training.select == "best_test" else training.stop_patience
    if not keep and patience is None:
        return None
    key = monitored_metric(experiment)
    return BestModelTracker(key, smaller_is_better(experiment, key), keep, patience)


def open_views(
    experiment: Experiment, data: Data, history_views: Collection[str], watch: BestModelTracker | None
) -> tuple[str, ...]:
    """``validation`` where there is one; the other open views only where someone looks: ``train`` is a whole pass."""
    requested = {"validation", *history_views}
    available = [name for name, recipe in viewings(experiment, data).items() if is_open(recipe)]
    keys = [watch.key] if watch is not None else []
    if experiment.scheduler is not None and experiment.scheduler.watch:
        keys.append(experiment.scheduler.watch)
    for key in keys:
        view = key.partition("/")[0] if "/" in key else "validation"
        if view != "running" and view not in available:
            raise ValueError(f"training cannot watch {key!r}: it sees {', '.join(available)} and running only")
        requested.add(view)
    return tuple(name for name in available if name in requested)
