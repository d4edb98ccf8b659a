"""``repro run``: the main job, from a spec to a verdict."""

import sys
from typing import TYPE_CHECKING, Annotated, TypedDict

import typer

from repro.cli.options import Only, Rung, Seeds, Specs
from repro.cli.slurm_options import ENGINES

if TYPE_CHECKING:
    from pathlib import Path

    from repro.results.results import Results
    from repro.runs.engine.slurm import SlurmEngine
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
    retry: Annotated[bool, typer.Option("--retry", help="train only what failed, also what diverged")] = False,
    steal: Annotated[
        bool, typer.Option("--steal", help="take runs from processes on other machines that are gone")
    ] = False,
    on: Annotated[
        str,
        typer.Option(
            "--on",
            metavar="local|slurm",
            help="who trains: this machine, or Slurm's nodes",
            autocompletion=lambda: ENGINES,
        ),
    ] = "local",
    partition: Annotated[str, typer.Option("--partition", help="on Slurm: the partition")] = "",
    account: Annotated[str, typer.Option("--account", help="on Slurm: the account")] = "",
    time: Annotated[
        str, typer.Option("--time", metavar="H:MM:SS", help="on Slurm: a job's time limit; runs go on in further jobs")
    ] = "",
    gpus: Annotated[int | None, typer.Option("--gpus", min=0, help="on Slurm: GPUs for each run")] = None,
    worker: Annotated[
        str,
        typer.Option("--worker", metavar="RUN_ID", help="train a single run and print no table (used by cluster jobs)"),
    ] = "",
    since: Annotated[float | None, typer.Option("--since", hidden=True)] = None,
    devices: Annotated[
        int, typer.Option("--devices", metavar="N", min=1, help="GPUs (on a CPU: processes) that train a run together")
    ] = 1,
    nodes: Annotated[
        int, typer.Option("--nodes", metavar="M", min=1, help="machines that do so, each with N devices; with --worker")
    ] = 1,
    keep_weights: Annotated[
        bool,
        typer.Option("--keep-weights", help="leave the final weights of what is trained beside its record"),
    ] = False,
    wandb: Annotated[
        str,
        typer.Option("--wandb", metavar="[online|offline|off]", help="show the runs in Weights & Biases as they go"),
    ] = "",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="no progress, only what failed and the table")] = False,
    save: Annotated[
        bool, typer.Option("--save", help="put records, tables and figures into results/, to commit")
    ] = False,
) -> None:
    """Train what is missing, then print the verdicts.

    What is done is never repeated. Ctrl-C saves what is in progress, and the same command goes on from there.
    Several of these commands may work on one folder; they share its runs.
    Exit code 1 when a run failed, 75 when another machine holds one.

    With --wandb the runs go to Weights & Biases while they train; without a key or a network they are written down and
    repro wandb sync sends them later. What is tracked may also stand in the spec, or in ~/.config/repro/tracking.yaml.

    With --on slurm each run is a job; partition, time and more may stand in ~/.config/repro/slurm.yaml.

    Example: repro run papers/mnist1d --rung smoke
    Example: repro run papers/mnist1d --only cnn --seeds 2 training.steps=1000
    """
    from repro.cli.refusal import CommandRefused
    from repro.cli.request import read_request
    from repro.cli.slurm_options import choose_engine, requested_site
    from repro.cli.tracking import check_choice
    from repro.study import Study

    check_choice(wandb)
    site = requested_site(on, partition=partition, account=account, time=time, gpus=gpus, jobs=jobs)
    request = read_request(paths, rung, only, seeds)
    studies = [Study(spec, only=request.only, seeds=request.seeds) for spec in request.load()]
    for study in studies:
        _ = study.plan  # a name that one of them does not have is refused before any of them trains
    if force and retry:
        raise CommandRefused(
            "repro run: --force trains everything again, --retry only what failed; give one of the two"
        )
    how: RunArguments = {
        "force": force,
        "retry": retry,
        "steal": steal,
        "devices": devices,
        "nodes": nodes,
        "keep_weights": keep_weights,
    }
    if nodes > 1 and not worker:
        raise CommandRefused(
            "repro run: --nodes takes processes on every machine; start them with srun or torchrun, --worker"
        )
    if worker:
        raise typer.Exit(run_one(studies, worker, how, since))
    failed = False
    for study in studies:
        engine = choose_engine(study, site)
        failed |= run_study(study, jobs=jobs or None, how=how, quiet=quiet, save=save, engine=engine, wandb=wandb)
    if failed:
        raise typer.Exit(1)


class RunArguments(TypedDict):
    """What ``Study.run`` and ``Study.train`` are told beside jobs and events."""

    force: bool
    retry: bool
    steal: bool
    devices: int
    nodes: int
    keep_weights: bool


