"""Learning curves of a study while it trains: of records where runs are over, of journals where they are not."""

from collections.abc import Mapping, Sequence
from math import isfinite

from repro.publish.serve.folder_progress import CurvePanel, CurveShown
from repro.results.metric_info import UnknownMetric, metric_info
from repro.runs.journal import read_journal
from repro.runs.ledger import Ledger
from repro.runs.status import Status
from repro.spec.experiment import Experiment
from repro.spec.spec import Spec

MOST_POINTS = 240
"""Points of one curve; of a longer one every second, third ... is shown, and always the last."""

Course = tuple[tuple[int, Mapping[str, float]], ...]


def read_curves(spec: Spec, study_status: Status) -> tuple[CurvePanel, ...]:
    """A panel for each experiment that has curves, on the first of its open metrics that any run has.

    Open are all views but those of test items: these are looked at when a run is over, in the table.
    """
    ledger = Ledger(spec.folder, "runs")
    courses: dict[str, list[tuple[str, bool, Course]]] = {}
    for run_status in study_status.runs:
        record = ledger.find(run_status.run.identity) if run_status.state in ("done", "failed") else None
        if record is not None and record.history:
            course: Course = tuple((point.step, point.values) for point in record.history)
        else:
            moments = read_journal(ledger.journal_path(run_status.run, spec.rung), spec.folder)
            course = tuple((moment.step, moment.values) for moment in moments)
        if course:
            grows = run_status.state in ("running", "stopped")
            courses.setdefault(run_status.run.experiment.name, []).append((run_status.run.title, grows, course))
    panels = (_panel(spec, spec.experiments[name], runs) for name, runs in courses.items())
    return tuple(panel for panel in panels if panel is not None)


def _panel(spec: Spec, experiment: Experiment, runs: Sequence[tuple[str, bool, Course]]) -> CurvePanel | None:
    available = {key for _, _, course in runs for _, values in course for key in values}
    main = experiment.main_metric
    preferred = (
        f"validation/{main}",
        "validation/loss",
        f"running/{main}",
        f"train/{main}",
        "running/loss",
        "train/loss",
    )
    key = next((candidate for candidate in preferred if candidate in available), None)
    if key is None:
        return None
    try:
        unit = metric_info(experiment, key, spec.folder).natural_unit
    except UnknownMetric:
        unit = ""
    curves = tuple(CurveShown(title, grows, points) for title, grows, c in runs if (points := _points(c, key)))
    return CurvePanel(experiment.title or experiment.name, key, unit, curves) if curves else None


def _points(course: Course, key: str) -> tuple[tuple[int, float], ...]:
    points = [(step, values[key]) for step, values in course if key in values and isfinite(values[key])]
    every = -(-len(points) // MOST_POINTS)
    thinned = points[::every] if points else []
    return tuple(thinned) if not points or thinned[-1] == points[-1] else (*thinned, points[-1])
