"""What is said of a folder in few words and signs, the same on every page."""

from collections.abc import Iterable, Sequence
from html import escape

from repro.publish.site.study_summary import State, StudySummary
from repro.results.cells import SYMBOLS
from repro.results.row import Verdict
from repro.results.same_records import same_records
from repro.results.wording import several

TONES: dict[str, str] = {
    Verdict.REPRODUCED: "ok",
    Verdict.EXCEEDS: "ok",
    Verdict.PARTIAL: "note",
    Verdict.UNDECIDABLE: "none",
    Verdict.INCONCLUSIVE: "none",
    Verdict.NOT_REPRODUCED: "bad",
    Verdict.INVALID: "bad",
    "HOLDS": "ok",
    "FAILS": "bad",
    "REVERSED": "bad",
    "NOT SHOWN": "none",
    "not run yet": "none",
}
"""How a verdict is coloured; its sign and its word say the same."""

BEST = (
    Verdict.REPRODUCED, Verdict.EXCEEDS, Verdict.PARTIAL, Verdict.INCONCLUSIVE, Verdict.UNDECIDABLE,
    Verdict.NOT_REPRODUCED, Verdict.INVALID,
)  # fmt: skip
"""The verdicts, the best first."""

STATE_SIGNS: dict[State, tuple[str, str]] = {
    "run": ("✓", "ok"),
    "partly run": ("◐", "note"),
    "not run": ("○", "none"),
    "not shown": ("!", "bad"),
}


def chip(word: str, said: str = "") -> str:
    """A verdict with its sign; ``said`` is shown in its place."""
    return _chip(SYMBOLS.get(word, ""), TONES.get(word, "none"), said or word)


def state_chip(seen: StudySummary) -> str:
    """How far a study is run."""
    sign, tone = STATE_SIGNS[seen.state]
    return _chip(sign, tone, state_text(seen))


def state_text(seen: StudySummary) -> str:
    """``40 of 40 runs``, with the rung where it is not the paper's own recipe."""
    if seen.state in ("not shown", "not run"):
        return seen.state
    rung = "" if seen.rung == "full" else f", rung {seen.rung}"
    failed = f", {seen.failed} failed" if seen.failed else ""
    return f"{seen.done} of {several(seen.planned, 'run')}{failed}{rung}"


def owner_names(seen: StudySummary) -> str:
    """Whose it is: names of the roster, else the folder."""
    return ", ".join(seen.who) or seen.shown


def shared_record_notes(studies: Sequence[StudySummary]) -> list[tuple[str, ...]]:
    """For each what is said of records that others have too: the same words for all who have them."""
    names = [f"{owner_names(seen)} ({seen.shown})" if seen.who else seen.shown for seen in studies]
    said = same_records(dict(zip(names, (seen.traces for seen in studies), strict=True)))
    return [said[name] for name in names]


def not_shown(studies: Iterable[StudySummary]) -> int:
    """How many folders could not be read, and so have no report."""
    return sum(seen.state == "not shown" for seen in studies)


def claims_text(seen: StudySummary) -> str:
    """``2 of 3 claims hold``; empty without claims."""
    if not seen.claims:
        return ""
    hold = sum(one.verdict == "HOLDS" for one in seen.claims)
    return f"{hold} of {several(len(seen.claims), 'claim')} hold{'s' * (len(seen.claims) == 1)}"


def _chip(sign: str, tone: str, said: str) -> str:
    return f'<b class="chip {tone}" data-s={sign}>{escape(said)}</b>'
