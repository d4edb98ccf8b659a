"""From a study to its deck: which slides there are, and what stands on each."""

from collections.abc import Sequence

from repro.publish.assignments.course import Assignment
from repro.publish.assignments.standing import Standing, standing
from repro.publish.content.authors import authors
from repro.publish.content.blocks import BLOCKS
from repro.publish.content.document import own_words, short
from repro.publish.content.figures_block import pictures
from repro.publish.content.gap_block import gap
from repro.publish.content.limitations_block import limitations
from repro.publish.content.pieces import Block, Bullets, Gap, Paragraph, Picture, Row, Table, Text, plain, text
from repro.publish.content.related_block import link, references
from repro.publish.content.subject import Subject
from repro.publish.slides.choose import LEAKAGE, LEAST, MOST, NET, best_first, chosen
from repro.publish.slides.deck import Deck, Slide
from repro.publish.slides.layout import fitted
from repro.publish.slides.spoken import bullets, notes, sentences
from repro.results.cells import NOTHING

_OPINIONS = (
    ("Towards a better model", "better-model"),
    ("In an applied setting", "applied-setting"),
    ("Criticism", "criticisms"),
)


def make_deck(subject: Subject, assignments: Sequence[Assignment]) -> Deck:
    """The deck of a study. Slides that are too full are split, and what 15 slides cannot hold is cut and said.

    Raises:
        StaleError: records are not those that a table was made from.

    """
    subject.check()
    asked = [one for a in assignments for part in standing(a, subject.full, subject.done) for one in part.standings]
    everything = _proposal(subject, asked) if subject.spec.kind == "proposal" else _paper(subject, asked)
    wanted = chosen(everything)
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
    return Deck(work.title, facts, tuple(slides), tuple(warnings))


def _paper(subject: Subject, asked: Sequence[Standing]) -> list[Slide]:
    drawn = best_first(pictures(subject))
    return [
        _question(subject, asked),
        _own("The data", "dataset", subject, asked, "dataset"),
        *_tables("How it was split", subject, "splits"),
        *_tables(LEAKAGE, subject, "leakage"),
        *_tables("Experiments", subject, "experiments"),
        *_nets(subject),
        *_tables("How it was trained", subject, "training"),
        *_results(subject),
        *map(_picture, drawn[:3]),
        *_tables("What the paper claims", subject, "claims"),
        *_opinions(subject, asked),
        Slide(
            "What differs, and what limits this",
            bullets([*limitations(subject), *_differences(subject)]),
            notes=notes(gap(subject)),
        ),
    ]


def _proposal(subject: Subject, asked: Sequence[Standing]) -> list[Slide]:
    expected, reproduced = BLOCKS["expected"](subject), BLOCKS["figure_to_reproduce"](subject)
    drawn = [one for one in expected if isinstance(one, Picture)][:2] + list(pictures(subject))[:2]
    return [
        _question(subject, asked),
        Slide("Who asked something similar", _related(subject), notes=notes(BLOCKS["related_work"](subject))),
        _own("The data", "dataset", subject, asked, "dataset"),
        *_tables("How it is split", subject, "splits"),
        *_opinion("Features and labels", "features-and-labels", subject, asked),
        *_opinion("Which architecture, and why", "architecture", subject, asked),
        *_nets(subject),
        *_tables("Experiments", subject, "experiments"),
        *_tables("How it is trained", subject, "training"),
        *_tables("What is expected", subject, "expected"),
        *map(_picture, drawn[:3]),
        Slide("A figure to draw again", bullets(reproduced), notes=notes(reproduced)),
        Slide("What limits this", bullets(limitations(subject)), notes=notes(limitations(subject))),
        Slide("References", bullets(references(subject)), notes=notes(references(subject))),
    ]


def _related(subject: Subject) -> tuple[Text, ...]:
    """A line for each paper: by whom, and the first sentence of what the student says of it."""
    found = []
    for work in subject.spec.related_work.values():
        by = " ".join(part for part in (authors(work.authors), f"({work.year})" if work.year else "") if part)
        found.append(text(f"{by or work.title}: {sentences(work.summary)[0]}"))
    return tuple(found)