def run_one(studies: "list[Study]", run_id: str, how: RunArguments, since: float | None = None) -> int:
    """Train one run of one of the studies, as a job of a cluster does; gives the exit code.

    Where torchrun or srun has started several of these commands, the first does what a lone one does, and the others
    train with it and say nothing.
    """
    from repro.cli.progress import make_display
    from repro.cli.refusal import CommandRefused
    from repro.runs.engine.world import world
    from repro.runs.events import Event, Interrupted
    from repro.spec.problem import unknown

    runs = [single for study in studies if (single := study.only_run(run_id)) is not None]
    if not runs:
        raise CommandRefused(f"--worker: {unknown('run', run_id, [run.id for s in studies for run in s.plan.runs])}")
    machine = world()
    if machine is not None and machine.rank > 0:
        from repro.runs.engine.follow import follow

        return follow(runs[0].plan, machine, force=how["force"], devices=how["devices"], nodes=how["nodes"])
    display, stopped = make_display(quiet=False), []

    def listen(event: Event) -> None:
        if isinstance(event, Interrupted):
            stopped.append(128 + event.signal)
        display(event)

    try:
        records = runs[0].train(jobs=1, on_event=listen, engine=None, since=since, **how)
    finally:
        display.close()
    return stopped[0] if stopped else int(any(record.state == "failed" for record in records))


def run_study(
    study: "Study",
    *,
    jobs: int | None,
    how: RunArguments,
    quiet: bool,
    save: bool,
    engine: "SlurmEngine | None" = None,
    wandb: str = "",
) -> bool:
    """Run one study and print what came out; True when a run failed."""
    from repro.cli.printing import print_results
    from repro.cli.progress import make_display
    from repro.cli.slurm_options import come_back
    from repro.cli.tracking import finish, tracking
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

    with tracking(study, wandb) as tracker:
        try:
            results = study.run(jobs=jobs, on_event=listen, engine=engine, **how)
        finally:
            display.close()
        if stopped:
            if engine is not None and engine.arrays:
                print(come_back(engine.arrays))
                raise typer.Exit(128 + stopped[0].signal)
            print("The same command goes on from here; repro status shows how far it is, repro table what there is.")
            raise typer.Exit(128 + stopped[0].signal)
        print()
        print_results(results, claims_first=True)
        say_where(study, results, save=save, quiet=quiet)
        if tracker is not None:
            finish(tracker, study, quiet=quiet)
    return bool(failures) or any(row.failed_seeds for row in results.rows)


def say_where(study: "Study", results: "Results", *, save: bool, quiet: bool) -> None:
    """Write tables and figures, compare with what the folder ships, and say where everything is."""
    from repro.cli.shipped import is_shipped
    from repro.cli.table import not_saved

    folder = study.spec.folder
    shipped = folder / "results"
    keeps = is_shipped(shipped) and not save
    if keeps:
        agreement = study.agreement(results)
        if agreement is not None:
            print(f"\n{agreement}")
            for difference in agreement.differing:
                print(f"  {difference}")
    going = study.lost(results) if save else ()
    if save and not going:
        study.save()
    own = study.spec.rung == "full" and not study.spec.overrides and study.is_whole
    to_results = not going if save else own and not keeps and not study.lost(results)
    target = shipped if to_results else folder / "runs" / study.spec.rung / "table"
    written = up_to_date(results, target) or study.write(results, target, source="runs")
    if not quiet:
        print(f"\nrecords  {folder / 'runs' / study.spec.rung}")
        print(f"tables   {listed(written, target, pictures=False)}")
        print(f"figures  {listed(written, target, pictures=True)}")
    for sentence in study.undrawn(results, written, source="runs"):
        print(f"! {sentence}")
    for sentence in study.still_rising(source="runs"):
        print(f"hint: {sentence}")
    if going:
        print(not_saved(study.spec.name, going), file=sys.stderr)
        raise typer.Exit(1)


def up_to_date(results: "Results", folder: "Path") -> "list[Path]":
    """The tables and figures of these very results, where they lie in the folder already; else nothing."""
    from repro.disk.untrusted_files import is_file_inside, text_inside
    from repro.results.shipped_rung import MAX_BYTES
    from repro.results.table import to_json

    table = folder / "table.json"
    if not is_file_inside(table, folder) or text_inside(table, folder, MAX_BYTES) != to_json(results):
        return []
    return sorted(folder.glob("table.*")) + sorted((folder / "figures").glob("*.*"))


def listed(written: "list[Path]", folder: "Path", *, pictures: bool) -> str:
    """Where the written tables or pictures are, in a line."""
    names = [path.name for path in written if (path.suffix in (".svg", ".png")) == pictures]
    first = next((path.parent for path in written if path.name in names), folder)
    return f"{first}: {', '.join(name for name in names if not name.endswith('.svg'))}" if names else "none"
