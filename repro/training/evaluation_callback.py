"""The callback of our runner: looks when the spec says so, notes what it saw, stops what diverged."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import torch
from lightning import Callback, LightningModule, Trainer

from repro.training.best_model import BestModelTracker
from repro.training.evaluator import Evaluator, HeldOutEvaluator, flat
from repro.training.held_out import ForwardingEvaluator
from repro.training.metric_buffer import MetricBuffer
from repro.training.module import Module
from repro.training.outcome import EvalPoint, Score, Values
from repro.training.progress_listener import ProgressListener
from repro.training.ranks import ALONE, Ranks

OnProgress = Callable[[int, int, Mapping[str, float]], None]

_TELL_SECONDS = 0.5
_CHECK_STEPS = 500


class DivergedError(RuntimeError):
    """The objective was no finite number at ``step``."""

    def __init__(self, step: int) -> None:
        super().__init__(f"diverged at step {step}")
        self.step = step


class EvaluationCallback(Callback):
    """Looks at views every ``every`` steps and at the last step.

    ``open_views`` are looked at into :attr:`history`; ``sealed`` keeps what it sees to itself. ``watch`` decides on
    the open values alone. Of several ``ranks`` all look at the same steps, and rank 0's values count.
    """

    def __init__(
        self,
        *,
        module: Module,
        evaluator: Evaluator,
        sealed: HeldOutEvaluator | ForwardingEvaluator,
        open_views: tuple[str, ...],
        watch: BestModelTracker | None,
        steps: int,
        steps_in_epoch: int,
        every: int,
        on_progress: OnProgress | None,
        listener: ProgressListener | None = None,
        ranks: Ranks = ALONE,
    ) -> None:
        self._ranks = ranks
        self._listener = listener
        self._module, self._evaluator, self._sealed = module, evaluator, sealed
        self._open_views, self._watch = open_views, watch
        self._steps, self._steps_in_epoch, self._every = steps, steps_in_epoch, every
        self._on_progress = on_progress
        self._buffer = module.metric_buffer = MetricBuffer(module.metrics())
        self._seen_step = self._checked_step = 0
        self._told = self._began = time.monotonic()
        self._looking = 0.0
        self._values: Values = {}
        self.history: list[EvalPoint] = []
        self.running: dict[str, Score] = {}
        self.seconds = 0.0

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """After a checkpoint was read: what was last seen is known again to a schedule that watches it."""
        self._seen_step = self._checked_step = trainer.global_step
        self._tell_trainer(trainer)
        self._began, self._looking = time.monotonic(), 0.0
        self._sealed.begin()
        if self._listener is not None:
            self._listener.begin(trainer.global_step)
        if self._on_progress is not None and trainer.global_step:
            self._tell(trainer.global_step)

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """After each batch or chunk; nothing is read from the device but at a look, a progress line, or 500 steps."""
        step = trainer.global_step
        if step == self._seen_step:
            return  # gradients are still being gathered
        self._seen_step = step
        if step % self._every == 0 or step == self._steps:
            self._look(trainer, step)
        elif step - self._checked_step >= _CHECK_STEPS:
            self._check(step)
        elif self._on_progress is not None and time.monotonic() - self._told > _TELL_SECONDS:
            if self._ranks.count == 1:  # ranks stop together or not at all, so they check at the same steps
                self._check(step)
            self._tell(step)

    def open_sealed(self) -> tuple[EvalPoint, ...]:
        """What was seen of the test items; only once training is over."""
        return self._sealed.open()

    def due_step(self, step: int) -> int:
        """The step after ``step`` at which something is looked at."""
        return min(self._steps, (step // self._every + 1) * self._every)

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint keeps: all evaluations so far, the best weights, and the metric buffer."""
        return {
            "history": [_as_list(look) for look in self.history],
            "sealed": [_as_list(look) for look in self._sealed.open()],
            "running": {label: [dict(score.values), score.n] for label, score in self.running.items()},
            "values": dict(self._values),
            "watch": None if self._watch is None else self._watch.state_dict(),
            "tape": self._buffer.state_dict(),
            "seconds": self.seconds,
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """What comes out of one."""
        self.history = [EvalPoint(*look) for look in state_dict["history"]]
        self._sealed.seen_before([EvalPoint(*look) for look in state_dict["sealed"]])
        self.running = {label: Score(values, n) for label, (values, n) in state_dict["running"].items()}
        self._values = state_dict["values"]
        if self._watch is not None:
            self._watch.load_state_dict(state_dict["watch"], self._module.device)
        self._buffer.load_state_dict(state_dict["tape"], self._module.device)
        self.seconds = float(state_dict["seconds"])

    def _check(self, step: int) -> None:
        self._checked_step = step
        bad = self._ranks.agree(self._buffer.first_bad(step))
        if bad is not None:
            raise DivergedError(bad)

    def _look(self, trainer: Trainer, step: int) -> None:
        self._check(step)
        began = time.monotonic()
        trained = began - self._began - self._looking
        epoch = step / self._steps_in_epoch
        running, items = self._buffer.read()
        self.running = {label: Score(values, items) for label, values in running.items()}
        values = flat("running", self.running)
        for view, scores in self._evaluator.look_at(self._open_views).items():
            values |= flat(view, scores)
        values = self._ranks.agree(values)
        self.history.append(EvalPoint(step, epoch, values))
        self._sealed.look(step, epoch)
        self._values = values
        self._tell_trainer(trainer)
        if self._watch is not None and self._watch.see(values, step, epoch, self._module.network):
            trainer.should_stop = True
        if self._listener is not None:
            self._listener.note(step, epoch, values, _rates(trainer), trained)
        looked = time.monotonic() - began
        self.seconds += looked
        self._looking += looked
        self._tell(step)

    def _tell_trainer(self, trainer: Trainer) -> None:
        for key, value in self._values.items():
            trainer.callback_metrics[key] = torch.tensor(value)  # what ReduceLROnPlateau reads

    def _tell(self, step: int) -> None:
        self._told = time.monotonic()
        if self._on_progress is not None:
            self._on_progress(step, self._steps, self._values)


def _rates(trainer: Trainer) -> tuple[float, ...]:
    return tuple(
        float(group["lr"]) for optimizer in trainer.optimizers for group in optimizer.param_groups if "lr" in group
    )


def _as_list(look: EvalPoint) -> list[Any]:
    return [look.step, look.epoch, dict(look.values)]
