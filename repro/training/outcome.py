"""What training one experiment with one seed gives, as plain values."""

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

Values = dict[str, float]


@dataclass(frozen=True)
class EvalPoint:
    """One evaluation during training: ``values`` keyed ``VIEW/METRIC``, proportions in percent."""

    step: int
    epoch: float
    values: Values


@dataclass(frozen=True)
class LeftOut:
    """What a value leaves out, as it has no value of its own: ``count`` of ``total`` things of a ``kind``.

    ``kind`` is ``class``, ``output``, the column over whose groups a mean is taken, or ``value``: then nothing is left,
    and the value is nan. ``names`` are theirs, the first few of very many; ``why`` says in words what is not there.
    """

    kind: str
    count: int
    total: int
    names: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Score:
    """All metrics of one view of one output over ``n`` items; proportions in percent. ``undefined`` says of a metric
    what its value leaves out, where it leaves anything out.
    """

    values: Values
    n: int
    undefined: dict[str, tuple[LeftOut, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Predictions:
    """What was predicted for every item of one view of one label, enough to work out every metric again.

    It is kept after the segments of each item were put together and before a view looks at only some items. Views
    that see the same predictions share those of the first (:func:`repro.spec.view_recipe.kept_as`); one that takes
    means over groups keeps ``groups`` (int32 ``(N,)``) in any case, one that looks at segments their ``segments``
    numbers. Where the splits keep groups of items together, ``group`` (unsigned ``(N,)``) numbers these over the whole
    data set.

    ``arrays`` hold ``items`` (int64 ``(N,)``, the items' numbers in the data set), ``target`` (class indices, or
    numbers in the label's own unit) and ``predicted``: class scores float32 ``(N, K)`` as the net gave them, or
    numbers float32 in the label's own unit. Where there are very many items and every metric is a function of the
    predicted class, ``predicted`` is that class's index ``(N,)``, and ``item_loss`` (float32 ``(N,)``) has each item's
    loss, whose mean is the loss of the view.
    """

    arrays: dict[str, np.ndarray[Any, Any]]


@dataclass(frozen=True)
class Runtime:
    """Where something ran: what a number may depend on beside the spec."""

    accelerator: Literal["cpu", "cuda", "mps"]
    device: str
    capability: str
    threads: int
    precision: str
    deterministic: bool
    devices: int = 1
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class PhaseSeconds:
    """Wall time of training and of looking at results."""

    fit: float = 0.0
    evaluate: float = 0.0


@dataclass(frozen=True)
class Outcome:
    """The result of one run. With ``state`` failed only ``reason``, ``ran``, the history so far and the times count.

    ``history`` holds running, train and validation views, ``sealed`` the test views. ``chosen`` is
    ``(by, step, epoch)``: whose weights ``metrics`` (``{label: {view: Score}}``) are of. ``predictions`` are
    ``{label: {view: Predictions}}`` of the test views. ``resumed`` are the steps from which it went on after
    it had been stopped.
    """

    state: Literal["done", "failed"]
    path: Literal["chunked", "plain", "estimator"]
    ran: Runtime
    reason: str | None = None
    metrics: dict[str, dict[str, Score]] = field(default_factory=dict)
    chosen: tuple[Literal["last", "best_validation", "none"], int, float] | None = None
    history: tuple[EvalPoint, ...] = ()
    sealed: tuple[EvalPoint, ...] = ()
    steps: int = 0
    parameters: int | None = None
    multiply_adds: int | None = None
    constant: bool = False
    seconds: PhaseSeconds = PhaseSeconds()
    weights_sha256: str | None = None
    predictions: dict[str, dict[str, Predictions]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    resumed: tuple[int, ...] = ()
