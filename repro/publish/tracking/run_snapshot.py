"""A run as trackers see it: its record, or as much of it as its journal tells so far."""

from dataclasses import dataclass

from repro.runs.flatten import flatten
from repro.runs.identity import resolved
from repro.runs.journal import Moment, read_journal
from repro.runs.ledger import Ledger
from repro.runs.plan import Run
from repro.runs.record import Record
from repro.spec.experiment import Experiment
from repro.spec.index import index

Row = dict[str, float]
"""A line of a tracker's history: ``step``, ``epoch``, values keyed ``VIEW/METRIC``, ``lr``, ``ms_per_step``."""


@dataclass(frozen=True)
class RunSnapshot:
    """A run and what is known of it. ``record`` is None while it is not over."""

    run: Run
    record: Record | None
    moments: tuple[Moment, ...]

    @property
    def is_over(self) -> bool:
        """Whether there is nothing more to come."""
        return self.record is not None

    @property
    def rows(self) -> list[Row]:
        """The history, open views first, then what was seen of test items, once the run is done.

        What comes later is added at the end, and nothing that was there changes: a run that was killed and resumed has
        the same rows as one that was not, so a tracker that has some needs only the rest.
        """
        record = self.record
        noted = {moment.step: moment for moment in self.moments}
        if record is None:
            points = [(m.step, m.epoch, m.values) for m in self.moments]
        else:
            points = [(p.step, p.epoch, p.values) for p in record.history]
        speeds = _milliseconds(self.moments)
        rows: list[Row] = []
        for step, epoch, values in points:
            row = {"step": step, "epoch": epoch, **values}
            rates = noted[step].lr if step in noted else ()
            row |= {"lr" if len(rates) == 1 else f"lr/{number}": rate for number, rate in enumerate(rates)}
            if step in speeds:
                row["ms_per_step"] = speeds[step]
            rows.append(row)
        if record is not None and record.state == "done":
            rows += [{"step": point.step, "epoch": point.epoch, **point.values} for point in record.sealed]
        return rows

    @property
    def config(self) -> dict[str, object]:
        """The experiment as it is trained, flat, and what else a number rests on."""
        record = self.record
        config: dict[str, object] = {
            "experiment": self.run.experiment.name,
            "seed": self.run.seed,
            "fold": self.run.fold,
            "identity": self.run.identity,
            **flatten(record.resolved if record is not None and record.resolved else resolved(self.run.experiment)),
        }
        if record is not None:
            config |= {
                "rung": record.rung,
                "parameters": record.parameters,
                "multiply_adds": record.multiply_adds,
                **{f"environment.{key}": value for key, value in flatten(record.environment.model_dump()).items()},
                **{name: getattr(record, name) for name in ("data_sha256", "splits_sha256", "code_sha256")},
            }
        return {key: value for key, value in config.items() if value is not None}

    @property
    def summary(self) -> dict[str, object]:
        """What came out, as the record says it: test views by their keys, others under ``chosen/``."""
        record = self.record
        if record is None:
            return {"state": "running"}
        summary: dict[str, object] = {"state": record.state, "record_sha256": record.sha256, "steps": record.steps}
        if record.reason:
            summary["reason"] = record.reason
        several = len(record.metrics) > 1
        open_views = {"train", "validation", "running"}
        for label, views in record.metrics.items():
            for view, scores in views.items():
                before = "chosen/" if view in open_views else ""
                within = f"{label}/" if several else ""
                summary |= {f"{before}{within}{view}/{name}": value for name, value in scores.values.items()}
                summary[f"items/{within}{view}"] = scores.n
        if record.chosen is not None:
            summary |= {"chosen_by": record.chosen.by, "chosen_step": record.chosen.step}
        summary |= {f"seconds/{name}": value for name, value in record.timings.model_dump().items()}
        hashes = {name: getattr(record, name) for name in ("weights_sha256", "predictions_sha256")}
        return summary | {name: value for name, value in hashes.items() if value is not None}


def snapshot_of(run: Run, ledger: Ledger, rung: str) -> RunSnapshot:
    """What is known of a run by now."""
    return RunSnapshot(run, ledger.find(run.identity), read_journal(ledger.journal_path(run, rung), ledger.folder))


def goal(experiment: Experiment, key: str) -> str:
    """Which of a ``VIEW/METRIC`` is better: ``max``, ``min``, or ``none`` where nobody knows."""
    name = key.rpartition("/")[2]
    if name in ("loss", "objective"):
        return "min"
    entry = experiment.metrics.get(name)
    if entry is None or entry.own:
        return "none"
    return index().metric(entry.name).direction or "none"


def _milliseconds(moments: tuple[Moment, ...]) -> dict[int, float]:
    """Milliseconds that a step took, by the step at which a look was; looks themselves are not counted."""
    times: dict[int, float] = {}
    step, seconds = 0, 0.0
    for moment in moments:
        if moment.step > step and moment.seconds >= seconds:
            times[moment.step] = 1000 * (moment.seconds - seconds) / (moment.step - step)
        step, seconds = moment.step, moment.seconds
    return times
