"""What few test items and a single split leave open, and what the intervals of a study cover."""

from collections.abc import Sequence
from dataclasses import dataclass

from repro.publish.content.document_model import Number, Text, text
from repro.publish.content.report_context import ReportContext
from repro.publish.content.scope_label import scope_label
from repro.results.metric_info import UnknownMetric, metric_info
from repro.results.wilson import wilson
from repro.results.wording import fixed
from repro.runs.record import Record
from repro.spec.experiment import Experiment

WIDE = 2.0
"""Points: a test part is small where its items alone leave a score open by more, which is the widest default margin."""

FEW = 1000
"""Items below which a test part is small where the metric is no proportion of items."""


@dataclass(frozen=True)
class _Tested:
    """An experiment's score in percent (None where it is no proportion of items) on ``items`` test items."""

    experiment: Experiment
    items: int
    percent: float | None

    @property
    def half_width(self) -> float:
        """Half of the interval over items, in points; 0 without one."""
        if self.percent is None:
            return 0.0
        low, high = wilson(self.percent, self.items)
        return (high - low) / 2

    @property
    def is_small(self) -> bool:
        """Whether the number of items limits what the score says."""
        return self.items < FEW if self.percent is None else self.half_width > WIDE


def limits_of_data(subject: ReportContext) -> list[Text]:
    """A line for each size of a small test part, one on splits, one on what the intervals cover."""
    tested = [part for experiment in subject.run if (part := _tested(subject, experiment)) is not None]
    sentences = [
        _small(subject, [part for part in tested if part.items == items])
        for items in dict.fromkeys(part.items for part in tested if part.is_small)
    ]
    single = [experiment.title or experiment.name for experiment in subject.run if experiment.splits.folds is None]
    if single:
        only = scope_label(single, [experiment.title or experiment.name for experiment in subject.run])
        which = f" ({only})" if only else ""
        sentences.append(text(f"One split into parts{which}: what another split would change is not measured."))
    grouped = sorted(
        {part.experiment.splits.group for part in tested if part.is_small and part.experiment.splits.group}
    )
    if grouped:
        alike = f"Items of one {' or '.join(grouped)} are alike"
        sentences.append(text(f"{alike}, so intervals that take items as independent are too narrow."))
    if any(row.ci95 for row in subject.results.rows):
        sentences.append(
            text(
                "Intervals in tables and figures are over seeds: they cover what weights, order and chance in training "
                "change, and neither other test items nor another split nor other data."
            )
        )
    return sentences


def _tested(subject: ReportContext, experiment: Experiment) -> _Tested | None:
    record, row = subject.first(experiment.name), subject.row(experiment.name)
    if record is None or row is None or row.mean is None:
        return None
    mine = [other for other in subject.records if other.experiment == experiment.name and other.seed == record.seed]
    items = sum(map(_items, mine))
    if not items:
        return None
    try:
        kind = metric_info(experiment, row.metric, subject.spec.folder)
    except UnknownMetric:
        return _Tested(experiment, items, None)
    if not kind.binomial:
        return _Tested(experiment, items, None)
    percent = row.mean * (100 if row.unit == "fraction" else 1)
    return _Tested(experiment, items, min(100.0, max(0.0, percent)))


def _items(record: Record) -> int:
    """Test items behind a record of success: those of its fold."""
    return max((views["test"].n for views in record.metrics.values() if "test" in views), default=0)


def _small(subject: ReportContext, alike: Sequence[_Tested]) -> Text:
    """A line on experiments that share a number of test items, with the widest of their intervals."""
    widest = max(alike, key=lambda part: part.half_width)
    items, name = widest.items, widest.experiment.name
    only = scope_label(
        [part.experiment.title or part.experiment.name for part in alike],
        [experiment.title or experiment.name for experiment in subject.run],
    )
    begin = f"Only {items:,} test item{'s' * (items != 1)}{f' ({only})' if only else ''}"
    row = subject.row(name)
    if widest.percent is None or row is None:
        return text(f"{begin}: how much a score would change with other items of the kind is not in its interval.")
    low, high = wilson(widest.percent, items)
    score = Number(fixed(widest.percent, 1), subject.ids(name))
    other = f"stands for {fixed(low, 1)} to {fixed(high, 1)} % on other items of the kind"
    return text(f"{begin}: ", score, f" % ({subject.title(name)}) {other} (95 %, items taken as independent).")
