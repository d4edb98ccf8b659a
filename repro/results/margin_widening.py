"""What widens a margin or narrows the items that a number is taken on: said in the row, the headline and the grade."""

from collections.abc import Sequence

from repro.results.margin import Margin
from repro.results.metric_info import MetricInfo
from repro.results.runs_by_experiment import Runs
from repro.results.values import items_behind
from repro.results.wording import grouped, short
from repro.runs.record import Record
from repro.spec.experiment import Experiment
from repro.spec.read_dataset import facts_of
from repro.spec.spec import Reported

READING_ERROR = "with a reading error above the margin"
PART = "on part of the items"
TRAINING = "on training items"
OTHER_DATA = "on other data"
OWN_METRIC = "by an own metric"


def widening(
    experiment: Experiment, metric: MetricInfo, runs: Runs, reported: Reported, bound: Margin
) -> tuple[str, ...]:
    """Each in one text, a word for its kind first."""
    texts = list(reading_error_text(reported, bound.value))
    if metric.own:
        entry = experiment.metrics[metric.name]
        texts.append(f"{OWN_METRIC}: {entry.name}")
    return (*texts, *of_view(experiment, metric, runs.records))


def reading_error_text(reported: Reported, margin: float) -> tuple[str, ...]:
    """What is said of a reading error above the margin; nothing of a smaller one."""
    error = reported.reading_error
    if error is None or error <= margin * (1 + 1e-9):
        return ()
    return (f"{READING_ERROR}: {grouped(error)} against {short(margin)}",)


def of_view(experiment: Experiment, metric: MetricInfo, records: Sequence[Record]) -> tuple[str, ...]:
    """What a view of one's own looks at, with its items and their share, where these are not all of the test items."""
    view = experiment.views.get(metric.view)
    if view is None:
        return ()
    texts = []
    if view.of == "train":
        texts.append(f"{TRAINING}: view {view.name} is of train")
    counts = [n for record in records if (n := items_behind(record, metric)) is not None]
    few = f"{grouped(min(counts, default=0))}{f' to {grouped(max(counts))}' if len(set(counts)) > 1 else ''}"
    if view.dataset is not None:
        known = f", {few} items" if counts else ""
        texts.append(f"{OTHER_DATA}: view {view.name} looks at {view.dataset.name}{known}; not held against train")
    totals = [n for record in records if (n := _items_of(record, view.of)) is not None]
    if view.dataset is None and view.mean_over is None and counts and totals and max(counts) < max(totals):
        share = 100 * sum(counts) / sum(totals)
        of = f"{few} of {grouped(max(totals))} {view.of} items"
        texts.append(f"{PART}: view {view.name} takes {of} ({short(share)} %)")
    return tuple(texts)


def on_its_own_data(experiment: Experiment, view: str) -> tuple[str, ...]:
    """Why a view's number is no result: its data set is the one trained on, with training items among what it takes."""
    own_view = experiment.views.get(view)
    if own_view is None or own_view.dataset is None or own_view.of == "train":
        return ()
    if (own_view.dataset.name, own_view.dataset.args) != (experiment.dataset.name, experiment.dataset.args):
        return ()
    facts = facts_of(experiment.dataset)
    has_parts = facts is not None and bool(facts.parts)
    if has_parts and experiment.splits.source == "official" and own_view.of == "test":
        return ()  # its official part of that name, from which nothing is trained
    return (f"view {view} looks at the data set that was trained on, training items among it",)


def _items_of(record: Record, part: str) -> int | None:
    return next((views[part].n for views in record.metrics.values() if part in views), None)
