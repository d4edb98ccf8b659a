"""Do these results agree with the ones that were shipped?"""

from dataclasses import dataclass
from math import isclose, sqrt

from repro.results import quantiles
from repro.results.results import Results
from repro.results.row import Row
from repro.results.wording import fixed


@dataclass(frozen=True)
class Consistency:
    """How many rows agree of those that were compared; ``differing`` says what does not, one sentence a row.

    ``compared`` counts rows that both have results for. ``because`` says why nothing was compared, where nothing was.
    """

    compared: int
    agreeing: int
    differing: tuple[str, ...] = ()
    because: str = ""

    def __str__(self) -> str:
        if self.because:
            return f"not compared with the shipped results: {self.because}"
        words = "agrees" if self.agreeing == self.compared else "does not agree"
        return f"{words} with the shipped results: {self.agreeing} of {self.compared} rows"


def check_consistency(results: Results, shipped: Results) -> Consistency:
    """Compare row by row, by experiment, metric and place in the paper.

    A row agrees when all its values are the same numbers, or when it has the same verdict and its mean lies in the
    shipped runs' 95 % prediction interval for a mean of as many runs. Rows without our runs on either side are not
    compared; one that has runs only here or only there is a difference.
    """
    if results.rung != shipped.rung:
        return Consistency(0, 0, because=f"they are of rung {shipped.rung}, this is {results.rung}")
    old = {_key(row): row for row in shipped.rows if _ran(row)}
    new = {_key(row): row for row in results.rows if _ran(row)}
    if not old or not new:
        return Consistency(0, 0, because="there are none" if not old else "nothing was run")
    differing = []
    for key, row in new.items():
        difference = _difference(row, old[key]) if key in old else "not among the shipped results"
        if difference:
            differing.append(f"{row.experiment}, {row.metric}: {difference}")
    return Consistency(len(new), len(new) - len(differing), tuple(differing))


def predicted(shipped: Row, k: int) -> tuple[float, float] | None:
    """Where the mean of ``k`` further runs should fall (95 %), from the shipped runs; None with fewer than two."""
    n = len(shipped.values)
    if n < 2 or shipped.sd is None or shipped.mean is None or k < 1:
        return None
    half = quantiles.t(n - 1, 0.975) * shipped.sd * sqrt(1 / n + 1 / k)
    return (shipped.mean - half, shipped.mean + half)


def _difference(row: Row, shipped: Row) -> str:
    """What differs, in words; empty where the rows agree."""
    if dict(zip(row.seeds, row.values, strict=True)) == dict(zip(shipped.seeds, shipped.values, strict=True)):
        return "" if row.verdict == shipped.verdict else f"{row.verdict}, shipped {shipped.verdict}, on the same values"
    if row.verdict != shipped.verdict:
        return f"{row.verdict}, shipped {shipped.verdict}"
    assert row.mean is not None
    assert shipped.mean is not None
    interval = predicted(shipped, len(row.values))
    inside = (
        isclose(row.mean, shipped.mean, rel_tol=1e-9)
        if interval is None
        else interval[0] - 1e-12 <= row.mean <= interval[1] + 1e-12
    )
    return "" if inside else f"mean {fixed(row.mean, 3)}, shipped {fixed(shipped.mean, 3)}, further than runs differ"


def _key(row: Row) -> tuple[str, str, str, str]:
    return (row.experiment, row.metric, row.unit, row.reported.where if row.reported else "")


def _ran(row: Row) -> bool:
    return bool(row.values) and row.mean is not None
