"""The LightningModule: a spec's net, losses, optimizer and schedule. A plain ``lightning.Trainer`` can fit it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from lightning import LightningModule
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau

from repro.data.prepared import Data, Target
from repro.data.seeds import derive
from repro.models.network import Network, build
from repro.spec.experiment import Experiment
from repro.spec.view_recipe import ViewRecipe
from repro.training.class_lookup import find_class, make
from repro.training.fused import fused_argument
from repro.training.loss import LabelLoss, weighed_sum
from repro.training.metric import LabelMetric, OwnMetric
from repro.training.metric_buffer import MetricBuffer
from repro.training.ranks import ALONE, Ranks
from repro.training.segments import Segments, combine_segments, votes
from repro.training.uses_rng import uses_rng
from repro.training.whole_batch import whole_batch

Batch = Mapping[str, Any]
"""``{"inputs": {name: Tensor}, "targets": {label: Tensor}, "items": LongTensor}``, items first in every tensor."""


class Module(LightningModule):
    """One experiment with one seed, ready to be trained.

    ``training_step(batch)`` is the standard one and gives the objective: the loss of every label times its weight,
    plus the net's penalties. Random layers (dropout) draw from torch's global generator, which is set anew before
    every batch from the seed and the step, so what they draw does not depend on what happened before.

    A plain ``Trainer(max_steps=...).fit(module, datamodule)`` ends in the same weights, byte by byte, as
    :func:`repro.training.fit.fit`.
    """

    def __init__(
        self, network: Network, experiment: Experiment, labels: Mapping[str, Target], *, seed: int, folder: Path
    ) -> None:
        super().__init__()
        self.network = network
        self.experiment = experiment
        self.targets = dict(labels)
        self.seed = seed
        self.folder = folder
        self._labels = tuple(experiment.losses)
        self._losses = nn.ModuleList(
            LabelLoss(entry, labels[label], folder) for label, entry in experiment.losses.items()
        )
        self._weighed = [  # plain references: torch looks modules up slowly, and this is read at every step
            (label, experiment.loss_weights.get(label, 1.0), self.label_loss(label)) for label in self._labels
        ]
        self._plain = (network,)
        self._has_penalty, self._has_after_step = network.has_penalty, network.has_after_step
        self._draws = uses_rng(network, experiment)
        self._takes_closure = experiment.optimizer is not None and experiment.optimizer.own is not None
        self.metric_buffer: MetricBuffer | None = None
        self.ranks: Ranks = ALONE
        self.share_is_empty = False
        self.steps_plateau_itself = False
        self._looked: list[tuple[dict[str, Tensor], Batch]] = []

    def forward(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Outputs by label of a batch of inputs by name."""
        outputs: dict[str, Tensor] = self.network(inputs)
        return outputs

    def loss(self, outputs: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> Tensor:
        """The sum over labels of each one's loss times its weight, a scalar."""
        return weighed_sum(self._weighed, outputs, targets)

    def label_loss(self, label: str) -> LabelLoss:
        """The loss of one label."""
        loss = self._losses[self._labels.index(label)]
        assert isinstance(loss, LabelLoss)
        return loss

    def own_losses(self) -> dict[str, LabelLoss]:
        """The losses that are own code, by label."""
        return {label: self.label_loss(label) for label, entry in self.experiment.losses.items() if entry.own}

    def training_step(self, batch: Batch, batch_idx: int = 0) -> Tensor:
        """The objective of a batch: loss and penalties, a scalar."""
        network = self._plain[0]
        outputs = self._outputs(batch)
        loss = self.loss(outputs, batch["targets"])
        objective = loss + network.penalty() if self._has_penalty else loss
        if self.metric_buffer is not None:
            self.metric_buffer.add(loss, objective, outputs, batch["targets"])
        return objective

    def _outputs(self, batch: Batch) -> dict[str, Tensor]:
        """Outputs for the whole batch; where several ranks train, the inputs here are this one's share."""
        share = self.ranks.share
        if share.ranks == 1:
            return self._plain[0](batch["inputs"])  # type: ignore[no-any-return]
        items = len(batch["items"])
        first, end = share.of(items)
        self.share_is_empty = first == end
        return {label: whole_batch(own, share, items) for label, own in self.network(batch["inputs"]).items()}

    def on_train_batch_start(self, batch: Batch, batch_idx: int) -> None:
        """Only where Lightning takes each step by itself."""
        self.begin_step(self.global_step, batch_idx)

    def begin_step(self, step: int, batch_idx: int) -> None:
        """Make random layers a function of the seed, the step, the batch's place in its epoch and the rank alone."""
        if self._draws:
            seed_generators(derive(self.seed, "step", step, batch_idx, *self.ranks.words), self.device)

    def optimizer_step(
        self,
        epoch: int,
        batch_idx: int,
        optimizer: Any,
        optimizer_closure: Callable[[], Any] | None = None,
    ) -> None:
        """Where Lightning takes each step by itself: its optimizer and its closure."""
        self.update(optimizer, optimizer_closure)

    def update(self, optimizer: Any, closure: Callable[[], Any] | None = None) -> None:
        """One update, then the bounds on weights (``max_norm``)."""
        optimizer.step(closure=closure)
        if self._has_after_step:
            self.network.after_step()

    def one_step(self, batch: Batch, optimizer: Optimizer) -> None:
        """A whole step without Lightning: objective, gradients, update. Own optimizers are handed a closure."""

        def closure() -> Tensor:
            objective = self.training_step(batch)
            optimizer.zero_grad()
            objective.backward()  # type: ignore[no-untyped-call]
            return objective

        if self._takes_closure:
            self.update(optimizer, closure)
        else:
            closure()
            self.update(optimizer)

    def configure_optimizers(self) -> Any:
        """The optimizer (fused where torch has it for this device) and the schedule."""
        optimizer = self.make_optimizer()
        schedule = self.experiment.scheduler
        if schedule is None:
            return optimizer
        scheduler = make(schedule.entry, find_class(schedule.entry, "scheduler", self.folder), optimizer)
        config: dict[str, Any] = {"scheduler": scheduler, "interval": schedule.every, "frequency": 1}
        if isinstance(scheduler, ReduceLROnPlateau):
            config["monitor"] = self.watched()
            if self.steps_plateau_itself:
                config["frequency"] = 2**62  # Lightning never steps it, and yet keeps its state
        return {"optimizer": optimizer, "lr_scheduler": config}

    def watched(self) -> str:
        """The ``VIEW/METRIC`` that a ReduceLROnPlateau watches."""
        schedule = self.experiment.scheduler
        watch = schedule.watch if schedule is not None else None
        return watch or f"validation/{self.experiment.main_metric}"

    def lr_scheduler_step(self, scheduler: LRScheduler | ReduceLROnPlateau, metric: Any) -> None:
        """Step a schedule; only ReduceLROnPlateau gets the watched metric."""
        if isinstance(scheduler, ReduceLROnPlateau):
            scheduler.step(metric)
        else:
            scheduler.step()

    def make_optimizer(self) -> Optimizer:
        """The experiment's optimizer over the net's groups of parameters."""
        entry = self.experiment.optimizer
        if entry is None:
            raise ValueError(f"experiment {self.experiment.name!r} has no optimizer")
        cls = find_class(entry, "optimizer", self.folder)
        lr = entry.args.get("lr")
        groups = self.network.parameter_groups(lr)
        inferred = fused_argument(cls, self.device, self.experiment.training)
        optimizer: Optimizer = make(entry, cls, groups, inferred=inferred)
        return optimizer

    def metrics(self) -> dict[str, dict[str, LabelMetric]]:
        """A new set of the experiment's metrics, ``{label: {name: metric}}``, on the module's device."""
        return make_metrics(self.experiment, self.targets, self.folder, self.device)

    def on_validation_epoch_start(self) -> None:
        """Only a plain Trainer comes here, and to the like for test: our runner looks by itself."""
        self._looked = []

    def on_test_epoch_start(self) -> None:
        """As for validation."""
        self._looked = []

    def validation_step(self, batch: Batch, batch_idx: int = 0) -> None:
        """Take in a validation batch."""
        self._looked.append((self.network(batch["inputs"]), batch))

    def test_step(self, batch: Batch, batch_idx: int = 0) -> None:
        """Take in a test batch."""
        self._looked.append((self.network(batch["inputs"]), batch))

    def predict_step(self, batch: Batch, batch_idx: int = 0) -> dict[str, Tensor]:
        """Outputs by label, ``(N, *sizes)`` each."""
        return self(batch["inputs"])  # type: ignore[no-any-return]

    def on_validation_epoch_end(self) -> None:
        """Log ``validation/METRIC``, for the loggers, schedules and callbacks of a plain Trainer."""
        self._log("validation")

    def on_test_epoch_end(self) -> None:
        """Log ``test/METRIC``: what a run of ours with these weights has in its record."""
        self._log("test")

    def _log(self, part: str) -> None:
        """Every metric, loss and objective of all items of a part at once, the segments of each item put together."""
        batches, self._looked = self._looked, []
        if not batches:
            return
        segments = Segments(torch.cat([batch["items"] for _, batch in batches]))
        joined = segments.several and votes(ViewRecipe(part), self.targets)
        outputs, targets = {}, {}
        for label in self._labels:
            output = torch.cat([batch_outputs[label] for batch_outputs, _ in batches])
            target = torch.cat([batch["targets"][label] for _, batch in batches])
            if joined:
                loss = self.label_loss(label).name
                output = combine_segments(output, segments, label=self.targets[label], loss=loss, vote="mean")
                target = segments.first(target)
            outputs[label], targets[label] = output, target
        buffer = MetricBuffer(self.metrics())
        value = self.loss(outputs, targets)
        buffer.add(value, value + self.network.penalty(), outputs, targets)
        by_label, _ = buffer.read()
        for values in by_label.values():
            self.log_dict({f"{part}/{name}": value for name, value in values.items()})

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False) -> Any:
        """As in torch; takes the weights that a run keeps too, which are the net's alone."""
        if state_dict and not any(name.startswith("network.") for name in state_dict):
            return self.network.load_state_dict(state_dict, strict=strict, assign=assign)
        return super().load_state_dict(state_dict, strict=strict, assign=assign)


