"""From a study to its deck: which slides there are, and what stands on each."""

import re
from collections.abc import Iterable, Sequence

from repro.publish.assignments.course import Assignment
from repro.publish.assignments.standing import Standing, standing
from repro.publish.content.blocks import BLOCKS
from repro.publish.content.document import own_words, short
from repro.publish.content.figures_block import pictures
from repro.publish.content.gap_block import gap
from repro.publish.content.limitations_block import limitations
from repro.publish.content.pieces import (
    Block,
    Bullets,
    Gap,
    Own,
    Paragraph,
    Picture,
    Row,
    Table,
    Text,
    plain,
    runs_of,
    text,
)  # fmt: skip
from repro.publish.content.related_block import authors, link, references
from repro.publish.content.subject import Subject
from repro.publish.slides.deck import Deck, Slide
from repro.publish.slides.layout import fitted
from repro.results.cells import NOTHING

LEAST, MOST = 10, 15
"""Slides of a talk, the first one counted."""

_OPINIONS = (
    ("Towards a better model", "better-model"),
    ("In an applied setting", "applied-setting"),
    ("Criticism", "criticisms"),
)
LEAKAGE, NET = "Looked for leakage", "Architecture: "

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÄÖÜ0-9\"'])")


def make_deck(subject: Subject, assignments: Sequence[Assignment]) -> Deck:
    """The deck of a study. Slides that are too full are split, and what 15 slides cannot hold is cut and said.

    Raises:
        StaleError: records are not those that a table was made from.

    """
    subject.check()
    asked = [one for a in assignments for part in standing(a, subject.full, subject.done) for one in part.standings]
    everything = _proposal(subject, asked) if subject.spec.kind == "proposal" else _paper(subject, asked)
    wanted = _chosen(everything)
    slides: list[Slide] = []
    left_out = [one.title for one in everything if one not in wanted and (one.bullets or one.table or one.picture)]
    warnings = [f"left out, as {MOST} slides do not hold it: {title}" for title in left_out]
    made = [fitted(one) for one in wanted]
    spare = MOST - 1 - len(made)
    for pages, said in made:
        take = 1 + min(len(pages) - 1, max(0, spare))
        spare -= take - 1
        slides += pages[:take]
        if take < len(pages):
            slides[-1] = _more(slides[-1])
            warnings.append(
                f"slide {len(slides) + 1}, {pages[0].title}: cut, as {MOST} slides cannot hold it; the notes do"
            )
        warnings += [f"slide {len(slides) + 1}, {pages[0].title}: {line}" for line in said]
    if len(slides) + 1 < LEAST:
        warnings.append(
            f"only {len(slides) + 1} slides: at least {LEAST} are asked for; run it, and write your answers"
        )
    work = subject.spec.work
    where = ", ".join(str(one) for one in (work.venue, work.year) if one)
    facts = tuple(one for one in (authors(work.authors), where, link(work)) if one)
    return Deck(work.title, facts, tuple(slides[: MOST - 1]), tuple(warnings))


def _paper(subject: Subject, asked: Sequence[Standing]) -> list[Slide]:
    drawn = _best(pictures(subject))
    slides = [
        _question(subject, asked),
        _own("The data", "dataset", subject, asked, "dataset"),
        *_tables("How it was split", subject, "splits"),
        *_tables(LEAKAGE, subject, "leakage"),
        *_tables("Experiments", subject, "experiments"),
        *_nets(subject),
        *_tables("How it was trained", subject, "training"),
        *_results(subject),
        *[_picture(one) for one in drawn[:3]],
        *_tables("What the paper claims", subject, "claims"),
        *_opinions(subject, asked),
        Slide(
            "What differs, and what limits this",
            _lines([*limitations(subject), *_differences(subject)]),
            notes=_said(gap(subject)),
        ),
    ]
    return slides


