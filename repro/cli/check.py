"""``repro check``: every problem of every spec, with its place. Executes nothing of the folder."""

from typing import Annotated

import typer


def check(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="folders with a spec, or spec files")],
    rung: Annotated[str, typer.Option("--rung", help="check as this rung would run; full checks every rung")] = "full",
) -> None:
    """Print every problem of a spec, with its line.

    Runs no code of the folder. Every experiment and every rung is resolved and checked.
    Exit code 1 when any spec has problems.

    Example: repro check papers/mnist1d
    """
    from pathlib import Path

    from repro.models.weights.select import unmatched
    from repro.results.wording import several
    from repro.runs.make_plan import make_plan
    from repro.spec.index import index
    from repro.spec.load import load_spec
    from repro.spec.open_answers import open_answers
    from repro.spec.problem import SpecError

    bad = 0
    for note in index().version_notes():
        print(f"note: {note}")
    for path in paths:
        try:
            spec = load_spec(Path(path), rung=rung)
            if unmatched(spec):
                raise SpecError(unmatched(spec))
        except SpecError as error:
            bad += 1
            print(error)
            continue
        waiting = open_answers(spec)
        for line in waiting:
            print(line)
        runs = len(make_plan(spec).runs)
        asked = f", {len(waiting)} still to be answered" if waiting else ""
        print(f"{path}: fine. {several(len(spec.experiments), 'experiment')}, {several(runs, 'run')}{asked}")
    print(f"{len(paths)} checked, {bad} with problems")
    raise typer.Exit(1 if bad else 0)
