"""An experiment, resolved: everything that one row of the study says, with all changes made and all names checked.

Everything is keyed by name (inputs, labels, blocks, outputs, losses, metrics), because papers with several of each
come soon; today a checked spec has exactly one label.
"""

from typing import Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from repro.spec.part import Entry, Layer, SpecModel
from repro.spec.place import Place

Kind = Literal["class", "number", "many", "array", "input"]
Selection = Literal["last", "best_validation", "best_test"]
Vote = Literal["mean", "majority", "none"]


class Dataset(SpecModel):
    """Which data; ``args`` are its words (``seed``, ``subset``, ``manifest``).

    ``name`` is a built-in name; own code ``data.py:Class``; a folder of one's own below the spec's, ``recordings/``; or
    a set of another library, ``mirdata/NAME`` or ``torchaudio/NAME``. ``items`` is how many there will be, where the
    data are not at hand yet.
    """

    name: str
    args: dict[str, Any] = {}
    why: str = Field(default="", exclude=True)
    licence: str = Field(default="", exclude=True)
    items: int | None = Field(default=None, exclude=True)

    @property
    def is_code(self) -> bool:
        """True when reading it runs own code."""
        return ":" in self.name

    @property
    def is_own(self) -> bool:
        """True when the data are someone's own, so that nothing is known of them beforehand but what they say."""
        return self.is_code or "/" in self.name


class Label(SpecModel):
    """What is to be predicted. ``classes`` in order; ``positive`` is the class that binary metrics look at."""

    name: str
    column: str
    kind: Kind = "class"
    classes: tuple[str, ...] | None = None
    positive: str | None = None
    unit: str | None = None
    standardize: bool = False


class Folds(SpecModel):
    """Folds: ``official``, so many (``count``) drawn, ``each`` group in turn, or ``lists`` of a column's values."""

    by: Literal["official", "count", "each", "lists"]
    count: int | None = None
    column: str | None = None
    lists: tuple[tuple[str, ...], ...] = ()


class Values(SpecModel):
    """The items whose cell in ``column`` is one of ``values``, as texts."""

    column: str
    values: tuple[str, ...]


class Splits(SpecModel):
    """How items are divided. An amount is a count (int), a share below 1 (float), ``"rest"``, or None for no such part.

    ``source`` is ``official`` (the data set's own parts; validation comes out of train), ``all`` or None (drawn from
    all items). ``seed`` is an int or ``"run"``: a new split for each run seed. A part may be the items with some
    ``Values`` of a column, ``column`` is one whose cells name the parts. With ``folds`` each fold is the test part of
    a run of its own; its validation part is the ``next`` or ``previous`` fold, an amount of the rest, or None; ``only``
    are the folds to run (numbers from 1), None for all. ``group`` is a column whose values no two parts may share,
    ``group_none`` says that the spec gives a reason for having none. ``own_groups`` are the columns of which own code
    says that they tie items together, ``own_folds`` is how many folds it says there are.
    """

    source: Literal["official", "all"] | None = None
    train: int | float | Literal["rest"] | Values | None = None
    validation: int | float | Literal["next", "previous"] | Values | None = None
    test: int | float | Literal["rest"] | Values | None = None
    stratify: str | None = None
    group: str | None = None
    seed: int | Literal["run"] = 0
    waiver: str | None = None
    why: str = Field(default="", exclude=True)
    folds: Folds | None = Field(default=None, exclude_if=lambda value: value is None)
    column: str | None = Field(default=None, exclude_if=lambda value: value is None)
    only: tuple[int, ...] | None = Field(default=None, exclude=True)
    group_none: bool = Field(default=False, exclude=True)
    own_groups: tuple[str, ...] = Field(default=(), exclude=True)
    own_folds: int | None = Field(default=None, exclude=True)


class Input(SpecModel):
    """One named input: features made once and cached, then (after ``augment``) those made live on the device.

    A study with one nameless feature list has the input ``input``. Without features it is the item as it comes.
    """

    name: str
    cached: tuple[Entry, ...] = ()
    augment: tuple[Entry, ...] = ()
    live: tuple[Entry, ...] = ()


class Block(SpecModel):
    """A stretch of layers, or a scikit-learn pipeline, that reads ``sources`` (inputs or other blocks).

    The block named like a label is that label's output.
    """

    name: str
    sources: tuple[str, ...]
    layers: tuple[Layer, ...] = ()
    estimator: tuple[Entry, ...] = ()


class Model(SpecModel):
    """A named model of ``architecture``."""

    name: str
    blocks: tuple[Block, ...]

    @property
    def is_estimator(self) -> bool:
        """True when scikit-learn fits it and torch trains nothing."""
        return any(block.estimator for block in self.blocks)


