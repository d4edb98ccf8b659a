"""A folder's own code apart from test labels: the worker's side.

The worker reads the data set, splits it, and keeps the labels. Own code runs in children
(:mod:`repro.runs.engine.child`): one makes a data set that is own code, one trains and hands back outputs, one takes
metrics and losses that are own code from outputs and labels. The worker joins labels and outputs, takes all other
metrics, and writes the record; it never imports own code.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from repro.data.build_progress import OnComputed
from repro.data.hidden_labels import without_labels, without_test_labels
from repro.data.items import Items
from repro.data.plain_items import from_plain, to_plain
from repro.data.prepare import Reader, prepare, read
from repro.data.prepared import Data, Target
from repro.disk.temporary import temporary_folder
from repro.runs.engine import own_code
from repro.runs.engine.child import Child, OwnCodeRaised, Patience, main
from repro.runs.engine.children import results
from repro.runs.engine.fork_server import CAN_FORK, ForkServer
from repro.runs.engine.messages import ProbeTask, RunTask
from repro.runs.engine.own_code import OwnData
from repro.runs.engine.own_metrics import OwnMetrics
from repro.runs.engine.rank_processes import RankEnded
from repro.runs.engine.scored_run import ScoredRun, SealedScores, laid_out, with_fitted
from repro.runs.engine.settings import Settings
from repro.runs.engine.several import ALONE, RankGroup
from repro.runs.engine.world import World
from repro.runs.identity import own_files
from repro.spec.experiment import Dataset, Experiment
from repro.spec.spec import Reported
from repro.training.evaluation_callback import OnProgress
from repro.training.leakage_probe.own_parts import own_parts
from repro.training.outcome import Outcome
from repro.training.progress_listener import ProgressListener
from repro.training.stop import StopFlag


class Isolation:
    """Runs own code in children of a server that this process starts; make it before there are threads."""

    def __init__(self) -> None:
        self._server = ForkServer(main) if CAN_FORK else None

    def close(self) -> None:
        """End the server and its children."""
        if self._server is not None:
            self._server.close()

    @property
    def can_hold(self) -> bool:
        """Whether this system can fork children."""
        return self._server is not None

    def holds(self, experiment: Experiment) -> bool:
        """Whether the experiment's own code is kept apart: it has some, and this system can fork."""
        return self.can_hold and bool(own_parts(experiment))

    def reader(self, experiment: Experiment) -> Reader:
        """Reads the data sets of an experiment; one that is own code in a child."""
        return partial(read, make=partial(self._read_items, experiment))

    def _read_items(self, experiment: Experiment, dataset: Dataset, folder: Path) -> Items:
        from repro.data.datasets.read import read_items

        if self._server is None or not dataset.is_code:
            return read_items(dataset, folder)
        patience = Patience.of(experiment, {dataset.name.partition(":")[0]})
        with self._child(own_code.read_data, dataset, folder, patience=patience) as child:
            return from_plain(child.result())

    def bind(self, experiments: Sequence[Experiment], reported: Sequence[Reported], folder: Path) -> tuple[str, ...]:
        """Bind experiments with own code to their classes; notes on reported counts."""
        files = {file for experiment in experiments for file in own_files(experiment)}
        longest = max(experiments, key=lambda experiment: experiment.training.stall_limit)
        patience = Patience.of(longest, files)
        with self._child(own_code.bind, experiments, reported, folder, patience=patience) as child:
            return tuple(child.result())

    def data(self, experiment: Experiment, *, seed: int, fold: int | None, folder: Path) -> Data:
        """The data of a run as the worker needs them: items, targets and splits; without inputs, which may be own code.

        Labels that are inputs come with the outputs.
        """
        without = experiment.model_copy(update={"inputs": {}})
        return prepare(without, seed=seed, fold=fold, folder=folder, reader=self.reader(experiment))

    def features(self, experiment: Experiment, data: Data, *, seed: int, folder: Path, on_computed: OnComputed) -> Data:
        """Compute the features of an experiment once; the data with the gate's word on what was fitted."""
        with (
            self._own(experiment, data, seed, folder) as own,
            self._of(experiment, own_code.prepare_features, own) as child,
        ):
            features = child.result(lambda kind, value: on_computed(*value) if kind == own_code.COMPUTED else None)
            return with_fitted(data, features["fitted"])

    def check(self, experiment: Experiment, data: Data, *, seed: int, folder: Path) -> None:
        """Hold an experiment against its training items; see :func:`repro.training.check_batches.check_batches`."""
        with self._own(experiment, data, seed, folder) as own, self._of(experiment, own_code.check, own) as child:
            child.result()

    def describe(
        self, experiment: Experiment, data: Data, *, seed: int, folder: Path
    ) -> tuple[Data, dict[str, Any] | None]:
        """The data with the rows that the features make, and the size of the net; None for an estimator."""
        with self._own(experiment, data, seed, folder) as own, self._of(experiment, own_code.describe, own) as child:
            value = child.result()
        return laid_out(data, value), value["net"]

    def start(self, experiment: Experiment, data: Data, *, seed: int, folder: Path) -> dict[str, Any]:
        """What a run's net starts with; see :class:`repro.runs.verify.start.Start`."""
        with self._own(experiment, data, seed, folder) as own, self._of(experiment, own_code.start, own) as child:
            return dict(child.result())

    def blindness(
        self, experiment: Experiment, data: Data, *, seed: int, folder: Path, accelerator: str
    ) -> dict[str, Any]:
        """What the probe says of own code, which is tried without the labels of test items."""
        with (
            self._own(experiment, data, seed, folder) as own,
            self._of(experiment, own_code.try_blindness, own, accelerator) as child,
        ):
            return dict(child.result())

    @contextlib.contextmanager
    def metrics(self, experiment: Experiment, labels: Mapping[str, Target], folder: Path) -> Iterator[OwnMetrics]:
        """The metrics and losses of an experiment during the block; own code among them runs in a child."""
        entries = (*experiment.metrics.values(), *experiment.losses.values())
        files = {entry.name.partition(":")[0] for entry in entries if entry.own}
        if not files:
            yield OwnMetrics(experiment, labels, folder, None)
            return
        patience = Patience.of(experiment, files)
        with self._child(own_code.take_metrics, experiment, dict(labels), folder, patience=patience) as child:
            yield OwnMetrics(experiment, labels, folder, child)

    def measure(self, task: ProbeTask, data: Data, stop: StopFlag) -> dict[str, Any]:
        """The fields of a :class:`repro.runs.engine.messages.Probe`, measured in a child without test labels."""
        experiment, seed = task.run.experiment, task.run.seed
        with (
            self._own(experiment, data, seed, task.study.folder) as own,
            self._of(experiment, own_code.measure, own, task) as child,
        ):
            return dict(child.result(stop=stop))

    def train(
        self,
        experiment: Experiment,
        data: Data,
        metrics: OwnMetrics,
        settings: Settings,
        *,
        seed: int,
        folder: Path,
        on_progress: OnProgress | None = None,
        listener: ProgressListener | None = None,
        stop: StopFlag,
        among: RankGroup = ALONE,
    ) -> tuple[Outcome, Data]:
        """Train in a child and score here: the outcome, and the data with the rows that the features made.

        Args:
            experiment: of the run.
            data: from :meth:`data`.
            metrics: from :meth:`metrics`.
            settings: how to train.
            seed: of the run.
            folder: of the spec.
            on_progress: called with step, steps and the newest values of the open history.
            listener: is told of each look at the open views.
            stop: asks the child to stop.
            among: the ranks that train together; each has a child of its own, here or where it was started.

        Raises:
            ChildEnded: the child's process ended before it was done.
            RankEnded: one of several did, or failed.
            Stopped: ``stop`` was set.
            Stalled: own code showed no progress for too long.
            Exception: what own code raised.

        """
        for _ in range(2):
            with (
                temporary_folder("repro-own-") as private,
                self._own(experiment, data, seed, folder) as own,
                contextlib.ExitStack() as stack,
            ):
                checkpointing = settings.checkpointing
                beside = private / "looks" if checkpointing is None else checkpointing.path
                sealed = SealedScores(beside.with_suffix(".sealed"))
                run = ScoredRun(experiment, data, metrics, sealed, on_progress, listener, settings.history_views)
                children = [
                    stack.enter_context(self._of(experiment, own_code.train, own, settings, place, gpu))
                    for place, gpu in among.places(private)
                ]
                try:
                    first, *others = results(children, run.answer, stop)
                except Exception as error:
                    lost = error.__cause__ if isinstance(error, RankEnded) else error
                    if isinstance(lost, OwnCodeRaised) and lost.reason.startswith(own_code.LooksLost.__name__):
                        beside.unlink(missing_ok=True)
                        continue
                    raise
                opened = [path for answer in (first, *others) for path in answer["opened"]]
                outcome = run.outcome(first | {"opened": opened})
                sealed.forget()
            return outcome, run.judged(folder)
        raise RuntimeError("a checkpoint without the scores up to it could not be removed")

    def follow(self, task: RunTask, group: World, stop: StopFlag) -> None:
        """Train as a rank that others have started, and that gives nothing away; errors are those of :meth:`train`."""
        run, folder = task.run, task.study.folder
        data = self.data(run.experiment, seed=run.seed, fold=run.fold, folder=folder)
        settings = Settings.of_run(task)
        with (
            self._own(run.experiment, data, run.seed, folder) as own,
            self._of(run.experiment, own_code.train, own, settings, group) as child,
        ):
            child.result(stop=stop)

    def _child(self, function: Any, *args: Any, patience: Patience) -> Child:
        assert self._server is not None
        return Child(self._server, function, *args, patience=patience)

    def _of(self, experiment: Experiment, function: Any, *args: Any) -> Child:
        return self._child(function, *args, patience=Patience.of(experiment))

    @contextlib.contextmanager
    def _own(self, experiment: Experiment, data: Data, seed: int, folder: Path) -> Iterator[OwnData]:
        """What a child gets of the data; links to recordings are there during the block."""
        with temporary_folder("repro-own-") as private:
            read_by = self.reader(experiment)
            items = without_test_labels(read_by(experiment.dataset, folder), data.splits, private)
            others: dict[str, Any] = {}
            for view in experiment.views.values():
                if view.dataset is not None:
                    apart = private / str(len(others))
                    apart.mkdir()
                    others[view.name] = to_plain(without_labels(read_by(view.dataset, folder), apart))
            yield OwnData(
                experiment=experiment,
                seed=seed,
                folder=folder,
                items=to_plain(items),
                others=others,
                classes={name: t.classes for name, t in data.labels.items() if t.classes is not None},
                data_sha256=data.data_sha256,
                splits_sha256=data.splits_sha256,
                gate=data.gate,
            )
