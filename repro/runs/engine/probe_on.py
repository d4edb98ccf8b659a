"""Train a few steps of a run on data that are at hand, and take the time of every part of it. Nothing is kept."""

import itertools
import math
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import psutil
import torch
from lightning import Callback, LightningModule, Trainer

from repro.data.prepared import Data, Part
from repro.runs.engine.messages import Probe, ProbeTask
from repro.runs.engine.on_trial import steps_in_epoch
from repro.runs.failed_record import Context
from repro.runs.make_record import make_record
from repro.spec.experiment import Duration
from repro.training.chance import reference_scores
from repro.training.fit import fit
from repro.training.loop_kind import choose_loop
from repro.training.outcome import Outcome
from repro.training.stop import StopFlag

WARM_UP = 5
"""Steps at the beginning whose time is not taken."""

QUICK_SECONDS = 1.0
"""Where steps or looks are quick, as many are timed as go into this, so that a busy machine does not decide alone."""

MOST_STEPS = 2_000
MOST_LOOKS = 4

SHARES = (1 / 32, 1 / 8)
"""An estimator is fitted on these shares of the items; how the time grows between them is taken to go on."""

ALL_ITEMS = 2_000
"""Up to so many training items it is fitted on all."""

LONG_SECONDS = 20.0
"""After a share that took so long no larger one is tried; the time is then taken to grow with the items."""

_MOST_GROWTH = 3.0


OnWork = Callable[..., None]
"""Called with whatever shows that the probe goes on."""


def probe_on(task: ProbeTask, data: Data, data_seconds: float, stop: StopFlag, at_work: OnWork | None = None) -> Probe:
    """What a run of this experiment would take, from a few steps on its data, which took so long to prepare.

    Raises:
        Stopped: ``stop`` was set.

    """
    run = task.run
    if run.experiment.model is not None and run.experiment.model.is_estimator:
        return _estimator(task, data, data_seconds)
    in_epoch = steps_in_epoch(run.experiment, data, run.seed)
    forwards = run.experiment.training.accumulate_grad_batches
    began = time.monotonic()
    first_steps = WARM_UP + task.steps
    first_watch = Stopwatch(forwards, first_steps)
    outcome = _fit(task, data, first_steps, first_steps, stop, first_watch, at_work)
    record = _keep(task, data, outcome)
    first = time.monotonic() - began
    looks = 1 + fitting(outcome.seconds.evaluate, 1, MOST_LOOKS)
    every = -(-fitting(first_watch.step_seconds, task.steps, MOST_STEPS) // looks)
    steps = looks * every
    watch = Stopwatch(forwards, every)
    began = time.monotonic()
    outcome = _fit(task, data, steps, every, stop, watch, at_work)
    record = _keep(task, data, outcome)
    total = time.monotonic() - began
    step, look = watch.step_seconds, watch.look_seconds
    last = max(0.0, outcome.seconds.evaluate - looks * look)
    fixed = max(0.0, total - record - steps * step - looks * look - last)
    last += record
    again = fixed + first_steps * step + look + last
    return Probe(
        data=data_seconds,
        fixed=fixed,
        step=step,
        look=look,
        last=last,
        cold=max(0.0, first - again),
        steps_in_epoch=in_epoch,
        memory=peak_memory(),
        device_memory=torch.cuda.max_memory_allocated() if outcome.ran.accelerator == "cuda" else 0,
    )


def fitting(seconds: float, least: int, most: int) -> int:
    """How often something that takes so long goes into :data:`QUICK_SECONDS`, within bounds.

    >>> fitting(0.1, 1, 4), fitting(0.4, 1, 4), fitting(60.0, 1, 4)
    (4, 2, 1)
    """
    return max(least, min(most, int(QUICK_SECONDS / max(seconds, 1e-9))))


def _fit(
    task: ProbeTask,
    data: Data,
    steps: int,
    every: int,
    stop: StopFlag,
    watch: "Stopwatch",
    at_work: OnWork | None,
) -> Outcome:
    """Train ``steps`` updates of the run, with a look after each ``every`` of them."""
    training = task.run.experiment.training
    changes = {"steps": steps, "epochs": None, "evaluate_every": Duration(number=every, unit="steps")}
    short = training.model_copy(update={**changes, "stop_patience": None})
    return fit(
        task.run.experiment.model_copy(update={"training": short}),
        data,
        seed=task.run.seed,
        folder=task.study.folder,
        on_progress=at_work,
        history_views=task.history_views,
        accelerator=task.study.accelerator,
        stop=stop,
        path=choose_loop(training),
        callbacks=[watch],
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

    complete = len(data.parts["train"]) <= ALL_ITEMS
    shares = (1.0,) if complete else SHARES
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
        memory=peak_memory(), guessed=not complete,
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
        inputs = {n: v.index_select(0, at) for n, v in part.inputs.items()}
        return Part(inputs, {n: v.index_select(0, at) for n, v in part.targets.items()}, cut)

    return data if share >= 1 else replace(data, parts={name: some(part) for name, part in data.parts.items()})


class Stopwatch(Callback):
    """Takes the time at which each step begins, on both paths; between two steps there may be a look.

    Args:
        forwards: passes of the net that make a step.
        every: steps from one look to the next.

    """

    def __init__(self, forwards: int, every: int) -> None:
        self._forwards, self._every = forwards, every
        self._begun: list[float] = []
        self._handle: Any = None

    @property
    def step_seconds(self) -> float:
        """A step in the mean, without the warm-up."""
        steps = [gap for step, gap in self._gaps() if step % self._every and step > WARM_UP]
        return statistics.fmean(steps) if steps else 0.0

    @property
    def look_seconds(self) -> float:
        """A look in the mean; the one after the last step is not timed."""
        looks = [gap for step, gap in self._gaps() if step % self._every == 0]
        return max(0.0, statistics.fmean(looks) - self.step_seconds) if looks else 0.0

    def _gaps(self) -> Iterator[tuple[int, float]]:
        """Steps that are done, with the time from the beginning of the last one to that of the next."""
        pairs = itertools.pairwise(self._begun[:: self._forwards])
        return ((step, later - earlier) for step, (earlier, later) in enumerate(pairs, start=1))

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Hear each pass of the net that is one of training."""
        module: Any = getattr(pl_module, "module", pl_module)

        def hear(network: torch.nn.Module, _: Any) -> None:
            if network.training:
                self._begun.append(_now())

        self._handle = module.network.register_forward_pre_hook(hear)

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
