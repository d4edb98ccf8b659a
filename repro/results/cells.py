"""The words and numbers of one table row as text; every renderer shows the same cells."""

from collections.abc import Sequence
from dataclasses import dataclass

from repro.results.fold_cells import FoldCells, fold_cells, spreads
from repro.results.margin import DECLARED
from repro.results.row import Interval, Row, Verdict
from repro.results.wording import decimals, fixed, grouped, listed, several, short
from repro.spec.spec import Number

NOTHING = "–"

SYMBOLS: dict[str, str] = {
    Verdict.INVALID: "!",
    Verdict.PARTIAL: "◐",
    Verdict.REPRODUCED: "✓",
    Verdict.EXCEEDS: "▲",
    Verdict.NOT_REPRODUCED: "✗",
    Verdict.UNDECIDABLE: "∅",
    Verdict.INCONCLUSIVE: "?",
    "HOLDS": "✓",
    "FAILS": "✗",
    "REVERSED": "⇄",
    "NOT SHOWN": "?",
    "not run yet": "–",
}
"""A sign for each verdict, so that colour never stands alone."""

PLAIN_SYMBOLS: dict[str, str] = {
    Verdict.INVALID: "!",
    Verdict.PARTIAL: "~",
    Verdict.REPRODUCED: "+",
    Verdict.EXCEEDS: "^",
    Verdict.NOT_REPRODUCED: "x",
    Verdict.UNDECIDABLE: "0",
    Verdict.INCONCLUSIVE: "?",
    "HOLDS": "+",
    "FAILS": "x",
    "REVERSED": "<",
    "NOT SHOWN": "?",
    "not run yet": "-",
}
"""The same in ASCII."""


@dataclass(frozen=True)
class Cells:
    """A row as text. ``ours`` is the mean, ``plus_minus`` half the 95 % interval where there is one; ``ends`` are those
    of an interval that is cut off at an end of the scale, and so has no half. ``runs`` counts the seeds or, with folds,
    says ``SEEDS×FOLDS``; ``folds`` are the scores of single folds.
    """

    name: str
    title: str
    paper: str
    ours: str
    plus_minus: str
    runs: str
    difference: str
    margin: str
    verdict: str
    sentence: str
    notes: tuple[str, ...]
    statistics: tuple[str, ...]
    folds: FoldCells | None = None
    ends: str = ""

    @property
    def measured(self) -> str:
        """The mean with its interval: ``93.8 ± 1.6``, ``99.4 [97.9 to 100.0]``."""
        return f"{self.ours}{self.around}"

    @property
    def around(self) -> str:
        """The interval as it stands behind the mean; empty where there is none."""
        return f" ± {self.plus_minus}" if self.plus_minus else f" [{self.ends}]" if self.ends else ""


def cells(row: Row, rows: Sequence[Row] = ()) -> Cells:
    """The cells of a row; ``rows`` of the same metric decide how many decimals a number without a target shows."""
    exact = "exact" in row.extra
    places = 0 if exact else decimal_places(row, rows)

    def text(value: float | None, *, sign: bool = False) -> str:
        if value is None:
            return NOTHING
        if exact and value.is_integer():
            return ("+" if sign and value > 0 else "") + grouped(value)
        return fixed(value, places, sign=sign)

    half = None if row.ci95 is None else (row.ci95[1] - row.ci95[0]) / 2
    is_cut = not exact and row.ci95 is not None and row.mean is not None and is_one_sided(row.mean, row.ci95)
    return Cells(
        name=f"{row.experiment} *" if row.is_baseline else row.experiment,
        title=row.title,
        paper=paper_cell(row, grouped_digits=exact),
        ours=text(row.mean),
        plus_minus="" if half is None or exact or is_cut else fixed(half, places),
        runs="" if "trivial" in row.extra or row.not_run is not None else _runs(row),
        difference=text(row.difference, sign=True) if row.difference is not None else "",
        margin="" if row.margin is None else grouped(row.margin) if exact else short(row.margin),
        verdict="" if row.verdict is None else str(row.verdict),
        sentence=row.sentence,
        notes=all_notes(row),
        statistics=statistics(row, places),
        folds=None if exact else fold_cells(row, places),
        ends=" to ".join(fixed(end, places) for end in row.ci95) if row.ci95 is not None and is_cut else "",
    )


def is_one_sided(mean: float, interval: Interval) -> bool:
    """Whether an interval of a mean was cut off at an end of the scale, so that the mean is not in its middle."""
    low, high = interval
    return abs((low + high) / 2 - mean) > 1e-9 * max(abs(low), abs(high), high - low)


def _runs(row: Row) -> str:
    return f"{len(row.values)}×{row.folds_planned}" if row.folds_planned and row.values else str(len(row.values))


def paper_cell(row: Row, *, grouped_digits: bool = False) -> str:
    """The reported number with the digits the paper prints, and its spread."""
    number = None if row.reported is None else row.reported.number
    if number is None:
        return NOTHING
    if grouped_digits and float(number.value).is_integer():
        return grouped(number.value)
    spread = "" if number.spread is None else f" ± {short(number.spread)}"
    return f"{printed(number)}{spread}"


def printed(number: Number) -> str:
    """The number with its printed digits, without its spread.

    >>> printed(Number(text="95.82 +- 1.49", value=95.82, half_width=0.005, spread=1.49))
    '95.82'
    """
    return number.text.partition("±")[0].partition("+-")[0].partition("+/-")[0].strip()


