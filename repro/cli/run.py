"""``repro run``: the main job, from a spec to a verdict."""

from typing import TYPE_CHECKING, Annotated

import typer

from repro.cli.options import Only, Rung, Seeds, Specs

if TYPE_CHECKING:
    from pathlib import Path

    from repro.results.results import Results
    from repro.study import Study


def run(
    paths: Specs,
    rung: Rung = "full",
    only: Only = "",
    seeds: Seeds = "",
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=0, help="runs side by side; as many as cores and memory allow by default")
    ] = 0,
    force: Annotated[bool, typer.Option("--force", help="train again what is done")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="no progress, only what failed and the table")] = False,
    save: Annotated[
        bool, typer.Option("--save", help="put records, tables and figures into results/, to commit")
    ] = False,
) -> None:
    """Train what is missing, then print the verdicts.

    What is done is never repeated; Ctrl-C loses nothing that is finished, and the same command goes on.
    Exit code 1 when a run failed.

    Example: repro run papers/mnist1d --rung smoke
    Example: repro run papers/mnist1d --only cnn --seeds 2 training.steps=1000
    """
    from repro.cli.request import read_request
    from repro.study import Study

    request = read_request(paths, rung, only, seeds)
    studies = [Study(spec, only=request.only, seeds=request.seeds) for spec in request.load()]
    for study in studies:
        _ = study.plan  # a name that one of them does not have is refused before any of them trains
    failed = False
    for study in studies:
        failed |= run_study(study, jobs=jobs or None, force=force, quiet=quiet, save=save)
    if failed:
        raise typer.Exit(1)


def run_study(study: "Study", *, jobs: int | None, force: bool, quiet: bool, save: bool) -> bool:
    """Run one study and print what came out; True when a run failed."""
    from repro.cli.printing import print_results
    from repro.cli.progress import make_display
    from repro.runs.events import Event, Failed, Interrupted

    display = make_display(quiet=quiet)
    stopped: list[Interrupted] = []
    failures: list[Failed] = []

    def listen(event: Event) -> None:
        if isinstance(event, Interrupted):
            stopped.append(event)
        elif isinstance(event, Failed):
            failures.append(event)
        display(event)

    try:
        results = study.run(jobs=jobs, force=force, on_event=listen)
    finally:
        display.close()
    if stopped:
        print("The same command goes on from here; repro table shows what is there so far.")
        raise typer.Exit(130)
    print()
    print_results(results, claims_first=True)
    say_where(study, results, save=save, quiet=quiet)
    return bool(failures) or any(row.failed_seeds for row in results.rows)


def say_where(study: "Study", results: "Results", *, save: bool, quiet: bool) -> None:
    """Write tables and figures, compare with what the folder ships, and say where everything is."""
    from repro.cli.shipped import is_shipped

    folder = study.spec.folder
    shipped = folder / "results"
    keeps = is_shipped(shipped) and not save
    if keeps:
        agreement = study.agreement(results)
        if agreement is not None:
            print(f"\n{agreement}")
            for difference in agreement.differing:
                print(f"  {difference}")
    if save:
        study.save()
    own = study.spec.rung == "full" and not study.spec.overrides and study.is_whole
    target = shipped if save or (own and not keeps) else folder / "runs" / study.spec.rung / "table"
    written = up_to_date(results, target) or study.write(results, target, source="runs")
    if not quiet:
        print(f"\nrecords  {folder / 'runs' / study.spec.rung}")
        print(f"tables   {listed(written, target, pictures=False)}")
        print(f"figures  {listed(written, target, pictures=True)}")


def up_to_date(results: "Results", folder: "Path") -> "list[Path]":
    """The tables and figures of these very results, where they lie in the folder already; else nothing."""
    from repro.results.table import to_json

    table = folder / "table.json"
    if not table.is_file() or table.read_text(encoding="utf-8") != to_json(results):
        return []
    return sorted(folder.glob("table.*")) + sorted((folder / "figures").glob("*.*"))


def listed(written: "list[Path]", folder: "Path", *, pictures: bool) -> str:
    """Where the written tables or pictures are, in a line."""
    names = [path.name for path in written if (path.suffix in (".svg", ".png")) == pictures]
    first = next((path.parent for path in written if path.name in names), folder)
    return f"{first}: {', '.join(name for name in names if not name.endswith('.svg'))}" if names else "none"
