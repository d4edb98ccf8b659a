"""Like against like: our values read the way the paper picked its number."""

from dataclasses import dataclass

from repro.results.metric_info import MetricInfo
from repro.results.runs_by_experiment import Read, Runs, end_reader
from repro.results.values import at_end, best_on_test
from repro.runs.record import Record
from repro.spec.spec import Reported


@dataclass(frozen=True)
class SelectedValues:
    """Our values by seed in the printed unit: as the paper picked (``values``), and at the selected end (``clean``).

    ``biased`` when the paper's way of picking flatters: chosen on test, or the best of several runs. ``read`` takes
    one of ``values`` out of a record.
    """

    values: dict[int, float]
    clean: dict[int, float]
    biased: bool
    read: Read
    notes: tuple[str, ...] = ()


def select_values(reported: Reported, runs: Runs, metric: MetricInfo) -> SelectedValues:
    """The best evaluation on test where the paper chose on test, else the selected end.

    Where it chose on test and no evaluation on test was kept during training, the end is judged, and a note says so;
    an estimator and other things without a training course have only the one value anyway.
    """
    clean = {s: metric.printed(v, reported.unit) for s, v in runs.values(end_reader(metric), metric).items()}
    if reported.selection != "best_test":
        return SelectedValues(clean, clean, biased=reported.selection == "best_of_m", read=end_reader(metric))
    notes: list[str] = []

    def best(record: Record) -> float:
        value = best_on_test(record, metric)
        if value is not None:
            return value
        if record.training_path != "estimator" and not notes:
            notes.append("no test scores during training were kept: judged on the end")
        return at_end(record, metric)

    values = {s: metric.printed(v, reported.unit) for s, v in runs.values(best, metric).items()}
    return SelectedValues(values, clean, biased=True, read=best, notes=tuple(notes))
