"""``repro check``: every problem of every spec, with its place. Executes nothing of the folder."""

from typing import TYPE_CHECKING, Annotated

import typer

from repro.cli.completion import rungs, study_paths

if TYPE_CHECKING:
    from repro.publish.assignments.standing import PartStanding
    from repro.spec.spec import Spec


def check(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH...", help="folders with a spec, or spec files", autocompletion=study_paths),
    ],
    rung: Annotated[
        str,
        typer.Option("--rung", help="check as this rung would run; full checks every rung", autocompletion=rungs),
    ] = "full",
) -> None:
    """Print every problem of a spec, with its line.

    Runs no code of the folder. Every experiment and every rung is resolved and checked.
    Exit code 1 when any spec has problems.

    Example: repro check papers/mnist1d
    """
    from pathlib import Path

    from repro.cli.homework import course_of
    from repro.models.weights.select import unmatched
    from repro.publish.assignments.completed_runs import completed_runs
    from repro.publish.assignments.standing import standing, unasked
    from repro.publish.content.bibliography import bibliography
    from repro.results.wording import several
    from repro.runs.make_plan import make_plan
    from repro.spec.filter_banks import known_bank_notes
    from repro.spec.load import load_spec
    from repro.spec.other_versions import version_notes
    from repro.spec.problem import SpecError
    from repro.study import Study

    bad = problem_count = 0
    for path in paths:
        try:
            spec = load_spec(Path(path), rung=rung)
            if unmatched(spec):
                raise SpecError(unmatched(spec))
            bibliography(spec)
            assignments = course_of(spec.folder).of_kind(spec.kind)
        except SpecError as error:
            bad += 1
            problem_count += len(error.problems)
            print(error)
            continue
        for note in _data_notes(spec):
            print(f"note: {note}")
        for note in version_notes(spec):
            print(f"note: {note}")
        plan = make_plan(spec)
        study = Study(spec).kept() if rung == "full" else Study(spec)
        done = completed_runs(study.plan, study.ledger())
        parts = [part for assignment in assignments for part in standing(assignment, spec, done)]
        notes = [note for part in parts for note in part.notes] + unasked(assignments, spec)
        notes += known_bank_notes(spec)
        for line in sorted(notes, key=lambda note: (note.place.line, note.place.column)):
            print(line)
        runs = several(len(plan.runs), "run")
        print(f"{path}: fine. {several(len(spec.experiments), 'experiment')}, {runs}; {_answered(parts)}")
    print(
        f"{len(paths)} checked, {bad} with problems" + (f": {several(problem_count, 'problem')} in all" if bad else "")
    )
    raise typer.Exit(1 if bad else 0)


def _data_notes(spec: "Spec") -> list[str]:
    """What is odd of the folders of recordings and pictures that the experiments use."""
    from repro.spec.own_folder import folder_notes, is_folder

    notes: dict[str, None] = {}
    for experiment in spec.experiments.values():
        if is_folder(experiment.dataset.name):
            columns = [label.column for label in experiment.labels.values()]
            notes |= dict.fromkeys(folder_notes(spec.folder, experiment.dataset, columns))
    return list(notes)


def _answered(parts: "list[PartStanding]") -> str:
    """How many questions of each assignment are answered: ``8a: 8 of 10 questions answered, 1 thin, 1 empty``."""
    from repro.publish.assignments.standing import State

    lines = []
    for name in dict.fromkeys(part.assignment.name for part in parts):
        own = [part for part in parts if part.assignment.name == name]
        total = sum(len(part.standings) for part in own)
        counts = {state: sum(part.count(state) for part in own) for state in State}
        lacking = [f"{counts[s]} {s}" for s in (State.THIN, State.EMPTY) if counts[s]]
        many = "every question answered" if not lacking else f"{counts[State.ANSWERED]} of {total} questions answered"
        lines.append(", ".join([f"{name}: {many}", *lacking]))
    return "; ".join(lines)
