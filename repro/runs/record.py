"""The record: what a finished run leaves, one self-contained JSON file, the only source of truth.

A record is written once, whole, through :func:`repro.disk.atomic_write.write_atomically`, and carries its own sha256,
so that damage shows. Everything else (tables, verdicts, figures) can be made again from records.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from repro.spec.experiment import MOST_LOOKS

SCHEMA = 3
"""Version of the record's fields; raised with any change of them. Records of versions 1 and 2 are still read."""

LEAVES_OUT = 3
"""Since this version scores without a value are left out and named; before, some counted as 0."""

MOST_STEP_WORDS = 2 * MOST_LOOKS + 1_000
"""How often ``"step"`` stands in a record's text at most: in each point, and a few times beside."""

_SINCE_2 = {"resolved": True, "environment": {"devices"}}
"""Fields that records of version 1 do not have, so that their hashes do not cover them."""


_NOT_FOUND = {
    *(
        "schema_version",
        "spec",
        "terms",
        "promise",
        "experiment",
        "rung",
        "reason",
        "environment",
        "timings",
        "training_path",
    ),
    *("resumed_from", "resolved", "sha256"),
}
"""Fields that may differ between runs that are the same to the last bit."""


class Piece(BaseModel):
    """What every piece of a record is: frozen and closed to unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")


class Environment(Piece):
    """What a number may depend on beside the spec."""

    device: str = Field(description="model name of the CPU, or of the GPU")
    accelerator: Literal["cpu", "cuda", "mps"]
    threads: int
    precision: str
    deterministic: bool
    devices: int = Field(default=1, description="GPUs, or processes, that trained one run together")
    python: str
    platform: str
    capability: str = Field(description="torch.backends.cpu.get_cpu_capability(), or CUDA's compute capability")
    versions: dict[str, str]
    git_commit: str | None = None
    git_dirty: bool | None = None


class Timings(Piece):
    """Seconds of wall time, by stage. ``prepare`` is not in ``total``: it is what starting the workers, and reading,
    splitting and checking the data took once, before the first run of a command.
    """

    data: float
    fit: float
    evaluate: float
    total: float
    prepare: float = Field(default=0.0, exclude_if=lambda value: not value)


class Point(Piece):
    """One evaluation: ``values`` are keyed ``VIEW/METRIC``, proportions in percent."""

    step: int
    epoch: float
    values: dict[str, float]


class Chosen(Piece):
    """Which weights the metrics are of."""

    by: Literal["last", "best_validation", "none"]
    step: int
    epoch: float


class Undefined(Piece):
    """What a metric's value leaves out, as it has no value of its own: ``count`` of ``total`` things of a ``kind``.

    ``kind`` is ``class``, ``output``, the column over whose groups a mean is taken, or ``value``: then nothing is left,
    and the value is nan. ``names`` are theirs (the first ones of very many); ``why`` says what is not there.
    """

    kind: str
    count: int
    total: int
    names: tuple[str, ...]
    why: str


class Scores(Piece):
    """Metrics of one view of one output; proportions in percent; ``n`` items stand behind them. ``undefined`` says of a
    metric what its value leaves out, where it leaves anything out.
    """

    values: dict[str, float]
    n: int
    undefined: dict[str, tuple[Undefined, ...]] = Field(default={}, exclude_if=lambda value: not value)


class Record(Piece):
    """One run: one experiment with one seed (and one fold).

    ``metrics`` is ``{output: {view: Scores}}``, an output being a label's name, at the weights that ``chosen`` names
    (for a paper that chose on test: the end; the choice on test is read from ``sealed``). ``history`` holds running,
    train and validation views; ``sealed`` the test views, which training never reads. ``constant`` is True for an
    experiment without a random part. A failed run has ``state`` failed and a ``reason``, and no metrics.
    ``training_path`` is how it was trained (``lightning`` in records of version 1), ``resumed_from`` the steps from
    whose checkpoints it went on after it had been stopped.
    """

    schema_version: Literal[1, 2, 3] = 3
    spec: str
    identity: str
    terms: str
    promise: dict[str, Any] = Field(
        default={},
        exclude_if=lambda value: not value,
        description="what was promised of the experiment when the run started, behind the hash in terms",
    )
    experiment: str
    seed: int
    fold: int | None = None
    rung: str
    state: Literal["done", "failed"]
    reason: str | None = None
    metrics: dict[str, dict[str, Scores]] = {}
    chosen: Chosen | None = None
    history: tuple[Point, ...] = Field(default=(), max_length=MOST_LOOKS)
    sealed: tuple[Point, ...] = Field(default=(), max_length=MOST_LOOKS)
    steps: int = 0
    parameters: int | None = None
    multiply_adds: int | None = None
    constant: bool = False
    environment: Environment
    timings: Timings
    training_path: Literal["chunked", "plain", "estimator", "lightning"]
    resumed_from: str | None = None
    data_sha256: str | None = None
    splits_sha256: str | None = None
    code_sha256: str | None = None
    weights_sha256: str | None = None
    predictions_sha256: str | None = None
    gate: dict[str, Any] = Field(default={}, description="the leakage gate's findings, by check")
    resolved: dict[str, Any] = Field(default={}, description="the experiment as it was trained, whole")
    sha256: str = ""
    _sealed: "Record | None" = PrivateAttr(default=None)

    def sealed_with_hash(self) -> "Record":
        """This record with ``sha256`` set to the hash of all its other fields."""
        return self.model_copy(update={"sha256": self._hash()})

    def shown_as(self, **names: str) -> "Record":
        """This record under other names (``spec``, ``experiment``, ``rung``, ``terms``), for tables and pages.

        It stays the one that was sealed: :attr:`as_sealed`, ``sha256``, :meth:`is_intact` and :meth:`to_json` are of
        the record in the file.
        """
        shown = self.model_copy(update=names)
        shown._sealed = self.as_sealed
        return shown

    @property
    def as_sealed(self) -> "Record":
        """The record as its file has it, under the names that it had when it was trained."""
        return self._sealed or self

    def is_intact(self) -> bool:
        """Whether ``sha256`` is the hash of the other fields."""
        return self.sha256 == self.as_sealed._hash()

    def to_json(self) -> str:
        """The file's text: sorted keys, one value a line, a newline at the end."""
        fields = self.as_sealed.model_dump(mode="json", exclude=self._unknown_then())
        return json.dumps(fields, indent=1, sort_keys=True, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Record":
        """Read a record's text.

        Raises:
            ValueError: more points than a run leaves, which are counted before anything is parsed.
            pydantic.ValidationError: it is not a record of this schema.

        """
        if (points := text.count('"step"')) > MOST_STEP_WORDS:
            text = f"it has about {points:,} points of history; a record holds at most {MOST_LOOKS:,} of each kind"
            raise ValueError(text)
        return cls.model_validate_json(text)

    def numbers_sha256(self) -> str:
        """The hash of what the run found, without where, when, how fast and under which names.

        Runs that are the same to the last bit have the same.
        """
        return self._numbers_sha256

    @cached_property
    def _numbers_sha256(self) -> str:
        return _hashed(self.model_dump(mode="json", exclude=_NOT_FOUND))

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> "Record":
        """A copy with other values; it knows no hash of the old ones."""
        copied = super().model_copy(update=update, deep=deep)
        if update:
            copied._sealed = None  # what was changed is no longer the record of the file
        if update is not None and not update.keys() <= _NOT_FOUND:
            copied.__dict__.pop("_numbers_sha256", None)
        return copied

    def _unknown_then(self) -> dict[str, Any]:
        return _SINCE_2 if self.schema_version < 2 else {}

    def _hash(self) -> str:
        return _hashed(self.model_dump(mode="json", exclude={"sha256": True, **self._unknown_then()}))


def _hashed(fields: dict[str, Any]) -> str:
    canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode()).hexdigest()
