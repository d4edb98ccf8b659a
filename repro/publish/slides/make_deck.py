"""From a study to its deck: what a course asks, in its order, then what else is known."""

from collections.abc import Sequence
from dataclasses import replace

from repro.publish.assignments.answer_texts import is_prose
from repro.publish.assignments.course import Assignment
from repro.publish.assignments.standing import Standing, standing
from repro.publish.content.authors import authors
from repro.publish.content.blocks import BLOCKS
from repro.publish.content.document import own_words, short
from repro.publish.content.document_model import Block, Bullets, Gap, Paragraph, plain, text
from repro.publish.content.gap_block import gap
from repro.publish.content.limitations_block import limitations
from repro.publish.content.related_block import link, references
from repro.publish.content.report_context import ReportContext
from repro.publish.slides.block_slides import of_block, spoken
from repro.publish.slides.deck import Deck, Slide
from repro.publish.slides.layout import fitted
from repro.publish.slides.select_slides import LEAST, MOST, chosen
from repro.publish.slides.speaker_notes import bullets, notes

_THE_QUESTION = "The question"
_ALWAYS = ("dataset", "splits", "leakage", "experiments", "architecture", "training")
_PAPER = (*_ALWAYS, "results", "claims", "figures")
_PROPOSAL = ("related_work", *_ALWAYS, "expected", "figures", "figure_to_reproduce")
"""Blocks that are shown whether a question asks for them or not."""


def make_deck(subject: ReportContext, assignments: Sequence[Assignment]) -> Deck:
    """The deck of a study. Slides that are too full are split, and what 15 slides cannot hold is cut and said.

    Raises:
        StaleError: records are not those that a table was made from.

    """
    subject.check()
    statuses = [
        status for a in assignments for part in standing(a, subject.full, subject.done) for status in part.standings
    ]
    everything = [*_answers(subject, statuses), *_endings(subject)]
    selected = chosen(everything)
    spoken_of = _with_notes(everything, selected)
    slides: list[Slide] = []
    left_out = [
        slide.title for slide in everything if slide not in selected and (slide.bullets or slide.table or slide.picture)
    ]
    warnings = [f"left out, as {MOST} slides do not hold it: {title}" for title in left_out]
    fitted_slides = [fitted(slide) for slide in spoken_of]
    spare = MOST - 1 - len(fitted_slides)
    for pages, messages in fitted_slides:
        take = 1 + min(len(pages) - 1, max(0, spare))
        spare -= take - 1
        slides += pages[:take]
        if take < len(pages):
            slides[-1] = _more(slides[-1])
            warnings.append(
                f"slide {len(slides) + 1}, {pages[0].title}: cut, as {MOST} slides cannot hold it; the notes do"
            )
        warnings += [f"slide {len(slides) + 1}, {pages[0].title}: {line}" for line in messages]
    if len(slides) + 1 < LEAST:
        warnings.append(
            f"only {len(slides) + 1} slides: at least {LEAST} are asked for; run it, and write your answers"
        )
    work = subject.spec.work
    where = ", ".join(str(part) for part in (work.venue, work.year) if part)
    facts = tuple(fact for fact in (authors(work.authors), where, link(work)) if fact)
    return Deck(work.title, facts, tuple(slides), tuple(warnings))


def _answers(subject: ReportContext, statuses: Sequence[Standing]) -> list[Slide]:
    """The questions in their order, each answered by a person's own words and by what it shows; then other blocks.

    What nobody has written yet stands on one slide together.
    """
    answer_slides: list[Slide] = []
    gaps: list[Block] = []
    shown: set[str] = set()
    is_open = False
    for status in statuses:
        if "slides" in status.question.shows:  # the slides themselves answer it
            continue
        blocks = [name for name in dict.fromkeys(status.question.shows) if name not in shown]
        opens = not is_open and any(need.where == "question" for need in status.question.needs)
        slides, missing = _answered(subject, status, blocks, opens=opens)
        is_open = is_open or opens
        shown.update(blocks)
        gaps += missing
        answer_slides += [
            replace(slide, notes=f"{status.question.ask}\n\n{slide.notes}".strip()) for slide in slides[:1]
        ]
        answer_slides += slides[1:]
    if not is_open:
        answer_slides = [*spoken(_THE_QUESTION, short(subject)), *answer_slides]
    left = [name for name in (_PROPOSAL if subject.spec.kind == "proposal" else _PAPER) if name not in shown]
    answer_slides += [slide for name in left for slide in of_block(subject, name)]
    return [*answer_slides, *spoken("Still to be written", tuple(gaps))]


def _answered(
    subject: ReportContext, status: Standing, blocks: Sequence[str], *, opens: bool
) -> tuple[list[Slide], Sequence[Block]]:
    """The slides of a question, and the gaps in a person's own words that stand on none of them."""
    ask, own = status.question.ask, own_words(subject.full, status)
    prose = {need.where for need in status.question.needs if is_prose(need.where)}
    slides: list[Slide] = []
    if opens:
        slides += _opening(subject, _THE_QUESTION if prose == {"question"} else ask, own)
        own = ()
    elif own and prose == {"dataset.why"} and "dataset" in blocks:
        slides += spoken("The data", (*own, *BLOCKS["dataset"](subject)))
        own, blocks = (), [name for name in blocks if name != "dataset"]
    elif any(not isinstance(block, Gap) for block in own):
        slides += spoken(ask, own)
        own = ()
    slides += [slide for name in blocks for slide in of_block(subject, name)]
    return slides, own if prose or not slides else ()


def _opening(subject: ReportContext, title: str, own: Sequence[Block]) -> list[Slide]:
    """The question in a person's words, or the gap; then what came out."""
    blocks = [
        block
        for block in short(subject)
        if not isinstance(block, Paragraph) or plain(block.text) != subject.spec.question
    ]
    return spoken(title, (*own, *blocks))


def _endings(subject: ReportContext) -> list[Slide]:
    """What limits the study, and for a proposal what it cites."""
    if subject.spec.kind == "proposal":
        return [*spoken("What limits this", limitations(subject)), *spoken("References", references(subject))]
    lines = bullets([*limitations(subject), *_differences(subject)])
    return [Slide("What differs, and what limits this", lines, notes=notes([*limitations(subject), *gap(subject)]))]


def _differences(subject: ReportContext) -> list[Block]:
    """What is different by the spec's own words."""
    different = subject.spec.sources.get("different", {})
    return (
        [Bullets(tuple(text(f"{path}: {place}" if place else path) for path, place in different.items()))]
        if different
        else []
    )


def _with_notes(everything: Sequence[Slide], selected: Sequence[Slide]) -> list[Slide]:
    """The slides that stay; what a talk does not hold goes into the notes of the one before it, or of the first."""
    slides: list[Slide] = []
    early = ""
    for slide in everything:
        if slide in selected:
            slides.append(replace(slide, notes=f"{slide.notes}{early}"))
            early = ""
        elif slide.notes:
            note = f"\n\nNot on a slide: {slide.title}\n{slide.notes}"
            if slides:
                slides[-1] = replace(slides[-1], notes=f"{slides[-1].notes}{note}")
            else:
                early += note
    return slides


def _more(slide: Slide) -> Slide:
    if slide.table is None:
        return Slide(
            slide.title, (*slide.bullets[:-1], text("… more in the notes")), lead=slide.lead, notes=slide.notes
        )
    return Slide(slide.title, table=slide.table, lead="The rest of this table is in the notes.", notes=slide.notes)
