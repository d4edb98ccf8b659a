"""What a child does that runs a folder's own code: it has no label of a test item, and writes no record.

Each function is given to :class:`repro.runs.engine.child.Child` by a worker. The items that it gets have the columns of
other items wherever training must not know them (:mod:`repro.data.hidden_labels`).
"""

import contextlib
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import torch

from repro.data.datasets.read import read_items
from repro.data.items import Items
from repro.data.lazy_rows import materialize
from repro.data.plain_items import from_plain, to_plain
from repro.data.prepare import prepare
from repro.data.prepared import Data, Target
from repro.data.shard import Shard
from repro.runs.engine.child import Channel
from repro.runs.engine.messages import ProbeTask
from repro.runs.engine.opened_files import OpenedFiles
from repro.runs.engine.probe_on import peak_memory, probe_on
from repro.runs.engine.reported_counts import count_notes
from repro.runs.engine.settings import Settings, trained
from repro.runs.engine.world import World
from repro.runs.verify.rebuilt import built
from repro.runs.verify.start import start_of
from repro.spec.experiment import Dataset, Experiment, Splits
from repro.spec.problem import Problem, SpecError
from repro.spec.spec import Reported
from repro.training.bind import bind_all
from repro.training.check_batches import check_batches
from repro.training.device import choose
from repro.training.evaluator import Pass
from repro.training.leakage_probe.probe import probe
from repro.training.loss import LabelLoss
from repro.training.module import make_metrics
from repro.training.outcome import Outcome
from repro.training.ranks import ALONE, Ranks, joined
from repro.training.views import OPEN_PARTS

TELL_SECONDS = 0.5


@dataclass(frozen=True)
class OwnData:
    """The data of a run as a child gets them.

    ``items`` are the data set's, in plain form, ``others`` those of views by the name of the view. ``classes`` are
    those of each label that has them, which the items that are there may lack. The hashes are the true data's.
    """

    experiment: Experiment
    seed: int
    folder: Path
    items: dict[str, Any]
    others: Mapping[str, dict[str, Any]]
    classes: Mapping[str, tuple[str, ...]]
    data_sha256: str
    splits_sha256: str
    gate: Mapping[str, Any] = field(default_factory=dict)

    def prepared(self, channel: Channel, items: Items | None = None) -> tuple[Experiment, Data]:
        """The experiment on official parts, and its data; ``items`` are those of :attr:`items`, read already.

        The worker is told how far the features are.
        """
        experiment = self.experiment
        labels = {n: x.model_copy(update={"classes": self.classes.get(n)}) for n, x in experiment.labels.items()}
        changes = {"labels": labels, "splits": Splits(source="official", waiver="split by the worker")}
        experiment = experiment.model_copy(update=changes)
        others = {view.dataset.model_dump_json(): name for name, view in experiment.views.items() if view.dataset}

        def reader(dataset: Dataset, folder: Path) -> Items:
            return from_plain(self.others[others[dataset.model_dump_json()]])

        items = from_plain(self.items) if items is None else items
        data = prepare(
            experiment,
            seed=self.seed,
            folder=self.folder,
            items=items,
            on_computed=Teller(channel).computed,
            reader=reader,
            leaks=self.gate,
        )
        return experiment, replace(data, data_sha256=self.data_sha256, splits_sha256=self.splits_sha256)


COMPUTED = "computed"
"""Tells how far features are: ``(what, done, items)``."""

AT_WORK = "at work"
"""Tells that own code goes on."""


class Teller:
    """Tells the worker that own code goes on, a few times a second at most."""

    def __init__(self, channel: Channel) -> None:
        self._channel, self._last = channel, -TELL_SECONDS

    def computed(self, what: str, done: int, items: int) -> None:
        """So many of the items are computed."""
        if done >= items or self._is_due():
            self._channel.tell(COMPUTED, (what, done, items))

    def at_work(self, *_: object) -> None:
        """A step is done, or another thing that shows progress."""
        if self._is_due():
            self._channel.tell(AT_WORK, None)

    def _is_due(self) -> bool:
        if time.monotonic() - self._last < TELL_SECONDS:
            return False
        self._last = time.monotonic()
        return True


