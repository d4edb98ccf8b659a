"""The dashboard of a study as code: a workspace of Weights & Biases, built from the spec alone.

``python -m repro.publish.tracking.dashboard`` uploads one; its arguments are the paths of a file in which
:func:`save` keeps a dashboard's order, and it prints where the workspace is to be seen.
"""

import json
import sys
import unicodedata
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from repro.disk.atomic_write import write_atomically
from repro.publish.tracking.run_snapshot import goal
from repro.runs.history_views import history_views
from repro.spec.spec import Spec


class NoDashboards(Exception):
    """The package that makes workspaces is not installed; the message says which."""


@dataclass(frozen=True)
class Curve:
    """One panel of curves: ``key`` over steps, the mean over an experiment's seeds, its range behind it."""

    key: str
    title: str


@dataclass(frozen=True)
class Dashboard:
    """What a workspace shows. ``metrics`` are test views that were reported or are measured, the main one first."""

    name: str
    table: str
    curves: tuple[Curve, ...]
    metrics: tuple[str, ...]
    reported: tuple[str, ...]
    figures: tuple[str, ...]


def dashboard(spec: Spec, *, table: str = "", figures: tuple[str, ...] = ()) -> Dashboard:
    """The dashboard of a study.

    Args:
        spec: the study.
        table: the result table in Markdown, with its headline, where there are results.
        figures: names of the figures that the summary run has.

    """
    run = [experiment for experiment in spec.experiments.values() if experiment.not_run is None]
    keys: dict[str, None] = {}
    for experiment in run:
        views = ["running"]
        if experiment.splits.validation not in (None, "none", 0):
            views.append("validation")
        views += [*history_views(spec, experiment), "test"]
        keys |= dict.fromkeys(f"{view}/{name}" for view in views for name in (experiment.main_metric, "loss"))
    metrics = dict.fromkeys(f"test/{experiment.main_metric}" for experiment in run)
    reported = dict.fromkeys(row.metric for row in spec.reported if row.number is not None and "/" in row.metric)
    better = {"max": "more is better", "min": "less is better", "none": ""}
    curves = tuple(Curve(key, f"{key} ({better[goal(run[0], key)]})".replace(" ()", "")) for key in keys)
    return Dashboard(
        name=f"{plain_name(spec.name)}, rung {spec.rung}",
        table=table,
        curves=curves,
        metrics=tuple(dict.fromkeys([*metrics, *reported])),
        reported=tuple(reported),
        figures=figures,
    )


def save(dashboard: Dashboard, entity: str, project: str, path: Path, within: Path) -> None:
    """Keep a dashboard as a file: our order of it, and the view as W&B takes it.

    Raises:
        NoDashboards: wandb-workspaces is not installed.
        OSError: it cannot be written, or a link leads out of the study's folder, ``within``.

    """
    view = workspace(dashboard, entity or "ENTITY", project)._to_model()
    content = {
        "dashboard": asdict(dashboard),
        "entity": entity,
        "project": project,
        "view": view.model_dump(mode="json", by_alias=True),
    }
    write_atomically(path, json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n", within=within)


def workspace(dashboard: Dashboard, entity: str, project: str) -> Any:
    """The workspace.

    Raises:
        NoDashboards: wandb-workspaces is not installed.

    """
    try:
        panels: Any = import_module("wandb_workspaces.reports.v2")  # neither package says all of its names to mypy
        workspaces: Any = import_module("wandb_workspaces.workspaces")
    except ModuleNotFoundError:
        raise NoDashboards("dashboards need wandb-workspaces: pip install 'repro-harness[dashboards]'") from None
    by = panels.Config("experiment")

    def lines(key: str, title: str) -> Any:
        return panels.LinePlot(
            title=title,
            x="step",
            y=[key],
            groupby=by,
            groupby_aggfunc="mean",
            groupby_rangefunc="minmax",
            title_x="step",
        )

    def bars(keys: tuple[str, ...], title: str) -> Any:
        summary = [panels.SummaryMetric(key) for key in keys]
        return panels.BarPlot(title=title, metrics=summary, orientation="h", groupby=by, groupby_aggfunc="mean")

    results = [panels.MarkdownPanel(dashboard.table)] if dashboard.table else []
    results += [bars((key, f"reported/{key}"), f"{key}: ours and the paper's") for key in dashboard.reported]
    results += [
        bars((key,), f"{key}, at the chosen weights") for key in dashboard.metrics if key not in dashboard.reported
    ]
    results.append(panels.WeavePanelSummaryTable(table_name="results"))
    if dashboard.figures:
        results.append(
            panels.MediaBrowser(title="Figures", media_keys=[f"figures/{name}" for name in dashboard.figures])
        )
    sections = [
        workspaces.Section("Results", panels=results, is_open=True),
        workspaces.Section(
            "Curves", panels=[lines(curve.key, curve.title) for curve in dashboard.curves], is_open=True
        ),
        workspaces.Section("Mistakes", panels=[panels.WeavePanelSummaryTable(table_name="worst_mistakes")]),
        workspaces.Section("Pace", panels=[lines("lr", "learning rate"), lines("ms_per_step", "milliseconds a step")]),
    ]
    return workspaces.Workspace(
        entity=entity,
        project=project,
        name=dashboard.name,
        sections=sections,
        settings=workspaces.WorkspaceSettings(x_axis="step", max_runs=100),
    )


def upload(path: Path) -> str:
    """Upload what :func:`save` kept, to the key's own entity where none was named; gives the workspace's address."""
    import wandb

    content = json.loads(path.read_text(encoding="utf-8"))
    fields = content["dashboard"]
    dashboard = Dashboard(
        **{**fields, "curves": tuple(Curve(**curve) for curve in fields["curves"])}
        | {name: tuple(fields[name]) for name in ("metrics", "reported", "figures")}
    )
    entity = content["entity"] or wandb.Api(timeout=20).default_entity
    if not entity:
        raise ValueError("the key has no entity of its own; name one with --entity")
    return str(workspace(dashboard, entity, content["project"]).save().url)


if __name__ == "__main__":
    try:
        sys.stdout.write(upload(Path(sys.argv[1])) + "\n")
    except Exception as error:  # noqa: BLE001 - whoever started this says it in a line
        sys.stdout.write("! " + " ".join(str(error).split())[:300] + "\n")
        sys.exit(1)


def plain_name(text: str) -> str:
    """A name that a workspace may have: signs, which W&B refuses there, are question marks.

    >>> plain_name("bells \N{BELL}")
    'bells ?'
    """
    return "".join("?" if unicodedata.category(letter) in ("So", "Sk", "Sm", "Sc", "Cs") else letter for letter in text)