class WeightRule(SpecModel):
    """One line of ``weights``: what holds for the layers that ``selector`` names. Later rules win, field by field.

    ``weight`` and ``bias`` are an init (an Entry of torch.nn.init or ours) or a constant; ``lr_times`` multiplies
    the learning rate; ``l1``/``l2`` add a * sum|w| / a * sum(w^2) to the objective; ``max_norm`` bounds each unit's
    incoming weights after every update.
    """

    selector: str
    weight: Entry | float | None = None
    bias: Entry | float | None = None
    l1: float | None = None
    l2: float | None = None
    max_norm: float | None = None
    freeze: bool | None = None
    lr_times: float | None = None


class Scheduler(SpecModel):
    """A learning-rate schedule and when it is stepped; ``watch`` only for ReduceLROnPlateau (``VIEW/METRIC``)."""

    entry: Entry
    every: Literal["step", "epoch"]
    watch: str | None = None


class Duration(SpecModel):
    """A number of steps or epochs.

    >>> str(Duration(number=250, unit="steps"))
    '250 steps'
    """

    number: int
    unit: Literal["steps", "epochs"]

    def __str__(self) -> str:
        return f"{self.number} {self.unit[:-1] if self.number == 1 else self.unit}"


class Cadence(SpecModel):
    """How often something is done that changes no number: every so many steps, epochs or seconds.

    >>> str(Cadence(number=30, unit="seconds"))
    '30 seconds'
    """

    number: int
    unit: Literal["steps", "epochs", "seconds"]

    def __str__(self) -> str:
        return f"{self.number} {self.unit[:-1] if self.number == 1 else self.unit}"


class Only(SpecModel):
    """Which items a view is limited to: those whose class, true or ``predicted``, is one of ``classes``."""

    label: str
    classes: tuple[str, ...]
    predicted: bool = False


class View(SpecModel):
    """A further way to look at the results: ``of`` a part, under an augmentation or on another data set.

    ``vote`` says how the segments of one item become one prediction (``none``: they do not), ``only`` which items are
    left, ``mean_over`` over whose groups, by a column of the data set, the mean of a metric is taken.
    """

    name: str
    of: str
    augment: tuple[Entry, ...] = ()
    dataset: Dataset | None = None
    vote: Vote = "mean"
    only: Only | None = None
    mean_over: str | None = None

    @property
    def has_own_data(self) -> bool:
        """Whether a net has to look at other inputs than those of ``of``."""
        return self.dataset is not None or bool(self.augment)

    @model_serializer(mode="wrap")
    def _without_new_words(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Words that were not there from the start are left out where they say nothing: identities stay."""
        dumped: dict[str, Any] = dump(self)
        usual = {"vote": "mean", "only": None, "mean_over": None}
        return {name: value for name, value in dumped.items() if name not in usual or value != usual[name]}


MOST_LOOKS = 10_000
"""How often a run looks at its views at most: each look is a point of its record, and a figure shows far fewer."""

STALL_SECONDS = 3600
"""What ``stall_limit`` is where a spec does not say: long enough for an estimator's one call of a slow ``fit``."""


class Training(SpecModel):
    """How a net is trained. Exactly one of ``steps`` and ``epochs`` is set (neither for an estimator's study).

    ``checkpoint_every`` changes no number, so it is in no identity; nor is ``stall_limit``, the seconds after which
    own code that shows no progress is ended. With ``drop_last`` the last batch of an epoch is left out where it is
    smaller than the others. ``places`` gives the place of each word, for messages.
    """

    batch_size: int | None = None
    steps: int | None = None
    epochs: int | None = None
    order: Literal["shuffled", "fixed"] = "shuffled"
    evaluate_every: Duration = Duration(number=1, unit="epochs")
    select: Selection = "last"
    watch: str | None = None
    stop_patience: int | None = None
    gradient_clip_val: float | None = None
    gradient_clip_algorithm: Literal["norm", "value"] | None = None
    precision: str | None = None
    accumulate_grad_batches: int = 1
    drop_last: bool = Field(default=False, exclude_if=lambda value: not value)
    threads: int = 1
    checkpoint_every: Cadence = Field(default=Cadence(number=30, unit="seconds"), exclude=True)
    stall_limit: int = Field(default=STALL_SECONDS, exclude=True)
    places: dict[str, Place] = Field(default={}, exclude=True, repr=False)


class Experiment(SpecModel):
    """One row of the study, whole. ``metrics`` in order, the first is the main one; keys are the metrics' names.

    With ``not_run`` it is a row of the paper that nobody trains, and ``model`` is None. ``estimator`` studies have
    no optimizer. ``inputs`` are those that the model reads, keyed by name.
    """

    name: str
    title: str = Field(default="", exclude=True)
    not_run: str | None = None
    dataset: Dataset
    labels: dict[str, Label]
    splits: Splits
    inputs: dict[str, Input]
    model: Model | None
    weights: tuple[WeightRule, ...] = ()
    optimizer: Entry | None = None
    scheduler: Scheduler | None = None
    losses: dict[str, Entry] = {}
    loss_weights: dict[str, float] = {}
    metrics: dict[str, Entry]
    views: dict[str, View] = Field(default={})
    training: Training = Training()
    seeds: tuple[int, ...] = ()

    @property
    def main_metric(self) -> str:
        """Name of the first metric."""
        return next(iter(self.metrics))
