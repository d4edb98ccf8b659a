"""What a run looks at while it trains, and how often."""

from collections.abc import Collection

from repro.data.prepared import Data
from repro.spec.experiment import Experiment
from repro.training.watch import Watch, smaller_is_better, watched

OPEN_PARTS = ("train", "validation")
"""Parts that training may see. Everything else is sealed."""


def looks_every(experiment: Experiment, steps_in_epoch: int) -> int:
    """Steps from one look to the next."""
    every = experiment.training.evaluate_every
    return every.number * (steps_in_epoch if every.unit == "epochs" else 1)


def make_watch(experiment: Experiment) -> Watch | None:
    """What to do with the watched value; ``best_test`` runs to its full length and is read from the sealed history."""
    training = experiment.training
    keep = training.select == "best_validation"
    patience = None if training.select == "best_test" else training.stop_patience
    if not keep and patience is None:
        return None
    key = watched(experiment)
    return Watch(key, smaller_is_better(experiment, key), keep, patience)


def open_views(
    experiment: Experiment, data: Data, history_views: Collection[str], watch: Watch | None
) -> tuple[str, ...]:
    """``validation`` where there is one; ``train`` only where someone looks at it, for it is a whole pass."""
    asked = set(history_views)
    keys = [watch.key] if watch is not None else []
    if experiment.scheduler is not None and experiment.scheduler.watch:
        keys.append(experiment.scheduler.watch)
    for key in keys:
        view = key.partition("/")[0] if "/" in key else "validation"
        if view != "running" and view not in data.parts:
            raise ValueError(f"training cannot watch {key!r}: it sees {', '.join(data.parts)} and running only")
        asked.add(view)
    return tuple(name for name in OPEN_PARTS if name in data.parts and (name == "validation" or name in asked))
