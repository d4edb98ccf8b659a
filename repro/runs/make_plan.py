"""From a spec to its plan: which experiments with which seeds and folds, cheap ones first. Imports no torch."""

from collections.abc import Sequence

from repro.runs.cost import cost
from repro.runs.identity import identities, promise, terms
from repro.runs.plan import Plan, Run
from repro.spec.experiment import Experiment
from repro.spec.folds import chosen_folds
from repro.spec.problem import unknown
from repro.spec.random_estimators import is_random
from repro.spec.read_dataset import facts_of
from repro.spec.spec import Spec

MOST_RUNS = 100_000
"""Runs of one plan."""


class PlanError(ValueError):
    """A plan that cannot be made: a selection that names nothing, or more runs than anybody trains."""


def make_plan(spec: Spec, only: Sequence[str] = (), seeds: int | Sequence[int] | None = None) -> Plan:
    """All runs that a spec asks for at its rung, in the order in which they are started.

    Args:
        spec: the study.
        only: names of the experiments to run; empty for all of them.
        seeds: a number N for the first N of each experiment's seeds, or a list of seeds to use instead.

    An experiment without a random part (see :func:`is_constant`) is run once, with its first seed. Experiments that
    are not run (``not_run``) are left out, and so are those that a rung leaves out by ``only``.

    Raises:
        PlanError: ``only`` names no experiment of the spec, or one that is not run; a number of seeds below 1; more
            than :data:`MOST_RUNS` runs.

    """
    chosen = _chosen(spec, only)
    if isinstance(seeds, int) and seeds < 1:
        raise PlanError(f"{seeds} seeds; at least 1 is needed")
    runs: list[Run] = []
    for experiment in sorted(chosen, key=cost):
        listed = tuple(seeds) if seeds is not None and not isinstance(seeds, int) else experiment.seeds
        listed = listed[:seeds] if isinstance(seeds, int) else listed
        folds = chosen_folds(experiment.splits, facts_of(experiment.dataset, spec.folder))
        if len(runs) + len(listed) * len(folds) > MOST_RUNS:
            raise PlanError(
                f"{spec.path}: its experiments, seeds and folds make more than {MOST_RUNS:,} runs; take fewer seeds"
            )
        identity, promised = identities(experiment, spec.folder), promise(spec, experiment.name)
        for seed in listed[:1] if is_constant(experiment) else dict.fromkeys(listed):
            for fold in folds:  # a seed's folds one after the other, as only all of them make a number
                runs.append(Run(experiment, seed, fold, identity(seed, fold), promised))
    return Plan(spec, terms(spec), tuple(runs))


def is_constant(experiment: Experiment) -> bool:
    """Whether a run has no random part: an estimator no step of which draws, on one fixed split.

    Own code is taken to be random, as nobody knows.
    """
    if experiment.model is None or not experiment.model.is_estimator or experiment.splits.seed == "run":
        return False
    return not any(is_random(entry) for block in experiment.model.blocks for entry in block.estimator)


def _chosen(spec: Spec, only: Sequence[str]) -> list[Experiment]:
    for name in only:
        if name not in spec.experiments:
            raise PlanError(unknown("experiment", name, spec.experiments))
        reason = spec.experiments[name].not_run
        if reason is not None:
            raise PlanError(f"experiment {name!r} is not run: {reason}")
    rung = spec.rungs.get(spec.rung)
    named = tuple(only) or (rung.only if rung is not None else ())
    return [e for name, e in spec.experiments.items() if e.not_run is None and (not named or name in named)]
