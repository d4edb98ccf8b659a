"""A whole document: the questions of an assignment with their answers, then everything else that is known."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from repro.publish.assignments.answer_texts import answer_texts, is_prose
from repro.publish.assignments.course import Assignment
from repro.publish.assignments.standing import Standing, State, standing
from repro.publish.content.authors import authors
from repro.publish.content.blocks import BLOCKS
from repro.publish.content.checklist_block import checklist
from repro.publish.content.compute_block import compute
from repro.publish.content.determinism_block import determinism
from repro.publish.content.document_model import (
    Block,
    Document,
    Gap,
    Link,
    Own,
    Paragraph,
    Picture,
    RecordLine,
    Section,
    Text,
    text,
)
from repro.publish.content.gap_block import gap
from repro.publish.content.limitations_block import limitations
from repro.publish.content.related_block import link, references
from repro.publish.content.report_context import ReportContext
from repro.results.collect import describe, run_id
from repro.spec.spec import Spec

_ALWAYS: tuple[tuple[str, str, Callable[[ReportContext], tuple[Block, ...]]], ...] = (
    ("gap", "The gap explained", gap),
    ("determinism", "Determinism", determinism),
    ("compute", "Compute", compute),
    ("limitations", "Limitations", limitations),
    ("checklist", "Reproducibility checklist", checklist),
    ("references", "References", references),
)

_OTHERWISE = (
    ("dataset", "Data"), ("splits", "Splits"), ("leakage", "Leakage"), ("features", "What a model sees"),
    ("experiments", "Experiments"), ("architecture", "Architecture"), ("training", "Training"),
    ("baseline", "Baseline"), ("expected", "Expected"), ("results", "Results"), ("claims", "Claims"),
    ("figures", "Figures"),
)  # fmt: skip
"""Blocks that are shown whether a question asks for them or not."""


def document(
    subject: ReportContext,
    assignments: Sequence[Assignment],
    blocks_of: Mapping[str, Callable[[ReportContext], tuple[Block, ...]]] = BLOCKS,
) -> Document:
    """The document that answers these assignments, without ones about a study of its own kind.

    Args:
        subject: the study.
        assignments: what is asked.
        blocks_of: the blocks that it is put together from, for who draws some of them otherwise.

    Raises:
        StaleError: records are not those that a table was made from.

    """
    subject.check()
    spec = subject.spec
    sections: list[Section] = [Section("In short", short(subject), key="in-short")]
    shown: set[str] = set()
    for assignment in assignments:
        for part in standing(assignment, subject.full, subject.done):
            title = part.part.title if len(assignment.parts) == 1 else f"Part {part.part.number}: {part.part.title}"
            sections.append(Section(title, key=f"{assignment.name}-{part.part.number}"))
            for status in part.standings:
                blocks = answered(subject, status, blocks_of)
                sections.append(Section(status.question.ask, blocks, 3, status.question.name))
                shown.update(status.question.shows)
    left = [(key, title) for key, title in _OTHERWISE if key not in shown and _tells(subject, key)]
    for key, title in left:
        blocks = blocks_of[key](subject)
        if blocks:
            sections.append(Section(title, blocks, key=key))
    for key, title, make in _ALWAYS:
        blocks = make(subject)
        if blocks:
            sections.append(Section(title, blocks, key=key))
    return Document(
        title=spec.work.title,
        facts=tuple(_facts(spec)),
        sections=tuple(_pictures_once(sections)),
        records=tuple(_lines(subject)),
    )


def _pictures_once(sections: Sequence[Section]) -> Iterator[Section]:
    """The sections; a picture that is shown in an earlier one is named there, not drawn again."""
    shown: dict[str, str] = {}
    for section in sections:
        blocks: list[Block] = []
        for block in section.blocks:
            if isinstance(block, Picture) and block.name in shown:
                blocks.append(Paragraph(text(*block.caption, f": drawn above, under “{shown[block.name]}”.")))
                continue
            if isinstance(block, Picture):
                shown[block.name] = section.title
            blocks.append(block)
        yield replace(section, blocks=tuple(blocks))


def _tells(subject: ReportContext, key: str) -> bool:
    """Whether a block has anything to say: a paper expects nothing, and what was not run has no results."""
    if key == "expected":
        return subject.spec.kind == "proposal"
    return key not in ("results", "claims", "figures") or bool(subject.records) or subject.spec.kind == "paper"


def answered(
    subject: ReportContext,
    status: Standing,
    blocks_of: Mapping[str, Callable[[ReportContext], tuple[Block, ...]]] = BLOCKS,
) -> tuple[Block, ...]:
    """What stands under a question: the person's own words, a gap where there are none, and what is looked up."""
    blocks: list[Block] = list(own_words(subject.full, status))
    for name in status.question.shows:
        blocks += blocks_of[name](subject)
    return tuple(blocks)


def own_words(spec: Spec, status: Standing) -> tuple[Block, ...]:
    """The person's own words to a question, and a visible gap for each that is empty or thin.

    What is written and has a few words too few is no gap: `repro check` says so.
    """
    blocks: list[Block] = []
    lacking = {missing.need.where: missing for missing in status.missing}
    for need in status.question.needs:
        if is_prose(need.where):
            blocks += [Own(answer, place) for place, answer in answer_texts(spec, need.where).texts]
        missing = lacking.get(need.where)
        if missing is not None and not missing.nearly:
            state = "" if missing.state is State.EMPTY else "thin so far: "
            blocks.append(Gap(status.question.ask, missing.place, f"{state}{missing.text}"))
    return tuple(blocks)


def short(subject: ReportContext) -> tuple[Block, ...]:
    """The first lines: the question and what came out."""
    blocks: list[Block] = []
    if subject.spec.question.strip(". …"):
        blocks.append(Paragraph(text(subject.spec.question)))
    if subject.records:
        blocks.append(Paragraph(text(subject.results.headline + ".")))
        blocks += [Paragraph(text(leak.sentence), "bad") for leak in subject.results.leaks if leak.state == "failed"]
        if not subject.is_tabled:
            sentence = "These records have no saved table, so later edits to a record cannot be detected."
            blocks.append(Paragraph(text(sentence), "note"))
    else:
        blocks.append(Paragraph(text(f"{subject.not_run}."), "note"))
    return tuple(blocks)


def _facts(spec: Spec) -> list[Text]:
    work = spec.work
    by = authors(work.authors)
    url = link(work)
    where = ", ".join(str(part) for part in (work.venue, work.year) if part)
    facts = (text(by), text(where), text(Link(url, url)) if url else ())
    return [fact for fact in facts if fact]


def _lines(subject: ReportContext) -> list[RecordLine]:
    return [
        RecordLine(run_id(record), record.sha256, record.state, record.timings.total, describe(record.environment))
        for record in subject.records
    ]
