"""What is known of a data set without reading it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from repro.spec.class_facts import Argument
from repro.spec.shape import Shape


@dataclass(frozen=True, slots=True)
class LabelFacts:
    """A label that the data set has: its ``column``, its kind, its classes in order or its unit."""

    column: str
    kind: Literal["class", "number", "many", "array", "input"]
    classes: tuple[str, ...] | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """A column of someone's own data: what stands in it.

    ``values`` are the different ones in the order in which they come, ``empty`` the number of empty cells and
    ``first_empty`` where the first stands; ``not_number`` is the first cell that is no number, with its place, or "".
    """

    name: str
    values: tuple[str, ...]
    empty: int
    first_empty: str
    not_number: str


@dataclass(frozen=True, slots=True)
class DatasetFacts:
    """A data set. ``parts`` are items in each official part, empty when it has none; ``items`` are all of them.

    ``rate`` in Hz (None where nothing is sampled in time at a known rate), ``groups`` the columns that tie items
    together (speaker, session), ``folds`` the number of official folds (0: none), ``arguments`` what may stand
    beside ``name`` and ``why``. ``own_columns`` are those of someone's own data, whose labels may be of any kind; their
    shape and rate are not known here.
    """

    name: str
    summary: str
    task: Literal["classification", "regression"]
    shape: Shape
    items: int
    labels: Mapping[str, LabelFacts]
    parts: Mapping[str, int] = field(default_factory=dict)
    rate: float | None = None
    groups: tuple[str, ...] = ()
    folds: int = 0
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    own_columns: Mapping[str, ColumnFacts] = field(default_factory=dict)
