"""``repro wandb sync``: send what Weights & Biases does not have yet, and see that all of it arrived."""

from typing import TYPE_CHECKING

import typer

from repro.cli.options import Entity, Only, Project, Rung, Seeds, Specs

if TYPE_CHECKING:
    from repro.study import Study

wandb = typer.Typer(help="Weights & Biases: send what is pending.", no_args_is_help=True, rich_markup_mode=None)


@wandb.callback()
def _group() -> None:
    """Keep ``sync`` a word of its own though it is the only one."""


@wandb.command()
def sync(
    paths: Specs,
    rung: Rung = "",
    only: Only = "",
    seeds: Seeds = "",
    project: Project = "",
    entity: Entity = "",
) -> None:
    """Send finished runs to Weights & Biases, and ask the server whether it has all of them.

    It needs no earlier --wandb: everything is made from the records. What is there already is not sent again, and a
    run that was cut off goes on where it stopped. Nothing is trained, and code of the folder is not executed.
    Exit code 1 when something is still pending.

    Example: repro wandb sync papers/mnist1d
    """
    from repro.cli.request import read_request

    pending = False
    for study in read_request(paths, rung, only, seeds).load_kept(None):
        pending |= sync_study(study, project, entity)
    if pending:
        raise typer.Exit(1)


def sync_study(study: "Study", project: str, entity: str) -> bool:
    """Send one study's runs; True where something is pending."""
    from dataclasses import replace

    from repro.cli.refusal import CommandRefused
    from repro.cli.tracking import finish_showing, pending_line
    from repro.publish.tracking.job import tracking_job
    from repro.publish.tracking.process import PublisherProcess
    from repro.publish.tracking.tracking_options import TrackingOptions, load_settings, requested_tracking

    records = study.ledger().of(study.plan)
    if not records:
        raise CommandRefused(
            f"{study.spec.folder}: there are no records at rung {study.spec.rung}; repro run makes them"
        )
    chosen = requested_tracking(study.spec, load_settings(), "online").wandb
    assert chosen is not None
    chosen = replace(chosen, project=project or chosen.project, entity=entity or chosen.entity)
    process = PublisherProcess(tracking_job(study, TrackingOptions(chosen), follows=False, may_run_own_code=False))

    lines: list[str] = []
    try:
        last = finish_showing(process, lines.append)
    finally:
        if not process.is_ended:
            process.end()
    for line in dict.fromkeys(lines):
        print(line)
    pending = pending_line(last, study, lines)
    print(pending or f"arrived  all {last.total} W&B runs of {study.spec.name}: rows, numbers, tables and artifacts")
    return bool(pending)
