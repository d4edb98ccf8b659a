"""The results of one study: rows, claims and what must be said about them, as plain values."""

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from repro.results.claim import ClaimVerdict, Comparison
from repro.results.leaks import Leak
from repro.results.row import Row, Verdict
from repro.results.wording import listed, several
from repro.spec.spec import Claim

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class ClaimResult:
    """A claim of the paper and what became of it.

    ``steps`` has one comparison for each step of an order and each point in the training; ``deciding`` is the one that
    the verdict hangs on. A claim holds only where every step does, and below the full recipe it is PARTIAL.
    """

    claim: Claim
    text: str
    verdict: ClaimVerdict
    deciding: Comparison
    steps: tuple[Comparison, ...]
    sentence: str
    unit: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class RecordUsed:
    """A record that the results rest on: its run's id, the hash of what it found, and whose it is."""

    run: str
    numbers_sha256: str
    experiment: str
    state: str


@dataclass(frozen=True)
class Results:
    """What ``repro table`` shows. ``rows`` stand in the spec's order; everything is in printed units.

    ``environments`` describes each kind of machine that runs came from; more than one is said in ``warnings``.
    ``leaks`` are what the leakage gate found. ``footnotes`` go under the table. ``records`` are what all of it was
    reckoned from.
    """

    spec: str
    title: str
    rung: str
    rows: tuple[Row, ...]
    claims: tuple[ClaimResult, ...] = ()
    warnings: tuple[str, ...] = ()
    footnotes: tuple[str, ...] = ()
    leaks: tuple[Leak, ...] = ()
    environments: tuple[str, ...] = ()
    records: tuple[RecordUsed, ...] = ()

    @property
    def judged(self) -> tuple[Row, ...]:
        """Rows that have a verdict."""
        return tuple(r for r in self.rows if r.verdict_default is not None)

    @property
    def counts(self) -> dict[Verdict, int]:
        """How many rows have which verdict at the default margin, in the order of the verdicts; none with 0."""
        counted = Counter(r.verdict_default for r in self.judged)
        return {v: counted[v] for v in Verdict if counted[v]}

    @property
    def differing(self) -> tuple[str, ...]:
        """What differs from the paper's recipe in some row, such as ``optimizer``; each once."""
        prefix = "recipe differs: "
        notes = [n.removeprefix(prefix) for r in self.rows for n in r.notes if n.startswith(prefix)]
        return tuple(dict.fromkeys(word for text in notes for word in text.split(", ")))

    @property
    def widened(self) -> dict[str, int]:
        """How many rows have what widens a margin or narrows the items, such as ``on part of the items``. A wide
        margin is not among them: where there is one, the headline counts by the default margins and says so.
        """
        return dict(Counter(text.partition(":")[0] for row in self.rows for text in row.widened))

    @property
    def frame(self) -> "pd.DataFrame":
        """The rows as a pandas frame, for notebooks: the columns that a reader asks for first."""
        from repro.results.frame import short_frame

        return short_frame(self)

    @property
    def full_frame(self) -> "pd.DataFrame":
        """The rows as a pandas frame, with every column that ``repro table --json`` has."""
        from repro.results.frame import frame

        return frame(self)

    def _repr_html_(self) -> str:
        """What a notebook shows: the headline and the table."""
        from repro.results.notebook import results_html

        return results_html(self)

    @property
    def headline(self) -> str:
        """The table in one sentence, counted by the default margins."""
        parts = []
        if self.judged:
            counted = listed([f"{n} {v}" for v, n in self.counts.items()])
            wide = sum("wide margin" in r.notes for r in self.judged)
            by = " by the default margins" if wide else ""
            parts.append(f"{several(len(self.judged), 'reported number')}{by}: {counted}")
        if self.widened:
            parts.append(", ".join(f"{several(n, 'row')} {kind}" for kind, n in self.widened.items()))
        if self.claims:
            counts = Counter(c.verdict for c in self.claims)
            listing = listed([f"{counts[v]} {v}" for v in ClaimVerdict if counts[v]])
            parts.append(f"{several(len(self.claims), 'claim')}: {listing}")
        if self.differing:
            parts.append(f"recipe differs: {', '.join(self.differing)}")
        return "; ".join(parts) if parts else "nothing reported and nothing claimed"
