"""A row before anything is known of it, and the notes that every row of an experiment carries."""

from repro.results.gathered import Runs
from repro.results.row import Row
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
    )


def partial_reasons(spec: Spec, name: str) -> tuple[str, ...]:
    """Why an experiment's runs are less than the paper's recipe; empty where they are all of it."""
    reasons = spec.partial.get(name, ())
    return reasons if reasons or spec.rung == "full" else (f"rung {spec.rung}",)


def row_notes(spec: Spec, name: str, runs: Runs) -> tuple[str, ...]:
    """Notes that any row of an experiment carries, whatever its verdict."""
    notes = []
    if spec.differs.get(name):
        notes.append(f"recipe differs: {', '.join(spec.differs[name])}")
    if runs.missing and runs.done:
        notes.append(f"{len(runs.done)} of {several(len(runs.planned), 'run')} done")
    return tuple(notes)
