"""``repro dashboard``: the workspace in Weights & Biases that shows a study."""

from typing import TYPE_CHECKING, Annotated

import typer

from repro.cli.options import Entity, Only, Project, Rung, Seeds, Specs

if TYPE_CHECKING:
    from pathlib import Path

    from repro.study import Study

UPLOAD_SECONDS = 90.0


def dashboard(
    paths: Specs,
    rung: Rung = "",
    only: Only = "",
    seeds: Seeds = "",
    project: Project = "",
    entity: Entity = "",
    offline: Annotated[bool, typer.Option("--offline", help="only write the file, upload nothing")] = False,
) -> None:
    """Build the workspace of a study: verdicts, reported against reproduced, curves by experiment, mistakes.

    It is made from the spec and the records, kept as runs/tracking/dashboard.json, and uploaded where there is a key
    and a network; without them the file is all, and the same command uploads later. Needs the extra [dashboards].

    Example: repro dashboard papers/mnist1d
    """
    from repro.cli.request import read_request

    failed = False
    for study in read_request(paths, rung, only, seeds).load_kept(None):
        failed |= not build(study, project, entity, offline=offline)
    if failed:
        raise typer.Exit(1)


def build(study: "Study", project: str, entity: str, *, offline: bool) -> bool:
    """Write one study's dashboard, and upload it; True unless it was to be uploaded and could not be."""
    from repro.publish.tracking.dashboard import dashboard as of_study
    from repro.publish.tracking.dashboard import save
    from repro.publish.tracking.tracking_options import WandbOptions, load_settings, requested_tracking
    from repro.results.table import to_markdown
    from repro.runs.ledger import TRACKING

    chosen = requested_tracking(study.spec, load_settings(), "online").wandb or WandbOptions(study.spec.name)
    project, entity = project or chosen.project, entity or chosen.entity
    results = study.results() if study.ledger().of(study.plan) else None
    workspace = of_study(
        study.spec,
        table="" if results is None else to_markdown(results),
        figures=() if results is None else figures_of(study),
    )
    path = study.spec.folder / "runs" / TRACKING / "dashboard.json"
    save(workspace, entity, project, path, study.spec.folder)
    print(f"{study.spec.name}: written: {path}")
    if offline:
        return True
    url, why = upload(path)
    print(f"{study.spec.name}: {url or f'not uploaded ({why}); the same command uploads it later'}")
    return bool(url)


def figures_of(study: "Study") -> tuple[str, ...]:
    """Names of the figures that the study's summary has in W&B."""
    from repro.publish.content.report_context import ReportContext

    return tuple(ReportContext(study.spec, study.plan, study.ledger()).figures)


def upload(path: "Path") -> tuple[str, str]:
    """Upload a dashboard in a process of its own, which is ended when it takes too long; its address, else why not."""
    import subprocess
    import sys
    import tempfile
    from pathlib import Path

    from repro.publish.tracking.neutral_environment import environment

    command = [sys.executable, "-P", "-m", "repro.publish.tracking.dashboard", str(path.absolute())]
    try:
        with tempfile.TemporaryDirectory(prefix="repro-tracking-", ignore_cleanup_errors=True) as scratch:
            done = subprocess.run(
                command,
                env={**environment(Path(scratch)), "WANDB_SILENT": "true"},
                cwd=scratch,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                timeout=UPLOAD_SECONDS,
                check=False,
            )
    except subprocess.TimeoutExpired:
        return "", f"no answer in {UPLOAD_SECONDS:g} s"
    message = (done.stdout.strip().splitlines() or ["it ended without a word"])[-1]
    return (message, "") if done.returncode == 0 else ("", message.removeprefix("! "))
