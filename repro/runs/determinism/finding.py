"""What was found of a study's determinism, as plain values that a file keeps."""

from typing import Literal

from repro.runs.determinism.variants import MUST_BE_BITWISE, Variant
from repro.runs.record import Environment, Piece


class Comparison(Piece):
    """One way of training against the straight one.

    ``bitwise`` is None where nothing can be said, and ``why`` then says why. ``differing`` are the names of what is not
    the same: ``weights``, ``predictions``, ``metrics``, ``history``. ``largest`` is the largest absolute difference of
    each ``VIEW/METRIC``, at the end and at every look, in the unit that the finding gives for the metric.
    """

    way: Variant
    bitwise: bool | None
    differing: tuple[str, ...] = ()
    largest: dict[str, float] = {}
    why: str = ""
    stopped_at: int | None = None

    @property
    def is_fault(self) -> bool:
        """Whether this breaks a promise."""
        return self.way in MUST_BE_BITWISE and self.bitwise is False


class Finding(Piece):
    """One experiment with one seed: ``steps`` were trained of the ``full_steps`` that the spec asks for.

    ``failed`` says why the straight run gave nothing to compare with. ``units`` is the unit of each metric, by name: as
    the paper prints it, else ``percent`` for proportions and nothing for others.
    """

    experiment: str
    title: str
    seed: int
    identity: str
    steps: int
    full_steps: int
    failed: str = ""
    units: dict[str, str] = {}
    comparisons: tuple[Comparison, ...] = ()

    @property
    def is_deterministic(self) -> bool:
        """Whether all that must be bitwise is."""
        return not self.failed and not any(comparison.is_fault for comparison in self.comparisons)

    def compared(self, variant: str) -> Comparison | None:
        """The comparison of a way; None where the experiment has no such way."""
        return next((c for c in self.comparisons if c.way == variant), None)


class Determinism(Piece):
    """A study at a rung: one finding for each experiment that was looked at."""

    schema_version: Literal[1] = 1
    spec: str
    rung: str
    overrides: tuple[str, ...] = ()
    environment: Environment | None = None
    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        """Whether all that must be bitwise is, in every experiment."""
        return all(finding.is_deterministic for finding in self.findings)