def _proposal(subject: Subject, asked: Sequence[Standing]) -> list[Slide]:
    drawn = pictures(subject)
    works = subject.spec.related_work.values()
    related = tuple(text(f"{authors(work.authors[:3])} ({work.year}): {_first(work.summary)}") for work in works)
    slides = [
        Slide("The question", _lines([Paragraph(text(subject.spec.question))]), notes=subject.spec.question),
        Slide("Who asked something similar", related, notes=_said(BLOCKS["related_work"](subject))),
        _own("The data", "dataset", subject, asked, "dataset"),
        *_tables("How it is split", subject, "splits"),
        *_opinion("Features and labels", "features-and-labels", subject, asked),
        *_opinion("Which architecture, and why", "architecture", subject, asked),
        *_nets(subject),
        *_tables("Experiments", subject, "experiments"),
        *_tables("How it is trained", subject, "training"),
        *_tables("What is expected", subject, "expected"),
        *[
            _picture(one)
            for block in (BLOCKS["expected"](subject)[:3], drawn[:2])
            for one in block
            if isinstance(one, Picture)
        ][:3],
        Slide(
            "A figure to draw again",
            _lines(BLOCKS["figure_to_reproduce"](subject)),
            notes=_said(BLOCKS["figure_to_reproduce"](subject)),
        ),
        Slide("What limits this", _lines(limitations(subject)), notes=_said(limitations(subject))),
        Slide("References", _lines(references(subject)), notes=_said(references(subject))),
    ]
    return slides


def _chosen(slides: list[Slide]) -> list[Slide]:
    """At most as many as a talk has: the checks go first, then drawings after the first ones."""
    left = [one for one in slides if one.bullets or one.table or one.picture]
    if len(left) > MOST - 1:
        left = [one for one in left if one.title != LEAKAGE]
    nets = [one for one in left if one.title.startswith(NET)]
    figures = [one for one in left if one.picture is not None and one not in nets]
    for spare in (*figures[:1:-1], *nets[:-1], *figures[1::-1]):
        if len(left) > MOST - 1:
            left.remove(spare)
    return left


def _best(drawn: Sequence[Picture]) -> list[Picture]:
    """Reported against ours first, then curves, then all others."""

    def order(one: Picture) -> int:
        return 2 if one.chart is None else 1 if one.chart.kind == "lines" else 0

    bars = [one for one in drawn if order(one) == 0]
    return sorted([one for one in drawn if one not in bars[1:]], key=order) + bars[1:]


def _own(title: str, question: str, subject: Subject, asked: Sequence[Standing], block: str) -> Slide:
    """A person's own words first, then what is looked up."""
    own = _answer(question, subject, asked)
    looked_up = BLOCKS[block](subject)
    return Slide(title, (*_lines(own), *_lines(looked_up)), notes=_said([*own, *looked_up]))


def _opinions(subject: Subject, asked: Sequence[Standing]) -> list[Slide]:
    """What only a person can say, a slide each; what nobody has said yet stands on one slide together."""
    made: list[Slide] = []
    gaps: list[Block] = []
    for title, question in _OPINIONS:
        own = _answer(question, subject, asked)
        if own and all(isinstance(block, Gap) for block in own):
            gaps += own
        elif own:
            made.append(Slide(title, _lines(own), notes=_said(own)))
    return [*made, *([Slide("Still to be written", _lines(gaps), notes=_said(gaps))] if gaps else [])]


def _opinion(title: str, question: str, subject: Subject, asked: Sequence[Standing]) -> list[Slide]:
    """What only a person can say; where nobody has, the gap is shown."""
    own = _answer(question, subject, asked)
    return [Slide(title, _lines(own), notes=_said(own))] if own else []


def _answer(question: str, subject: Subject, asked: Sequence[Standing]) -> tuple[Block, ...]:
    found = next((one for one in asked if one.question.name == question), None)
    return () if found is None else own_words(subject.full, found)


def _tables(title: str, subject: Subject, block: str) -> list[Slide]:
    """A slide for the first table of a block, the lines before it above it; the others go into the notes."""
    blocks = BLOCKS[block](subject)
    found = [one for one in blocks if isinstance(one, Table)]
    if not found:
        return [Slide(title, lines, notes=_said(blocks))] if (lines := _lines(blocks)) else []
    lead = " ".join(plain(one.text) for one in blocks if isinstance(one, Paragraph))
    return [Slide(title, table=_slim(found[0]), lead=lead, notes=_said(blocks))]


def _question(subject: Subject, asked: Sequence[Standing]) -> Slide:
    """The question in a person's words, or the gap; then what came out."""
    own = _answer("research-question", subject, asked)
    found = [
        one for one in short(subject) if not isinstance(one, Paragraph) or plain(one.text) != subject.spec.question
    ]
    return Slide("The question", _lines([*own, *found]), notes=_said([*own, *found]))


def _results(subject: Subject) -> list[Slide]:
    """The first table of results, the others in the notes, and said so."""
    blocks = BLOCKS["results"](subject)
    found = [one for one in blocks if isinstance(one, Table)]
    if not found:
        return [Slide("Results", _lines(blocks), notes=_said(blocks))]
    lines = [plain(one.text) for one in blocks[:2] if isinstance(one, Paragraph)]
    reported = any(row.reported is not None and not row.reported.expected for row in subject.results.rows)
    title = "Results against the paper" if reported else "Results"
    more = f" This is the first of {len(found)} tables; the others are in the notes." if len(found) > 1 else ""
    lead = " ".join(reversed(lines)) + more  # what a rung changes comes first
    return [Slide(title, table=_filled(_slim(found[0])), lead=lead, notes=_said([*blocks[:2], *found]))]


