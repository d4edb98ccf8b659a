"""Which of the two ways a net is trained: several steps in one of Lightning's, or each step by Lightning itself."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from repro.spec.experiment import Training

if TYPE_CHECKING:
    from lightning import Callback

LoopKind = Literal["chunked", "plain"]

_STEP_HOOKS = (
    "on_train_batch_start",
    "on_train_batch_end",
    "on_before_zero_grad",
    "on_before_backward",
    "on_after_backward",
    "on_before_optimizer_step",
)


def choose_loop(training: Training, *, devices: int = 1, callbacks: "Iterable[Callback]" = ()) -> LoopKind:
    """``chunked`` where nothing has to happen at each step but the step, else ``plain``.

    Both end in the same bytes. ``plain`` is for several devices, mixed or other precision, clipped gradients, gathered
    gradients, and callbacks with a hook at each step.
    """
    needs = (
        devices > 1,
        training.precision not in (None, "32-true"),
        training.gradient_clip_val is not None,
        training.accumulate_grad_batches > 1,
        any(has_step_hook(callback) for callback in callbacks),
    )
    return "plain" if any(needs) else "chunked"


def has_step_hook(callback: "Callback") -> bool:
    """Whether a callback does something at each step."""
    from lightning import Callback  # takes seconds, and who only asks about a spec has no callbacks

    return any(getattr(type(callback), hook) is not getattr(Callback, hook) for hook in _STEP_HOOKS)
