"""Train a few steps of a run inside a worker and take the time of every part of it. Nothing is kept."""

import itertools
import math
import statistics
import sys
import time
import traceback
from dataclasses import replace
from typing import Any

import psutil
import torch
from lightning import Callback, LightningModule, Trainer

from repro.data.prepare import prepare
from repro.data.prepared import Data, Part
from repro.runs.engine.messages import Message, Probe, Probed, ProbeTask, StoppedAt
from repro.runs.engine.printing import printing_to
from repro.runs.engine.trial_task import steps_in_epoch
from repro.runs.failed_record import Context
from repro.runs.make_record import make_record
from repro.spec.experiment import Duration
from repro.training.chance import reference_scores
from repro.training.fit import fit
from repro.training.outcome import Outcome
from repro.training.path import choose_path
from repro.training.stop import StopFlag, Stopped

WARM_UP = 5
"""Steps whose time is not taken, and the steps of the fit before: both pay what a process pays once."""

SHARES = (1 / 32, 1 / 8)
"""An estimator is fitted on these shares of the items; how the time grows between them is taken to go on."""

ALL_ITEMS = 2_000
"""Up to so many training items it is fitted on all."""

LONG_SECONDS = 20.0
"""After a share that took so long no larger one is tried; the time is then taken to grow with the items."""

_MOST_GROWTH = 3.0


def probe(task: ProbeTask, stop: StopFlag) -> Message:
    """What a run of this experiment would take, measured."""
    with printing_to(task.scratch / f"{task.run.id}.log", goes_on=True):
        try:
            return Probed(_probe(task, stop))
        except Stopped as stopped:
            return StoppedAt(stopped.step, stopped.kept)
        except Exception as error:  # noqa: BLE001 - one experiment that fails must not stop the others
            traceback.print_exc()
            return Probed(None, f"{type(error).__name__}: {' '.join(str(error).split())}")


def _probe(task: ProbeTask, stop: StopFlag) -> Probe:
    run, folder = task.run, task.study.folder
    began = time.monotonic()
    data = prepare(run.experiment, seed=run.seed, folder=folder)
    data_seconds = time.monotonic() - began
    if run.experiment.model is not None and run.experiment.model.is_estimator:
        return _estimator(task, data, data_seconds)
    in_epoch = steps_in_epoch(run.experiment, data, run.seed)
    began = time.monotonic()
    _fit(task, data, WARM_UP, stop, None)
    first = time.monotonic() - began
    watch = Stopwatch(run.experiment.training.accumulate_grad_batches)
    steps = WARM_UP + task.steps
    began = time.monotonic()
    outcome = _fit(task, data, steps, stop, watch)
    record = _keep(task, data, outcome)
    whole = time.monotonic() - began
    step = watch.step_seconds
    look = max(0.0, watch.look_seconds - step)
    last = max(0.0, outcome.seconds.evaluate - look) + record
    fixed = max(0.0, whole - steps * step - look - last)
    return Probe(
        data=data_seconds,
        fixed=fixed,
        step=step,
        look=look,
        last=last,
        cold=max(0.0, first - (whole - record - task.steps * step)),
        steps_in_epoch=in_epoch,
        memory=peak_memory(),
        device_memory=torch.cuda.max_memory_allocated() if outcome.ran.accelerator == "cuda" else 0,
    )


def _fit(task: ProbeTask, data: Data, steps: int, stop: StopFlag, watch: "Stopwatch | None") -> Outcome:
    """Train ``steps`` updates of the run, with one look, at the end."""
    training = task.run.experiment.training
    changes = {"steps": steps, "epochs": None, "evaluate_every": Duration(number=steps, unit="steps")}
    short = training.model_copy(update={**changes, "stop_patience": None})
    return fit(
        task.run.experiment.model_copy(update={"training": short}),
        data,
        seed=task.run.seed,
        folder=task.study.folder,
        history_views=task.history_views,
        accelerator=task.study.accelerator,
        stop=stop,
        path=choose_path(training),
        callbacks=[watch] if watch is not None else [],
    )