def _own(title: str, question: str, subject: Subject, asked: Sequence[Standing], block: str) -> Slide:
    """A person's own words first, then what is looked up."""
    own = _answer(question, subject, asked)
    looked_up = BLOCKS[block](subject)
    return Slide(title, (*bullets(own), *bullets(looked_up)), notes=notes([*own, *looked_up]))


def _opinions(subject: Subject, asked: Sequence[Standing]) -> list[Slide]:
    """What only a person can say, a slide each; what nobody has said yet stands on one slide together."""
    made: list[Slide] = []
    gaps: list[Block] = []
    for title, question in _OPINIONS:
        own = _answer(question, subject, asked)
        if own and all(isinstance(block, Gap) for block in own):
            gaps += own
        elif own:
            made.append(Slide(title, bullets(own), notes=notes(own)))
    return [*made, *([Slide("Still to be written", bullets(gaps), notes=notes(gaps))] if gaps else [])]


def _opinion(title: str, question: str, subject: Subject, asked: Sequence[Standing]) -> list[Slide]:
    """What only a person can say; where nobody has, the gap is shown."""
    own = _answer(question, subject, asked)
    return [Slide(title, bullets(own), notes=notes(own))] if own else []


def _answer(question: str, subject: Subject, asked: Sequence[Standing]) -> tuple[Block, ...]:
    found = next((one for one in asked if one.question.name == question), None)
    return () if found is None else own_words(subject.full, found)


def _tables(title: str, subject: Subject, block: str) -> list[Slide]:
    """A slide for the first table of a block, the lines before it above it; the others go into the notes."""
    blocks = BLOCKS[block](subject)
    found = [one for one in blocks if isinstance(one, Table)]
    if not found:
        return [Slide(title, lines, notes=notes(blocks))] if (lines := bullets(blocks)) else []
    lead = " ".join(plain(one.text) for one in blocks if isinstance(one, Paragraph))
    return [Slide(title, table=_slim(found[0]), lead=lead, notes=notes(blocks))]


def _question(subject: Subject, asked: Sequence[Standing]) -> Slide:
    """The question in a person's words, or the gap; then what came out."""
    own = _answer("research-question", subject, asked)
    found = [
        one for one in short(subject) if not isinstance(one, Paragraph) or plain(one.text) != subject.spec.question
    ]
    return Slide("The question", bullets([*own, *found]), notes=notes([*own, *found]))


def _results(subject: Subject) -> list[Slide]:
    """The first table of results, the others in the notes, and said so."""
    blocks = BLOCKS["results"](subject)
    found = [one for one in blocks if isinstance(one, Table)]
    if not found:
        return [Slide("Results", bullets(blocks), notes=notes(blocks))]
    lines = [plain(one.text) for one in blocks[:2] if isinstance(one, Paragraph)]
    reported = any(row.reported is not None and not row.reported.expected for row in subject.results.rows)
    title = "Results against the paper" if reported else "Results"
    more = f" This is the first of {len(found)} tables; the others are in the notes." if len(found) > 1 else ""
    lead = " ".join(reversed(lines)) + more  # what a rung changes comes first
    return [Slide(title, table=_filled(_slim(found[0])), lead=lead, notes=notes([*blocks[:2], *found]))]


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
        Slide(f"{NET}{_about(one)}", picture=one, notes=notes([t for t in tables if t.caption.endswith(_about(one))]))
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


def _differences(subject: Subject) -> list[Block]:
    """What is different by the spec's own words."""
    different = subject.spec.sources.get("different", {})
    return (
        [Bullets(tuple(text(f"{path}: {place}" if place else path) for path, place in different.items()))]
        if different
        else []
    )


def _more(slide: Slide) -> Slide:
    if slide.table is None:
        return Slide(
            slide.title, (*slide.bullets[:-1], text("… more in the notes")), lead=slide.lead, notes=slide.notes
        )
    return Slide(slide.title, table=slide.table, lead="The rest of this table is in the notes.", notes=slide.notes)