def _filled(table: Table) -> Table:
    """Without columns in which nothing stands."""
    kept = [
        at
        for at in range(len(table.head))
        if at == 0 or any(plain(row.cells[at]) not in ("", NOTHING) for row in table.rows)
    ]
    rows = tuple(Row(tuple(row.cells[at] for at in kept), (), row.kind) for row in table.rows)
    return Table(table.caption, tuple(table.head[at] for at in kept), rows, "".join(table.align[at] for at in kept))


def _nets(subject: Subject) -> list[Slide]:
    """The drawings of two nets at most: what the first claim is about comes last, and stays longest."""
    blocks = BLOCKS["architecture"](subject)
    drawn = [one for one in blocks if isinstance(one, Picture)]
    tables = [one for one in blocks if isinstance(one, Table)]
    method = subject.title(subject.spec.claims[0].experiments[0]) if subject.spec.claims else ""
    names = [_about(one) for one in drawn]
    exact = method in names
    drawn.sort(key=lambda one: _about(one) == method if exact else bool(method) and _about(one).startswith(method))
    return [
        Slide(f"{NET}{_about(one)}", picture=one, notes=_said([t for t in tables if t.caption.endswith(_about(one))]))
        for one in drawn[-2:]
    ]


def _about(one: Picture) -> str:
    return plain(one.caption).partition(", from input")[0]


def _picture(one: Picture) -> Slide:
    title = plain(one.caption).partition(" (the paper's")[0].partition("; after")[0]
    behind = f"\n\nDrawn from {len(one.runs)} runs: {', '.join(one.runs[:40])}" if one.runs else ""
    return Slide(title, picture=one, notes=f"{one.alt}{behind}")


def _slim(table: Table) -> Table:
    """Without the sentences under rows: they are in the notes."""
    return Table(table.caption, table.head, tuple(Row(row.cells, (), row.kind) for row in table.rows), table.align)


def _lines(blocks: Iterable[Block]) -> tuple[Text, ...]:
    """Bullets out of blocks; a person's paragraphs sentence by sentence."""
    made: list[Text] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            made.append(block.text)
        elif isinstance(block, Bullets):
            made += block.items
        elif isinstance(block, Own):
            made += [text(part) for part in _SENTENCE.split(" ".join(block.text.split()))]
        elif isinstance(block, Gap):
            made.append(text(f"[still to be written: {block.question}]"))
    return tuple(made)


def _said(blocks: Iterable[Block]) -> str:
    """Blocks as plain text for the notes, with the runs behind the numbers."""
    parts: list[str] = []
    behind: dict[str, None] = {}
    for block in blocks:
        if isinstance(block, Own):
            parts.append(block.text)
        elif isinstance(block, Paragraph):
            parts.append(plain(block.text))
        elif isinstance(block, Bullets):
            parts += [f"- {plain(item)}" for item in block.items]
        elif isinstance(block, Gap):
            parts.append(f"[still to be written: {block.question}]")
        elif isinstance(block, Table):
            parts.append(block.caption)
            parts += [
                " | ".join(part for cell in row.cells if (part := plain(cell)))
                + (f"\n  {plain(row.sentence)}" if row.sentence else "")
                for row in block.rows
            ]
            behind |= dict.fromkeys(run for row in block.rows for cell in row.cells for run in runs_of(cell))
    said = "\n".join(parts)
    return said + (f"\n\nNumbers from the records of: {', '.join(behind)}" if behind else "")


def _differences(subject: Subject) -> list[Block]:
    """What is different by the spec's own words."""
    different = subject.spec.sources.get("different", {})
    return (
        [Bullets(tuple(text(f"{path}: {place}" if place else path) for path, place in different.items()))]
        if different
        else []
    )


def _first(summary: str) -> str:
    return _SENTENCE.split(" ".join(summary.split()))[0]


def _more(slide: Slide) -> Slide:
    if slide.table is None:
        return Slide(
            slide.title, (*slide.bullets[:-1], text("… more in the notes")), lead=slide.lead, notes=slide.notes
        )
    return Slide(slide.title, table=slide.table, lead="The rest of this table is in the notes.", notes=slide.notes)