def _keep(task: ProbeTask, data: Data, outcome: Outcome) -> float:
    """Seconds that a record and its predictions take to make."""
    began = time.monotonic()
    run, study = task.run, task.study
    context = Context(study.spec, study.terms, study.rung, study.folder)
    references = reference_scores(run.experiment, data, study.folder)
    hashes = {"data_sha256": data.data_sha256, "splits_sha256": data.splits_sha256}
    make_record(run, context, outcome, data_seconds=0.0, hashes=hashes, gate=data.gate, references=references)
    return time.monotonic() - began


def _estimator(task: ProbeTask, data: Data, data_seconds: float) -> Probe:
    """Fit and score on shares of the items, and go on from how the time grew."""
    from repro.training.estimator import fit_estimator  # scikit-learn takes a second to import

    run, folder = task.run, task.study.folder

    def timed(share: float) -> tuple[float, float]:
        outcome = fit_estimator(run.experiment, part_of(data, share), seed=run.seed, folder=folder)
        return outcome.seconds.fit, outcome.seconds.evaluate

    whole = len(data.parts["train"]) <= ALL_ITEMS
    shares = (1.0,) if whole else SHARES
    times: list[tuple[float, float]] = []
    timed(shares[0])  # the first fit of a process pays imports and caches
    for share in shares:
        times.append(timed(share))
        if sum(times[-1]) > LONG_SECONDS:
            break
    used = shares[: len(times)]
    fitting = grown([t[0] for t in times], used)
    scoring = grown([t[1] for t in times], used)
    return Probe(
        data=data_seconds, fixed=fitting, step=0.0, look=0.0, last=scoring, cold=0.0, steps_in_epoch=1,
        memory=peak_memory(), guessed=not whole,
    )  # fmt: skip


def grown(seconds: list[float], shares: tuple[float, ...]) -> float:
    """Seconds for all items, from those for one or two shares of them, by the power of the items that they show.

    One share below 1 is taken to grow with the items; two with a power between 0 and 3.
    """
    if len(seconds) < 2:
        return seconds[0] / shares[0]
    small, large = max(seconds[0], 1e-9), max(seconds[1], 1e-9)
    power = math.log(large / small) / math.log(shares[1] / shares[0])
    growth: float = (1 / shares[1]) ** min(max(power, 0.0), _MOST_GROWTH)
    return large * growth


def part_of(data: Data, share: float) -> Data:
    """The data with this share of every part's items, spread over the part, at least 50 of them."""

    def some(part: Part) -> Part:
        count = min(len(part), max(50, round(share * len(part))))
        at = torch.linspace(0, len(part) - 1, count).round().long()
        cut: Any = part.items[at]
        return Part({n: v[at] for n, v in part.inputs.items()}, {n: v[at] for n, v in part.targets.items()}, cut)

    return data if share >= 1 else replace(data, parts={name: some(part) for name, part in data.parts.items()})


class Stopwatch(Callback):
    """Takes the time at which each step begins, on both paths, and at which the look after the last one is over."""

    def __init__(self, forwards: int) -> None:
        self._forwards = forwards
        self._begun: list[float] = []
        self._looked = 0.0

    @property
    def step_seconds(self) -> float:
        """The median step after the warm-up."""
        begun = self._begun[:: self._forwards][WARM_UP:]
        return statistics.median([b - a for a, b in itertools.pairwise(begun)])

    @property
    def look_seconds(self) -> float:
        """The last step and the look after it."""
        return self._looked - self._begun[-self._forwards]

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Hear each pass of the net that is one of training."""
        module: Any = getattr(pl_module, "module", pl_module)

        def hear(network: torch.nn.Module, _: Any) -> None:
            if network.training:
                self._begun.append(_now())

        self._handle = module.network.register_forward_pre_hook(hear)

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """After each batch or chunk, and the look that followed it."""
        self._looked = _now()

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Hear no more."""
        self._handle.remove()


def _now() -> float:
    """The time at which all that was begun is done, also on a GPU."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.monotonic()


def peak_memory() -> int:
    """The most bytes of memory that this process took so far, or takes now where the system keeps no count."""
    try:
        import resource  # not on Windows
    except ImportError:
        info = psutil.Process().memory_info()
        return int(getattr(info, "peak_wset", info.rss))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak if sys.platform == "darwin" else peak * 1024)
