"""``repro table``: the table again, from records."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from repro.cli.options import Only, Rung, Seeds, Specs

if TYPE_CHECKING:
    from repro.runs.status import Stale
    from repro.study import Study


def table(
    paths: Specs,
    rung: Rung = "",
    only: Only = "",
    seeds: Seeds = "",
    json: Annotated[bool, typer.Option("--json", help="print machine-readable JSON")] = False,
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

    No training, no checkpoints. Exit code 1 when records are damaged, or those
    in results/ are not of the spec and the data as they stand; nothing is saved
    then, nor where results/ would lose runs that have no record now.

    Example: repro table papers/mnist1d --markdown
    """
    from repro.cli.printing import Form, print_results
    from repro.cli.refusal import CommandRefused
    from repro.cli.request import read_request
    from repro.runs.ledger import Source

    forms: dict[Form, bool] = {"json": json, "csv": csv, "markdown": markdown, "latex": latex}
    formats = [form for form, on in forms.items() if on]
    if len(formats) > 1:
        raise CommandRefused(f"repro table: --{formats[0]} or --{formats[1]}, not both")
    sources: dict[str, Source | None] = {"": None, "runs": "runs", "results": "results"}
    if source not in sources:
        raise CommandRefused(f"--from: {source!r} is neither runs nor results")
    chosen = sources[source]
    request = read_request(paths, rung, only, seeds)
    failed = False
    for study in request.load_kept(chosen):
        results, ledger = study.results(source=chosen), study.ledger(chosen)
        has_records = bool(ledger.of(study.plan))
        print_results(results, form=formats[0] if formats else "terminal")
        if not formats:
            rung_note = (
                "" if rung or study.spec.rung == "full" else f" at rung {study.spec.rung}, the one that they are of"
            )
            print(f"\nfrom the records in {ledger.root}{rung_note}" if has_records else f"\n{_NO_RECORDS}")
            for sentence in study.still_rising(chosen):
                print(f"hint: {sentence}")
        for line in study.look():
            print(f"{study.spec.name}: {line}", file=sys.stderr if formats else sys.stdout)
        outdated, damaged = study.outdated(chosen), study.damaged(chosen)
        going = study.lost(results) if save else ()
        if damaged:
            failed = True
            saved_note = "; nothing was saved" if save else ""
            first = f"{damaged[0].path}: {damaged[0].why}"
            which = "1 record is" if len(damaged) == 1 else f"{len(damaged)} records are"
            print(f"{study.spec.name}: {which} damaged{saved_note}: {first}", file=sys.stderr)
        if outdated and (save or ledger.source == "results"):
            failed = True
            print(_said(study, outdated, save=save), file=sys.stderr)
        elif going and save:
            failed = True
            print(not_saved(study.spec.name, going), file=sys.stderr)
        elif save and not damaged and not has_records:
            failed = True
            print(f"{study.spec.name}: nothing was saved: {_NO_RECORDS}", file=sys.stderr)
        elif save and not damaged:
            if ledger.source == "runs":
                study.save()  # what results/ says is made from the records there
            written = study.write(results, study.spec.folder / "results", source=chosen)
            for path in written:
                print(path)
            for sentence in study.undrawn(results, written, source=chosen):
                print(f"! {sentence}")
    if failed:
        raise typer.Exit(1)


_NO_RECORDS = "no run of it is done yet; repro run trains them"


def _said(study: "Study", outdated: "Sequence[Stale]", *, save: bool) -> str:
    """What a person should know of records that are of an earlier spec or of other data, and what to do."""
    first = outdated[0]
    which = "1 record is" if len(outdated) == 1 else f"{len(outdated)} records are"
    saved_note = "; nothing was saved" if save else ""
    place = "results/records" if "results" in first.path.parts[-3:] else "runs"
    return (
        f"{study.spec.name}: of {place} {which} not of the spec as it stands{saved_note}: {first.path.name}: "
        f"{first.why}. repro run --save trains what is missing and puts it there"
    )


def not_saved(name: str, going: "Sequence[str]") -> str:
    """Why a table does not take the place of the one in ``results/``, and what to do."""
    more = f" (and {len(going) - 1} more)" if len(going) > 1 else ""
    return (
        f"{name}: nothing was saved: results/ would lose {going[0]}{more}. repro run --save trains what is missing and "
        "puts it there; to do without, move results/ away first"
    )
