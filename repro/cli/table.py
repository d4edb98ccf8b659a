"""``repro table``: the table again, from records."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from repro.cli.options import Only, Rung, Seeds, Specs

if TYPE_CHECKING:
    from repro.runs.status import Stale


def table(
    paths: Specs,
    rung: Rung = "",
    only: Only = "",
    seeds: Seeds = "",
    json: Annotated[bool, typer.Option("--json", help="as JSON, with everything a program wants")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="as CSV")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="as Markdown")] = False,
    latex: Annotated[bool, typer.Option("--latex", help="as LaTeX")] = False,
    source: Annotated[
        str, typer.Option("--from", metavar="runs|results", help="which records; runs/ where there are any by default")
    ] = "",
    save: Annotated[
        bool, typer.Option("--save", help="put tables and figures into results/, with the records of runs/")
    ] = False,
) -> None:
    """Print the table again, from records alone.

    No training, no checkpoints, no data. Exit code 1 when records in results/
    are not of the spec as it stands; nothing is saved then.

    Example: repro table papers/mnist1d --markdown
    """
    from repro.cli.printing import Form, print_results
    from repro.cli.refusal import Refused
    from repro.cli.request import read_request
    from repro.runs.ledger import Source

    asked: dict[Form, bool] = {"json": json, "csv": csv, "markdown": markdown, "latex": latex}
    formats = [form for form, on in asked.items() if on]
    if len(formats) > 1:
        raise Refused(f"repro table: --{formats[0]} or --{formats[1]}, not both")
    sources: dict[str, Source | None] = {"": None, "runs": "runs", "results": "results"}
    if source not in sources:
        raise Refused(f"--from: {source!r} is neither runs nor results")
    chosen = sources[source]
    request = read_request(paths, rung, only, seeds)
    failed = False
    for study in request.load_kept(chosen):
        results = study.results(source=chosen)
        print_results(results, form=formats[0] if formats else "terminal")
        if not formats:
            said = "" if rung or study.spec.rung == "full" else f" at rung {study.spec.rung}, the one that they are of"
            print(f"\nfrom the records in {study.ledger(chosen).root}{said}")
        outdated = study.outdated(chosen)
        if outdated:
            failed = True
            print(_said(study.spec.name, outdated, save=save), file=sys.stderr)
        elif save:
            if study.ledger(chosen).source == "runs":
                study.save()  # what results/ says is made from the records there
            for path in study.write(results, study.spec.folder / "results", source=chosen):
                print(path)
    if failed:
        raise typer.Exit(1)


def _said(name: str, outdated: "Sequence[Stale]", *, save: bool) -> str:
    """What a person should know of shipped records that are of an earlier spec, and what to do."""
    first = outdated[0]
    which = "1 record is" if len(outdated) == 1 else f"{len(outdated)} records are"
    kept = "; nothing was saved" if save else ""
    return (
        f"{name}: of results/records {which} not of the spec as it stands{kept}: {first.path.name}: {first.why}. "
        "repro run --save trains what is missing and puts it there"
    )