def make_module(experiment: Experiment, data: Data, *, seed: int, folder: Path) -> Module:
    """The module of one experiment with one seed, its net built and its start drawn."""
    network = build(experiment, data.shapes, data.labels, seed=seed, folder=folder)
    module = Module(network, experiment, data.labels, seed=seed, folder=folder)
    if "validation" not in data.parts:  # with a hook of ours a plain Trainer warns that it skips validation
        module.validation_step = LightningModule.validation_step.__get__(module)  # type: ignore[method-assign]
    return module


def make_metrics(
    experiment: Experiment,
    targets: Mapping[str, Target],
    folder: Path,
    device: torch.device | None = None,
    own: OwnMetric | None = None,
) -> dict[str, dict[str, LabelMetric]]:
    """A new set of an experiment's metrics: ``{label: {name: metric}}``.

    An entry's argument ``label`` says whose metric it is; without one it is the only label's. ``own`` gives those that
    are own code, where this process must not load it.
    """
    metrics: dict[str, dict[str, LabelMetric]] = {label: {} for label in experiment.labels}
    for name, entry in experiment.metrics.items():
        label = str(entry.args.get("label", next(iter(experiment.labels))))
        args = {key: value for key, value in entry.args.items() if key != "label"}
        loss = experiment.losses[label].name if label in experiment.losses else "probabilities"
        metric = LabelMetric(
            entry.model_copy(update={"args": args}),
            targets[label],
            folder,
            loss=loss,
            positive=experiment.labels[label].positive,
            own=own,
        )
        metrics[label][name] = metric if device is None else metric.to(device)
    return metrics


def seed_generators(seed: int, device: torch.device) -> None:
    """Seed torch's global generator of the CPU and of the device in use.

    ``torch.manual_seed`` does the same, but also for devices that are not in use, which costs a millisecond a step.
    """
    torch.default_generator.manual_seed(seed)
    if device.type == "cuda":
        torch.cuda.manual_seed(seed)
    elif device.type == "mps":
        torch.mps.manual_seed(seed)
