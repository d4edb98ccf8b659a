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


def chip(word: str, shown: str = "") -> str:
    """A verdict with its sign; ``shown`` is shown in its place."""
    return _chip(SYMBOLS.get(word, ""), TONES.get(word, "none"), shown or word)


def state_chip(study: StudySummary) -> str:
    """How far a study is run."""
    sign, tone = STATE_SIGNS[study.state]
    return _chip(sign, tone, state_text(study))


def state_text(study: StudySummary) -> str:
    """``40 of 40 runs``, with the rung where it is not the paper's own recipe."""
    if study.state in ("not shown", "not run"):
        return study.state
    rung = "" if study.rung == "full" else f", rung {study.rung}"
    failed = f", {study.failed} failed" if study.failed else ""
    return f"{study.done} of {several(study.planned, 'run')}{failed}{rung}"


def owner_names(study: StudySummary) -> str:
    """Whose it is: names of the roster, else the folder."""
    return ", ".join(study.who) or study.shown


def shared_record_notes(studies: Sequence[StudySummary]) -> list[tuple[str, ...]]:
    """For each what is said of records that others have too: the same words for all who have them."""
    names = [f"{owner_names(study)} ({study.shown})" if study.who else study.shown for study in studies]
    notes = same_records(dict(zip(names, (study.traces for study in studies), strict=True)))
    return [notes[name] for name in names]


def not_shown(studies: Iterable[StudySummary]) -> int:
    """How many folders could not be read, and so have no report."""
    return sum(study.state == "not shown" for study in studies)


def claims_text(study: StudySummary) -> str:
    """``2 of 3 claims hold``; empty without claims."""
    if not study.claims:
        return ""
    hold = sum(claim.verdict == "HOLDS" for claim in study.claims)
    return f"{hold} of {several(len(study.claims), 'claim')} hold{'s' * (len(study.claims) == 1)}"


def _chip(sign: str, tone: str, label: str) -> str:
    return f'<b class="chip {tone}" data-s={sign}>{escape(label)}</b>'
