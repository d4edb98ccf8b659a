"""How often verdicts, claims and pooled intervals are wrong, simulated; print the tables, or write them into the docs.

Everything is judged by the product's own functions. Runs scatter normally with an sd of 1.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from repro.results.claim import ClaimVerdict, Sample, compare  # noqa: E402
from repro.results.estimate import estimates  # noqa: E402
from repro.results.inputs import Inputs  # noqa: E402
from repro.results.random_effects import random_effects  # noqa: E402
from repro.results.row import Verdict  # noqa: E402
from repro.results.verdict import decide, interval_of_mean  # noqa: E402

PAGE = ROOT / "docs" / "explanation" / "verdict.md"
BEGIN, END = "<!-- error rates, written by benchmarks/error_rates.py -->", "<!-- end of the error rates -->"

RUNS = (3, 5, 10)
MARGINS = (3.0, 5.0)
"""In sds over seeds."""
PEOPLE = (  # runs of each person, sd over people, over seeds, over single runs, whether seeds are shared
    ("3 people, 5 runs each, no seed shared", (5, 5, 5), 1.0, 0.0, 1.0, False),
    ("3 people, 5 runs each, the same seeds, hardly differing", (5, 5, 5), 0.0, 1.0, 0.1, True),
    ("10 people, 5 runs each, the same seeds", (5,) * 10, 0.3, 1.0, 0.3, True),
    ("2 people, 5 runs each, the same seeds", (5, 5), 2.0, 1.0, 1.0, True),
)


def verdicts(gap: float, margin: float, runs: int, draws: int, seed: int) -> dict[Verdict, float]:
    """Shares of verdicts where the paper ran once and our true mean lies ``gap`` sd above the paper's."""
    generator = np.random.default_rng(seed)
    papers, ours = generator.normal(50, 1, draws), generator.normal(50 + gap, 1, (draws, runs))
    counts = dict.fromkeys(Verdict, 0)
    for paper, values in zip(papers, ours, strict=True):
        inputs = Inputs(
            value=float(paper), half_width=0.005, margin=margin, values=tuple(values.tolist()), scale="unbounded",
            proportion=False, same_test_items=True, runs=1,
        )  # fmt: skip
        counts[decide(estimates(inputs, tau2=0.0)[0], margin)[0]] += 1
    return {verdict: n / draws for verdict, n in counts.items()}


def outside(runs: int, draws: int, seed: int) -> float:
    """How often a paper's one run lies outside the 95 % interval of our mean, though nothing differs."""
    generator = np.random.default_rng(seed)
    papers, ours = generator.normal(50, 1, draws), generator.normal(50, 1, (draws, runs))
    missed = 0
    for paper, values in zip(papers, ours, strict=True):
        low, high = interval_of_mean(tuple(values.tolist())) or (paper, paper)
        missed += not low <= paper <= high
    return missed / draws


def claims(difference: float, by: float, pairs: int, draws: int, seed: int) -> float:
    """How often "better by at least ``by``" HOLDS where the true difference is ``difference`` sd."""
    generator = np.random.default_rng(seed)
    held = 0
    for _ in range(draws):
        method, other = generator.normal(50 + difference, 1, pairs), generator.normal(50, 1, pairs)
        samples = Sample(dict(enumerate(method.tolist()))), Sample(dict(enumerate(other.tolist())))
        held += compare(*samples, threshold=by).verdict is ClaimVerdict.HOLDS
    return held / draws


def coverage(
    counts: Sequence[int], people: float, seeds: float, single: float, shared: bool, draws: int, seed: int
) -> float:
    """How often the pooled 95 % interval holds the truth, 0."""
    generator = np.random.default_rng(seed)
    hits = 0
    for _ in range(draws):
        of_seed, first, found = generator.normal(0, seeds, sum(counts)), 0, []
        for count in counts:
            mean = generator.normal(0, people)
            found.append({first + s: mean + of_seed[first + s] + generator.normal(0, single) for s in range(count)})
            first += 0 if shared else count
        ends = random_effects(found).ci95
        hits += ends is not None and ends[0] <= 0 <= ends[1]
    return hits / draws


@dataclass(frozen=True)
class Table:
    """What is asked in each column, and for each row its name and shares."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, tuple[float, ...]], ...]


def tables(draws: int) -> list[Table]:
    """All tables of the page."""
    plain = tuple((f"{k} runs", (outside(k, draws, k),)) for k in RUNS)
    judged = tuple((f"{m:g} sd, {k} runs", _row(m, k, draws)) for m in MARGINS for k in RUNS)
    claimed = tuple((f"{k} pairs", (claims(2, 2, k, draws, 500 + k), claims(4, 2, k, draws, 600 + k))) for k in RUNS)
    pooled = tuple((name, (coverage(*case, draws, 7),)) for name, *case in PEOPLE)
    return [
        Table(("our runs", "the paper's number lies outside our 95 % interval"), plain),
        Table(
            (
                "margin, our runs",
                "truth at the margin: REPRODUCED",
                "truth at the margin: NOT REPRODUCED",
                "no difference: REPRODUCED",
            ),
            judged,
        ),
        Table(("seeds", "difference equal to `by`: HOLDS", "difference `by` + 2 sd: HOLDS"), claimed),
        Table(("people", "the pooled 95 % interval holds the truth"), pooled),
    ]


def _row(margin: float, runs: int, draws: int) -> tuple[float, ...]:
    seed = 100 * int(margin) + runs
    worst, same = verdicts(-margin, margin, runs, draws, seed), verdicts(0, margin, runs, draws, seed + 50)
    return worst[Verdict.REPRODUCED], worst[Verdict.NOT_REPRODUCED], same[Verdict.REPRODUCED]


def markdown(made: Sequence[Table], draws: int) -> str:
    """The tables, in percent."""
    blocks = []
    for one in made:
        lines = [f"| {' | '.join(one.header)} |", f"|{'---|' * len(one.header)}"]
        lines += [f"| {name} | {' | '.join(f'{100 * share:.1f} %' for share in shares)} |" for name, shares in one.rows]
        blocks.append("\n".join(lines))
    blocks.append(f"Each share is from {draws:,} draws. Made by `python benchmarks/error_rates.py --write`.")
    return "\n\n".join(blocks)


def main() -> None:
    """Simulate, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=10_000)
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE.relative_to(ROOT)}")
    asked = parser.parse_args()
    made = markdown(tables(asked.draws), asked.draws)
    print(made)
    if asked.write:
        head, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        _, _, tail = rest.partition(END)
        PAGE.write_text(f"{head}{BEGIN}\n{made}\n{END}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