def bind(channel: Channel, experiments: Sequence[Experiment], reported: Sequence[Reported], folder: Path) -> list[str]:
    """Bind experiments to their classes, and hold reported counts against their nets; the notes on these."""
    problems: list[Problem] = []
    teller = Teller(channel)
    for experiment in experiments:
        teller.at_work()
        try:
            bind_all(experiment, folder)
        except SpecError as error:
            problems.extend(error.problems)
    if problems:
        raise SpecError(problems)
    return list(count_notes(experiments, reported, folder))


def read_data(channel: Channel, dataset: Dataset, folder: Path) -> dict[str, Any]:
    """The items of a data set that is own code."""
    return to_plain(read_items(dataset, folder))


def prepare_features(channel: Channel, own: OwnData) -> dict[str, Any]:
    """Compute the features, which stay in the cache where they are large."""
    return _shape_of(own.prepared(channel)[1])


def check(channel: Channel, own: OwnData) -> None:
    """Hold the experiment against its training items."""
    check_batches(*own.prepared(channel), own.folder)


def describe(channel: Channel, own: OwnData) -> dict[str, Any]:
    """What a record is held against beside labels: how the data are laid out, and the size of the net."""
    experiment, data = own.prepared(channel)
    net = None
    if experiment.model is not None and not experiment.model.is_estimator:
        net = asdict(built(experiment, data, own.folder))
    return _shape_of(data) | {"targets": _input_targets(data), "net": net}


def start(channel: Channel, own: OwnData) -> dict[str, Any]:
    """What the run's net starts with."""
    known = start_of(*own.prepared(channel), seed=own.seed, folder=own.folder)
    return {"hashes": sorted(known.hashes), "bends": known.bends}


def try_blindness(channel: Channel, own: OwnData, accelerator: str) -> dict[str, Any]:
    """What the probe says of own code."""
    items = from_plain(own.items)
    experiment, data = own.prepared(channel, items)
    at_work = Teller(channel).at_work
    return probe(experiment, data, items, seed=own.seed, folder=own.folder, accelerator=accelerator, at_work=at_work)


def train(
    channel: Channel, own: OwnData, settings: Settings, place: World | None = None, gpu: str | None = None
) -> dict[str, Any]:
    """Train, and send outputs for the items that training does not see; the outcome without their scores.

    Args:
        channel: to the worker.
        own: the data.
        settings: how to train.
        place: which of several ranks this is; the first alone sends, and gives the outcome.
        gpu: the one GPU that this process is to see, of several.

    """
    if gpu is not None:
        os.environ["CUDA_VISIBLE_DEVICES"] = gpu
    opened = OpenedFiles(own.folder)
    experiment, data = own.prepared(channel)
    is_first = place is None or place.rank == 0
    if is_first:
        channel.tell("prepared", _shape_of(data) | {"targets": _input_targets(data)})

    def on_progress(step: int, steps: int, values: Mapping[str, float]) -> None:
        channel.tell("step", (step, steps, dict(values)))

    with _among(place, settings.accelerator) as ranks:
        outcome = trained(
            experiment,
            data,
            settings,
            seed=own.seed,
            folder=own.folder,
            on_progress=on_progress if is_first else None,
            listener=_Reporter(channel),
            stop=channel.stop,
            ranks=ranks,
            held_out=_Sender(channel) if is_first else _Silent(),
        )
    return (plain_outcome(outcome) if is_first else {}) | {"opened": opened.paths()}


@contextlib.contextmanager
def _among(place: World | None, accelerator: str) -> Iterator[Ranks]:
    if place is None:
        yield ALONE
        return
    with joined(Shard(place.rank, place.ranks), choose(accelerator)[0], place.meet) as ranks:
        yield ranks


def measure(channel: Channel, own: OwnData, task: ProbeTask) -> dict[str, Any]:
    """What a run of this experiment would take, measured on items without test labels.

    ``memory`` is what is taken beside that which the worker has already.
    """
    began, memory = time.monotonic(), peak_memory()
    experiment, data = own.prepared(channel)
    data_seconds = time.monotonic() - began
    task = replace(task, run=replace(task.run, experiment=experiment))
    probe = probe_on(task, data, data_seconds, channel.stop, Teller(channel).at_work)
    return asdict(replace(probe, memory=probe.memory - memory))


