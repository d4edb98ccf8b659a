"""``repro determinism``: do the same bytes come out again?"""

from typing import TYPE_CHECKING, Annotated

import typer

from repro.cli.options import Only, Rung, RunOwnCode, Specs

if TYPE_CHECKING:
    from repro.runs.determinism.finding import Determinism


def determinism(
    paths: Specs,
    rung: Rung = "full",
    only: Only = "",
    steps: Annotated[
        int,
        typer.Option(
            "--steps", min=0, metavar="N", help="cut runs to N steps; 300 by default, never longer than the spec"
        ),
    ] = 0,
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=0, help="runs side by side; as many as cores and memory allow by default")
    ] = 0,
    run_own_code: RunOwnCode = False,
    json: Annotated[bool, typer.Option("--json", help="print machine-readable JSON, with every difference")] = False,
    save: Annotated[bool, typer.Option("--save", help="keep it as results/determinism.json, to commit")] = False,
) -> None:
    """Check whether training is bitwise reproducible.

    Trains the first seed of each experiment straight; again in another process; stopped at about the middle and gone on
    from its checkpoint; on the other training path; and on two threads. Compares weights, predictions, metrics and
    history bit by bit. An estimator is only fitted again. Records are neither read nor written.
    Code of the folder is not executed unless you say --run-own-code.
    Exit code 1 unless all but the two threads give the same bytes.

    Example: repro determinism papers/mnist1d --only cnn
    """
    import sys

    from repro.cli.any_terminal import print_json
    from repro.cli.request import read_request, refuse_own_code
    from repro.runs.determinism.file import place, to_json, write
    from repro.runs.determinism.find import find
    from repro.study import Study

    def say(line: str) -> None:
        print(f"{line} ...", file=sys.stderr, flush=True)

    request = read_request(paths, rung, only, "")
    studies = [Study(spec, only=request.only) for spec in request.load()]
    for study in studies:
        _ = study.plan  # a name that one of them does not have is refused before any of them trains
        if not run_own_code:
            refuse_own_code(study, "repro determinism")
    holds = True
    for study in studies:
        result = find(study.plan, say, steps=steps or None, jobs=jobs or None)
        holds &= result.holds
        stored = place(study.spec.folder, study.spec.rung, shipped=save)
        write(result, stored)
        if json:
            print_json(to_json(result))
        else:
            print_determinism(result)
            print(f"\nkept in {stored}")
    if not holds:
        raise typer.Exit(1)


def print_determinism(result: "Determinism") -> None:
    """Print the table and what it means."""
    from repro.cli.console import make_console
    from repro.cli.determinism_table import answered, cut_words, explained, table_of
    from repro.results.wording import several

    console = make_console()
    console.print(
        f"{result.spec}, {result.rung}: {several(len(result.findings), 'experiment')}, one seed each; "
        f"{cut_words(result)}\n"
    )
    console.print(table_of(result))
    console.print()
    for line in (*explained(result), "", answered(result)):
        console.print(line, markup=False)
