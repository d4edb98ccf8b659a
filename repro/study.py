"""A study: one spec at one rung with its records. The steps of the command line, for notebooks and commands.

Takes: the path of a spec, a rung and changes.
Gives: a Study, which plans, trains, and gives results and the data and model of a run.
May import: results, progress_bar, runs, training, models, data, spec, disk.
"""

import dataclasses
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from repro.models.weights.select import unmatched
from repro.progress_bar import progress_bar
from repro.results.wording import several
from repro.runs.events import Event, ignore
from repro.runs.ledger import Damage, Ledger, Source, is_over
from repro.runs.make_plan import make_plan
from repro.runs.plan import Plan
from repro.spec.experiment import Experiment
from repro.spec.load import load_spec
from repro.spec.problem import SpecError, unknown
from repro.spec.spec import Spec

if TYPE_CHECKING:
    import numpy as np

    from repro.data.datamodule import DataModule
    from repro.data.prepared import Data
    from repro.results.consistency import Consistency
    from repro.results.results import Results
    from repro.runs.engine.engine import Engine
    from repro.runs.record import Record
    from repro.runs.status import Stale
    from repro.training.module import Module


class Study:
    """One spec at one rung, and what is done with it.

    Example:
        >>> study = load("papers/mnist1d", rung="smoke")  # doctest: +SKIP
        >>> study.run().frame  # doctest: +SKIP

    """

    def __init__(self, spec: Spec, *, only: Sequence[str] = (), seeds: int | Sequence[int] | None = None) -> None:
        self.spec = spec
        self.only = tuple(only)
        self.seeds = seeds

    def _repr_html_(self) -> str:
        """What a notebook shows: one line. Text is escaped."""
        spec = self.spec
        done = len(self.ledger().of(self.plan))
        rows = f"{several(len(spec.experiments), 'experiment')}, {several(len(self.plan.runs), 'run')}, {done} recorded"
        return f"<p><b>{escape(spec.work.title)}</b> ({escape(spec.name)}, rung {escape(spec.rung)}): {rows}</p>"

    @cached_property
    def plan(self) -> Plan:
        """All runs asked for. Raises PlanError for a selection that names nothing."""
        return make_plan(self.spec, self.only, self.seeds)

    def run(
        self,
        *,
        jobs: int | None = None,
        force: bool = False,
        retry: bool = False,
        steal: bool = False,
        devices: int = 1,
        nodes: int = 1,
        keep_weights: bool = False,
        on_event: Callable[[Event], None] | None = None,
        engine: "Engine | None" = None,
    ) -> "Results":
        """Train what is missing, then give the results of all that is there.

        Args:
            jobs: how many runs side by side; as many as cores (or GPUs) and memory allow by default.
            force: train again what is done.
            retry: train only what failed, diverged runs too.
            steal: take runs from processes on other machines, which are known to be gone.
            devices: GPUs that train each run together; on a CPU so many processes.
            nodes: machines that do so, each with as many devices.
            keep_weights: leave the final weights of what is trained beside its record (``torch.load`` reads them).
            on_event: called with each event of :mod:`repro.runs.events`; by default a notebook or terminal shows a bar.
            engine: who trains, instead of new workers on this machine.

        """
        self.look()
        if force or retry or not self.is_over:
            with progress_bar() if on_event is None else nullcontext(on_event) as listen:
                self.train(
                    jobs=jobs,
                    force=force,
                    retry=retry,
                    steal=steal,
                    devices=devices,
                    nodes=nodes,
                    keep_weights=keep_weights,
                    on_event=listen,
                    engine=engine,
                )
        return self.results(source="runs")

    def train(
        self,
        *,
        jobs: int | None = None,
        force: bool = False,
        retry: bool = False,
        steal: bool = False,
        devices: int = 1,
        nodes: int = 1,
        keep_weights: bool = False,
        on_event: Callable[[Event], None] = ignore,
        engine: "Engine | None" = None,
        since: float | None = None,
    ) -> "list[Record]":
        """Train what is missing and give the records of all; see :meth:`run` and :class:`repro.runs.run.RunOptions`."""
        from repro.runs.run import RunOptions, run_plan

        if idle := unmatched(self.spec):
            raise SpecError(idle)
        self.look()
        how = RunOptions(
            force=force,
            retry=retry,
            steal=steal,
            devices=devices,
            nodes=nodes,
            since=since,
            keep_weights=keep_weights,
        )
        return run_plan(self.plan, jobs=jobs, on_event=on_event, how=how, engine=engine)

    def only_run(self, run_id: str) -> "Study | None":
        """This study with a plan of one run alone; None when it has no run of that id."""
        runs = tuple(run for run in self.plan.runs if run.id == run_id)
        if not runs:
            return None
        study = Study(self.spec, only=self.only, seeds=self.seeds)
        study.__dict__["plan"] = dataclasses.replace(self.plan, runs=runs)
        return study

    def look(self) -> tuple[str, ...]:
        """Read what lies in folders of own data, so that records of other data do not count.

        Returns a sentence for each folder that is not at hand. Without this call a folder that has changed since it was
        last read on this machine is not known to have. No code of the study's folder is executed.
        """
        from repro.runs.current import look

        folder = self.spec.folder
        return look(self.plan, (*Ledger(folder, "runs").records, *Ledger(folder, "results").records))

    @property
    def is_over(self) -> bool:
        """Whether every run of the plan has its record under ``runs/``."""
        ledger = Ledger.open(self.spec.folder, "runs")
        return all(is_over(ledger.answer(run)) for run in self.plan.runs)

    @property
    def is_whole(self) -> bool:
        """Whether nothing was left out by ``only`` or ``seeds``."""
        return not self.only and self.seeds is None

    def kept(self, source: Source | None = None, *, at: Callable[[str], Spec] | None = None) -> "Study":
        """At the rung that the records are of: this study where ``runs/`` answer it, else that of ``results/``.

        Args:
            source: the records wanted; by default ``runs/`` where they have any of this study, else ``results/``.
            at: gives the spec at a rung; by default its file is read again.

        """
        from repro.results.shipped_rung import shipped_rung

        rung = shipped_rung(self.spec.folder)
        runs = source == "runs" or (source is None and self.ledger("runs").of(self.plan))
        if rung == self.spec.rung or rung not in (*self.spec.rungs, "full") or runs:
            return self
        spec = at(rung) if at else load_spec(self.spec.path, rung=rung, changes=self.spec.overrides)
        return Study(spec, only=self.only, seeds=self.seeds)

    def ledger(self, source: Source | None = None) -> Ledger:
        """The records: of ``runs/`` where any of them answers this plan, else of ``results/`` where there are any."""
        if source is not None:
            return Ledger.open(self.spec.folder, source)
        runs, shipped = Ledger.open(self.spec.folder, "runs"), Ledger.open(self.spec.folder, "results")
        if runs.of(self.plan):
            return runs
        return shipped if shipped.whole or shipped.damaged or not (runs.whole or runs.damaged) else runs

    def results(self, source: Source | None = None) -> "Results":
        """Rows, claims and warnings, from records alone."""
        from repro.results.collect import results

        ledger = self.ledger(source)
        table = results(self.spec, self.plan, ledger.of(self.plan), predictions=self._predictions(ledger))
        damaged = tuple(f"{damage.path}: {damage.said}" for damage in self.damaged(source))
        outdated = tuple(f"{run.path}: not counted: {run.why}" for run in self.outdated(source))
        return replace(table, warnings=(*table.warnings, *damaged, *_few(outdated)))

    def outdated(self, source: Source | None = None) -> "tuple[Stale, ...]":
        """Records that are not of the data as they lie there, and shipped ones that are not of the spec as it stands.

        Under ``runs/`` those of another spec are what an earlier one left, and are nothing to be said of.
        """
        from repro.runs.status import stale

        ledger, now = self.ledger(source), {run.identity for run in self.plan.runs}
        stale_runs = stale(self.plan, ledger)
        return (
            stale_runs
            if ledger.source == "results"
            else tuple(stale_run for stale_run in stale_runs if stale_run.record.identity in now)
        )

    def lost(self, results: "Results") -> tuple[str, ...]:
        """What ``results/`` would lose by a table of these results: a sentence for each run, with what has changed."""
        from repro.results.lost_runs import lost_runs
        from repro.runs.plan import id_of
        from repro.runs.status import stale

        why = {}
        for source in ("runs", "results"):
            for stale_run in stale(self.plan, self.ledger(source)):
                record = stale_run.record
                why[id_of(record.experiment, record.seed, record.fold, record.identity)] = stale_run.why
        return tuple(
            f"{run}: {why.get(run, 'there is no record of it that answers the spec as it stands, or what is asked')}"
            for run in lost_runs(self.spec.folder, results)
        )

    def damaged(self, source: Source | None = None) -> tuple[Damage, ...]:
        """Records that cannot be trusted: in ``source``, or in both places where none is named.

        Damaged predictions of those that count are among them.
        """
        ledger = self.ledger(source)
        records = ledger.damaged if source is not None else ledger.damaged_anywhere
        return (*records, *ledger.damaged_predictions(ledger.of(self.plan)))

    def agreement(self, results: "Results") -> "Consistency | None":
        """How these results compare with the ones that the folder ships; None where it ships none."""
        from repro.results.consistency import check_consistency

        shipped = Ledger.open(self.spec.folder, "results")
        if not shipped.of(self.plan):
            return None
        return check_consistency(results, self.results(source="results"))

    def save(self) -> int:
        """Copy the finished records into ``results/``, to be committed. Returns how many."""
        return Ledger.open(self.spec.folder, "runs").save(self.plan)

    def write(self, results: "Results", folder: Path, source: Source | None = None) -> list[Path]:
        """Write tables and figures into ``folder``; returns the files, tables first."""
        from repro.results.write import write_results

        ledger = self.ledger(source)
        return write_results(
            self.spec,
            results,
            ledger.of(self.plan),
            folder,
            plan=self.plan,
            predictions=self._predictions(ledger),
            within=self.spec.folder if folder.is_relative_to(self.spec.folder) else None,
        )

    def still_rising(self, source: Source | None = None) -> tuple[str, ...]:
        """Which experiments still got better on validation items when their training stopped; a hint, no result."""
        from repro.results.still_rising import still_rising

        return still_rising(self.spec, self.ledger(source).of(self.plan))

    def undrawn(self, results: "Results", written: Sequence[Path], source: Source | None = None) -> tuple[str, ...]:
        """Why a figure that the spec asks for is not among the files that :meth:`write` gave; empty where all are."""
        from repro.results.write import describe_missing_figures

        ledger = self.ledger(source)
        names = [path.stem for path in written if path.suffix == ".svg"]
        return describe_missing_figures(
            self.spec, results, ledger.of(self.plan), names, plan=self.plan, predictions=self._predictions(ledger)
        )

    def experiment(self, name: str) -> Experiment:
        """One experiment, resolved. Raises KeyError with the nearest name."""
        try:
            return self.spec.experiments[name]
        except KeyError:
            raise KeyError(unknown("experiment", name, self.spec.experiments)) from None

    def data(self, experiment: str, seed: int, fold: int | None = None) -> "DataModule":
        """The LightningDataModule that a run of this experiment trains on; folds are numbered from 1."""
        from repro.data.datamodule import DataModule

        return DataModule(self._prepared(experiment, seed, fold), self.experiment(experiment), seed)

    def module(self, experiment: str, seed: int, fold: int | None = None) -> "Module":
        """The LightningModule of a run, with its starting weights.

        ``lightning.Trainer(max_steps=...).fit(study.module(...), study.data(...))`` ends in our runner's weights.
        """
        from repro.training.module import make_module

        return make_module(
            self.experiment(experiment), self._prepared(experiment, seed, fold), seed=seed, folder=self.spec.folder
        )

    def _prepared(self, experiment: str, seed: int, fold: int | None) -> "Data":
        from repro.data.prepare import prepare

        return prepare(self.experiment(experiment), seed=seed, fold=fold, folder=self.spec.folder)

    @staticmethod
    def _predictions(ledger: Ledger) -> "Callable[..., dict[str, np.ndarray] | None]":
        return lambda record, view="test": ledger.whole_predictions(record, view=view)


def _few(warnings: Sequence[str]) -> tuple[str, ...]:
    """The first two and the number of the others."""
    more = len(warnings) - 2
    return (*warnings[:2], f"and {more} more records that are not counted") if more > 1 else tuple(warnings)


def load(path: str | Path, rung: str = "full", changes: Sequence[str] = ()) -> Study:
    """Read a folder's spec. Raises SpecError with every problem."""
    return Study(load_spec(Path(path), rung=rung, changes=changes))


def run(
    path: str | Path,
    rung: str = "full",
    changes: Sequence[str] = (),
    *,
    only: Sequence[str] = (),
    seeds: int | Sequence[int] | None = None,
    jobs: int | None = None,
) -> "Results":
    """Train what is missing of a folder's study and give its results; ``.frame`` is the table for pandas."""
    return Study(load_spec(Path(path), rung=rung, changes=changes), only=only, seeds=seeds).run(jobs=jobs)