def against(rows: Sequence[Row]) -> str:
    """What ours stand against: the paper, or what a proposal expected."""
    reported = [row.reported for row in rows if row.reported is not None]
    return "expected" if reported and all(number.expected for number in reported) else "paper"


def decimal_places(row: Row, rows: Sequence[Row] = ()) -> int:
    """As many decimals as the paper prints, one at least, and one more where our spread bears it; without a printed
    number as the metric's other rows, else by size.
    """
    half = None if row.ci95 is None else (row.ci95[1] - row.ci95[0]) / 2
    borne = decimals(half) if half else None
    paper = _paper_decimals(row)
    if paper is not None:
        return min(6, paper + 1, max(paper, 1 if borne is None else borne))
    others = [decimal_places(r) for r in rows if _paper_decimals(r) is not None]
    if others:
        return min(others) if borne is None else min(max(others), max(min(others), borne))
    return max(1, min(6, borne if borne is not None else decimals(abs(row.mean or 0.0) / 10)))


def _paper_decimals(row: Row) -> int | None:
    number = None if row.reported is None else row.reported.number
    return None if number is None else len(printed(number).partition(".")[2].rstrip("%"))


def all_notes(row: Row) -> tuple[str, ...]:
    """Notes with the failed seeds named, and the clean value beside one that was picked on test."""
    notes = []
    if row.failed_seeds:
        notes.append(f"seed{'s' * (len(row.failed_seeds) > 1)} {listed(row.failed_seeds)} failed")
    notes.extend(row.notes)
    if "clean_mean" in row.extra and row.extra.get("optimism"):
        notes.append(f"clean mean {fixed(row.extra['clean_mean'], decimal_places(row))}")
    if "wide margin" in row.notes and row.verdict_default is not None:
        notes.append(f"at the default margin {short(row.extra.get('margin_default', 0.0))}: {row.verdict_default}")
    return tuple(notes)


def statistics(row: Row, places: int) -> tuple[str, ...]:
    """What must stand beside every verdict, in words: the 90 % interval of the difference, where the paper's number
    should fall, the sd of our runs, the paper's runs, and the verdicts at half and at twice the margin.
    """
    if row.verdict is None or "exact" in row.extra:
        return ()
    texts = []
    if row.ci90_difference is not None:
        low, high = (fixed(x, places, sign=True) for x in row.ci90_difference)
        texts.append(f"difference {low} to {high} (90 %)")
    if row.pi95 is not None:
        low, high = (fixed(x, places) for x in row.pi95)
        texts.append(f"paper's number expected from {low} to {high} (95 %)")
    if row.folds:
        texts += spreads(row, places)
    elif row.sd is not None:
        texts.append(f"sd of our runs {fixed(row.sd, max(places, decimals(row.sd)))}")
    if "k0" in row.extra:
        texts.append(f"{several(round(row.extra['k0']), 'run')} behind the paper's number")
    if row.verdict_half_margin is not None and row.verdict_twice_margin is not None and row.ci90_difference is not None:
        texts.append(f"at half the margin {row.verdict_half_margin}")
        texts.append(f"at twice the margin {row.verdict_twice_margin}")
    if row.margin_rule and row.margin_rule != DECLARED:
        texts.append(f"margin: {row.margin_rule}")
    return tuple(texts)


def heading(row: Row) -> str:
    """What the rows of one metric measure: name, unit and which way is better."""
    name = row.metric.removeprefix("test/") if row.metric.startswith("test/") else row.metric
    name = f"{name} ({row.measures})" if row.measures else name
    unit = f", {row.unit}" if row.unit else ""
    sign = row.extra.get("sign")
    better = {1.0: " (more is better)", -1.0: " (less is better)"}.get(sign if sign is not None else 0.0, "")
    return f"{name}{unit}{better}"


def sections(rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """Rows by metric, unit and place in the paper, each group in order of its first row, with its heading.

    Rows without a reported number stand in the first group of their metric.
    """
    groups: dict[tuple[str, str, str], list[Row]] = {}
    first: dict[tuple[str, str], str] = {}
    for row in rows:
        if row.reported is not None:
            first.setdefault((row.metric, row.unit), row.reported.where)
    for row in rows:
        where = first.get((row.metric, row.unit), "") if row.reported is None else row.reported.where
        groups.setdefault((row.metric, row.unit, where), []).append(row)
    result = []
    for (_, _, where), group in groups.items():
        head = heading(next((r for r in group if "sign" in r.extra), group[0]))
        result.append((f"{head}; {where}" if where else head, group))
    return result


LEGEND = "* baseline; ± half the 95 % interval of our mean"
"""What the short signs of the table mean."""

LEGEND_OF_ENDS = "[from to]: a 95 % interval of our mean that is cut off where the scale ends"
"""What they mean besides where an interval passed an end of the scale."""

LEGEND_OF_FOLDS = (
    "runs: seeds × folds; ours: mean over seeds of each seed's score over all its folds, every test item counting the "
    "same; by fold: mean over seeds; sd over seeds: of the seeds' scores, it stands behind every interval; sd over "
    "folds: of the means by fold, it says how much folds differ and enters no interval"
)
"""What they mean besides where there are folds."""


def legends(rows: Sequence[Row]) -> tuple[str, ...]:
    """The legends that a table of these rows needs."""
    judged = any(row.verdict_default is not None for row in rows)
    ended = any(cells(row, rows).ends for row in rows)
    return (
        *((LEGEND,) if judged else ()),
        *((LEGEND_OF_ENDS,) if ended else ()),
        *((LEGEND_OF_FOLDS,) if any(row.folds for row in rows) else ()),
    )