def take_metrics(channel: Channel, experiment: Experiment, labels: Mapping[str, Target], folder: Path) -> None:
    """Serve requests ``(what, label, name, *tensors)`` for the metrics and losses that are own code, one by one.

    ``update``, ``compute`` and ``reset`` are of metric ``name``; ``loss``, ``each``, ``state`` and
    ``has_state`` of the label's loss.
    """
    metrics: dict[str, Any] = {}
    losses: dict[str, LabelLoss] = {}
    while True:
        what, label, name, *tensors = channel.receive()
        try:
            if what in ("loss", "each", "state", "has_state"):
                if label not in losses:
                    losses[label] = LabelLoss(experiment.losses[label], labels[label], folder).eval()
                answer = _of_loss(losses[label], what, tensors)
            else:
                metrics = metrics or make_metrics(experiment, labels, folder)
                answer = _of_metric(metrics[label][name], what, tensors)
        except Exception as error:  # noqa: BLE001 - the worker says it
            channel.raised(error)
        else:
            channel.tell("result", answer)


def _of_loss(loss: LabelLoss, what: str, tensors: Sequence[Any]) -> Any:
    if what == "has_state":
        return bool(loss.state_dict())
    with torch.inference_mode():
        if what == "state":
            loss.load_state_dict(tensors[0])
            return None
        value = loss(*tensors) if what == "loss" else loss.each(*tensors)
    return None if value is None else value.detach().cpu()


def _of_metric(metric: Any, what: str, tensors: Sequence[Any]) -> Any:
    if what == "proportion":
        return bool(metric.percent)
    if what == "update":
        return metric.metric.update(*tensors) and None
    if what == "reset":
        return metric.metric.reset() and None
    return float(metric.metric.compute())


class _Reporter:
    """The listener of a run: what the open history holds goes to the worker, which keeps the journal."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def begin(self, step: int) -> None:
        """Training begins, or goes on."""
        self._channel.tell("begin", step)

    def note(self, step: int, epoch: float, values: Mapping[str, float], lr: Sequence[float], seconds: float) -> None:
        """A look at the open views."""
        self._channel.tell("note", (step, epoch, dict(values), list(lr), seconds))


class _Sender:
    """Sends outputs to the worker, which has the labels."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    def begin(self, steps: Sequence[int]) -> None:
        """Training begins, after looks at these steps; the worker must have them."""
        if not self._channel.ask("looked", list(steps)):
            raise LooksLost("the scores of test items up to this checkpoint are gone")

    def look(self, step: int, epoch: float, passes: Mapping[str, Pass]) -> None:
        """A look; the checkpoint after it may only be written when the worker has kept the scores."""
        self._channel.ask("look", (step, epoch, _plain_passes(passes)))

    def final(self, passes: Mapping[str, Pass], some: Mapping[str, Pass], nudged: Mapping[str, Pass]) -> None:
        """The last look."""
        self._channel.tell("final", tuple(map(_plain_passes, (passes, some, nudged))))


class _Silent:
    """Stands on the ranks that send nothing; they go through the same passes as the first one."""

    def begin(self, steps: Sequence[int]) -> None:
        """Training begins."""

    def look(self, step: int, epoch: float, passes: Mapping[str, Pass]) -> None:
        """A look."""

    def final(self, passes: Mapping[str, Pass], some: Mapping[str, Pass], nudged: Mapping[str, Pass]) -> None:
        """The last look."""


class LooksLost(Exception):
    """A checkpoint cannot be gone on from, since the worker lacks what was seen until then."""


def plain_outcome(outcome: Outcome) -> dict[str, Any]:
    """An outcome as plain values; it has no predictions."""
    return asdict(replace(outcome, predictions={}))


def _plain_passes(passes: Mapping[str, Pass]) -> dict[str, Any]:
    return {
        part: (dict(outputs.outputs), outputs.penalty, {label: dict(state) for label, state in outputs.state.items()})
        for part, outputs in passes.items()
    }


def _shape_of(data: Data) -> dict[str, Any]:
    """What the worker needs to know of the data: which item each row is of, and which features learnt."""
    rows = {name: part.items for name, part in data.parts.items()}
    sizes = {name: list(target.sizes) for name, target in data.labels.items()}
    return {"rows": rows, "fitted": list(data.fitted), "sizes": sizes}


def _input_targets(data: Data) -> dict[str, Any]:
    """Targets that are inputs, of parts that training does not see: the worker does not compute features."""
    names = [name for name, target in data.labels.items() if target.kind == "input"]
    if not names:
        return {}
    parts = {name: part for name, part in data.parts.items() if name not in OPEN_PARTS}
    return {name: {label: materialize(part.targets[label]) for label in names} for name, part in parts.items()}
