"""What is known about a class without importing it: its arguments, and what is special to its namespace."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal


class Missing(Enum):
    """The one value ``REQUIRED``: an argument has no default."""

    REQUIRED = "required"


REQUIRED = Missing.REQUIRED

REFUSALS: Mapping[str, str] = {
    "inferred": "is inferred, never written",
    "harness": "is the harness's own business, never written",
    "seeded": "comes from the run's seed, never written",
    "function": "takes a function, which a spec can't hold",
    "object": "takes an object, which a spec can't hold",
    "deprecated": "is deprecated by its library and not taken here",
    "one output": "would make it give more than one output, which nothing here reads",
    "one number": "would make it give several numbers; a metric here is one number",
    "given": "is given by repro, never written",
    "minimised": "is not taken: a loss is always minimised here",
}
"""Why an argument that the class has may not be written. The index names the reason by its short word."""


@dataclass(frozen=True, slots=True)
class Argument:
    """One keyword argument. ``type`` is in the language of :mod:`repro.spec.argument_type`.

    ``default`` is :data:`REQUIRED` where the class has none. Tuples stand as tuples.
    """

    name: str
    type: str
    default: Any = REQUIRED

    @property
    def required(self) -> bool:
        """True when it must be written."""
        return self.default is REQUIRED


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """A class of a namespace.

    ``source`` is where it is defined (``torch.nn.Conv1d``), or ``ours``. ``refused`` are the arguments that the
    class has but a spec may not write, each with a word of :data:`REFUSALS`. ``anything`` is true for own code whose
    arguments cannot be read off (``**kwargs``, a base class from elsewhere): any further name is let through. ``doc``
    is what editors show of a class of ours; those of the libraries stand in ``facts/docs.json``.
    """

    name: str
    source: str = "ours"
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    anything: bool = False
    doc: str = ""

    @property
    def ours(self) -> bool:
        """True when this project defines the class."""
        return self.source == "ours"


@dataclass(frozen=True, slots=True)
class MetricFacts(ClassFacts):
    """A metric. ``direction`` says whether more (``max``) or less (``min``) is better.

    A ``proportion`` lies between 0 and 1 and is shown in percent. ``tasks`` are torchmetrics' own words (``binary``,
    ``multiclass``, ``multilabel``), empty for a metric of numbers. ``say_average`` is true where torchmetrics'
    default, micro, would be plain accuracy with more than two classes, so that a spec has to say which it means.
    """

    direction: Literal["max", "min"] = "max"
    proportion: bool = False
    tasks: tuple[str, ...] = ()
    say_average: bool = False


@dataclass(frozen=True, slots=True)
class EstimatorFacts(ClassFacts):
    """A scikit-learn class. ``random`` is true when it has a ``random_state``, which the run's seed then sets."""

    kind: Literal["classifier", "regressor", "transformer"] = "classifier"
    random: bool = False
