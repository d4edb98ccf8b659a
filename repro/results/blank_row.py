"""A row before anything is known of it, and the notes that every row of an experiment carries."""

from repro.results.folds import names_of
from repro.results.metric_info import meaning
from repro.results.row import Row
from repro.results.runs_by_experiment import Runs
from repro.results.wording import several
from repro.spec.spec import Reported, Spec


def blank_row(spec: Spec, name: str, metric: str, unit: str, sentence: str, *, reported: Reported | None = None) -> Row:
    """The row of an experiment without any run of ours."""
    experiment = spec.experiments[name]
    return Row(
        experiment=name,
        title=experiment.title or name,
        metric=metric,
        unit=unit,
        reported=reported,
        values=(),
        seeds=(),
        failed_seeds=(),
        mean=None,
        sd=None,
        ci95=None,
        difference=None,
        ci90_difference=None,
        pi95=None,
        margin=None,
        margin_rule="",
        verdict=None,
        verdict_default=None,
        verdict_half_margin=None,
        verdict_twice_margin=None,
        sentence=sentence,
        is_baseline=name == spec.baseline,
        not_run=experiment.not_run,
        measures=meaning(experiment, metric),
    )


def partial_reasons(spec: Spec, name: str) -> tuple[str, ...]:
    """Why an experiment's runs are less than the paper's recipe; empty where they are all of it.

    A rung below full makes less of what it changes and of nothing else, and one of the paper's own data makes it whole.
    """
    reasons = spec.partial.get(name, ())
    return reasons + _some_folds(spec, name, reasons)


def row_notes(spec: Spec, name: str, runs: Runs) -> tuple[str, ...]:
    """Notes that any row of an experiment carries, whatever its verdict."""
    notes = []
    if spec.differs.get(name):
        notes.append(f"recipe differs: {', '.join(spec.differs[name])}")
    if runs.folds:
        notes += _folds_notes(runs)
    elif runs.missing and runs.done:
        notes.append(f"{len(runs.done)} of {several(len(runs.planned), 'run')} done")
    return tuple(notes)


def not_yet(runs: Runs) -> str:
    """What stands for a verdict as long as no run has finished."""
    return "no seed has all its folds yet" if runs.lacking else "not run yet"


def _folds_notes(runs: Runs) -> list[str]:
    notes = []
    if runs.missing and (runs.done or runs.lacking):
        notes.append(f"{len(runs.done)} of {several(len(runs.planned), 'seed')} done over {_all_folds(runs)}")
    notes += [f"{_of(folds)} of seed {seed} missing" for seed, folds in sorted(runs.lacking.items())]
    for seed, records in sorted(runs.failed.items()):
        folds = tuple(sorted(r.fold for r in records if r.fold is not None))
        if folds:
            notes.append(f"{_of(folds)} of seed {seed} failed")
    return notes


def _all_folds(runs: Runs) -> str:
    return f"all {len(runs.folds)} folds" if len(runs.folds) > 1 else f"fold {runs.folds[0]}"


def _of(folds: tuple[int, ...]) -> str:
    return f"fold{'s' * (len(folds) > 1)} {', '.join(map(str, folds))}"


def _some_folds(spec: Spec, name: str, reasons: tuple[str, ...]) -> tuple[str, ...]:
    """Why an experiment is less than it should be where it runs only some of its folds, unless that is said."""
    experiment = spec.experiments[name]
    only = experiment.splits.only
    if not only or any("splits" in reason for reason in reasons):
        return ()
    count = len(names_of(spec, experiment))
    return () if len(set(only)) == count else (f"{_of(tuple(sorted(set(only))))} of {count or '?'} only",)
