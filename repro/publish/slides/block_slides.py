"""What each block that a question can show puts on slides; blocks have the names that courses use."""

from collections.abc import Callable, Mapping

from repro.publish.content.authors import authors
from repro.publish.content.blocks import BLOCKS
from repro.publish.content.document_model import Block, Paragraph, Picture, Row, Table, Text, plain, text
from repro.publish.content.figures_block import pictures
from repro.publish.content.report_context import ReportContext
from repro.publish.slides.deck import Slide
from repro.publish.slides.select_slides import BASELINE, FEATURES, LEAKAGE, NET, best_first
from repro.publish.slides.speaker_notes import bullets, notes, sentences
from repro.results.cells import NOTHING

PICTURES = 3
"""Figures that a deck shows."""


def of_block(subject: ReportContext, name: str) -> list[Slide]:
    """The slides of a block; none where it has nothing to show."""
    return _SLIDES[name](subject)


def spoken(title: str, blocks: tuple[Block, ...]) -> list[Slide]:
    """Blocks as one slide of lines, with everything in its notes."""
    return [Slide(title, lines, notes=notes(blocks))] if (lines := bullets(blocks)) else []


def _related_work(subject: ReportContext) -> list[Slide]:
    lines = _related(subject)
    spoken = notes(BLOCKS["related_work"](subject))
    return [Slide("Who asked something similar", lines, notes=spoken)] if lines else []


def _related(subject: ReportContext) -> tuple[Text, ...]:
    """A line for each paper: by whom, and the first sentence of what the student says of it."""
    slides = []
    for work in subject.spec.related_work.values():
        by = " ".join(part for part in (authors(work.authors), f"({work.year})" if work.year else "") if part)
        slides.append(text(f"{by or work.title}: {sentences(work.summary)[0]}"))
    return tuple(slides)


def _training(subject: ReportContext) -> list[Slide]:
    return _tables(
        "How it is trained" if subject.spec.kind == "proposal" else "How it was trained", subject, "training"
    )


def _splits(subject: ReportContext) -> list[Slide]:
    return _tables("How it is split" if subject.spec.kind == "proposal" else "How it was split", subject, "splits")


def _claims(subject: ReportContext) -> list[Slide]:
    return _tables("What is claimed" if subject.spec.kind == "proposal" else "What the paper claims", subject, "claims")


def _figures(subject: ReportContext) -> list[Slide]:
    most = PICTURES - len(_mock(subject))
    return [_picture(picture) for picture in best_first(pictures(subject))[: max(0, most)]]


def _expected(subject: ReportContext) -> list[Slide]:
    return [*_tables("What is expected", subject, "expected"), *map(_picture, _mock(subject))]


def _mock(subject: ReportContext) -> list[Picture]:
    """Two of the figures that a proposal expects."""
    if subject.spec.kind != "proposal":
        return []
    return [block for block in BLOCKS["expected"](subject) if isinstance(block, Picture)][:2]


def _tables(title: str, subject: ReportContext, block: str) -> list[Slide]:
    """A slide for the first table of a block, the lines before it above it; the others go into the notes."""
    blocks = BLOCKS[block](subject)
    tables = [block for block in blocks if isinstance(block, Table)]
    if not tables:
        return [Slide(title, lines, notes=notes(blocks))] if (lines := bullets(blocks)) else []
    lead = " ".join(plain(block.text) for block in blocks if isinstance(block, Paragraph))
    return [Slide(title, table=_slim(tables[0]), lead=lead, notes=notes(blocks))]


def _results(subject: ReportContext) -> list[Slide]:
    """The first table of results, the others in the notes, and said so."""
    blocks = BLOCKS["results"](subject)
    tables = [block for block in blocks if isinstance(block, Table)]
    if not tables:
        return [Slide("Results", bullets(blocks), notes=notes(blocks))]
    lines = [plain(block.text) for block in blocks[:2] if isinstance(block, Paragraph)]
    reported = any(row.reported is not None and not row.reported.expected for row in subject.results.rows)
    title = "Results against the paper" if reported else "Results"
    more = f" This is the first of {len(tables)} tables; the others are in the notes." if len(tables) > 1 else ""
    lead = " ".join(reversed(lines)) + more  # what a rung changes comes first
    return [Slide(title, table=_filled(_slim(tables[0])), lead=lead, notes=notes([*blocks[:2], *tables]))]


def _filled(table: Table) -> Table:
    """Without columns in which nothing stands."""
    columns = [
        at
        for at in range(len(table.head))
        if at == 0 or any(plain(row.cells[at]) not in ("", NOTHING) for row in table.rows)
    ]
    rows = tuple(Row(tuple(row.cells[at] for at in columns), (), row.kind) for row in table.rows)
    return Table(
        table.caption, tuple(table.head[at] for at in columns), rows, "".join(table.align[at] for at in columns)
    )


def _nets(subject: ReportContext) -> list[Slide]:
    """The drawings of two nets at most: what the first claim is about comes last, and stays longest."""
    blocks = BLOCKS["architecture"](subject)
    drawn = [block for block in blocks if isinstance(block, Picture)]
    tables = [block for block in blocks if isinstance(block, Table)]
    method = subject.title(subject.spec.claims[0].experiments[0]) if subject.spec.claims else ""
    names = [_about(picture) for picture in drawn]
    exact = method in names
    drawn.sort(
        key=lambda picture: _about(picture) == method if exact else bool(method) and _about(picture).startswith(method)
    )
    return [
        Slide(
            f"{NET}{_about(picture)}",
            picture=picture,
            notes=notes([t for t in tables if t.caption.endswith(_about(picture))]),
        )
        for picture in drawn[-2:]
    ]


def _about(picture: Picture) -> str:
    return plain(picture.caption).partition(", from input")[0]


def _picture(picture: Picture) -> Slide:
    title = plain(picture.caption).partition(" (the paper's")[0].partition("; after")[0]
    sources = f"\n\nDrawn from {len(picture.runs)} runs: {', '.join(picture.runs[:40])}" if picture.runs else ""
    return Slide(title, picture=picture, notes=f"{picture.alt}{sources}")


def _slim(table: Table) -> Table:
    """Without the sentences under rows: they are in the notes."""
    return Table(table.caption, table.head, tuple(Row(row.cells, (), row.kind) for row in table.rows), table.align)


def _listed(title: str, block: str) -> Callable[[ReportContext], list[Slide]]:
    return lambda subject: spoken(title, BLOCKS[block](subject))


def _tabled(title: str, block: str) -> Callable[[ReportContext], list[Slide]]:
    return lambda subject: _tables(title, subject, block)


_SLIDES: Mapping[str, Callable[[ReportContext], list[Slide]]] = {
    "dataset": _listed("The data", "dataset"),
    "splits": _splits,
    "leakage": _tabled(LEAKAGE, "leakage"),
    "features": _tabled(FEATURES, "features"),
    "architecture": _nets,
    "experiments": _tabled("Experiments", "experiments"),
    "training": _training,
    "baseline": _tabled(BASELINE, "baseline"),
    "related_work": _related_work,
    "results": _results,
    "claims": _claims,
    "figures": _figures,
    "expected": _expected,
    "figure_to_reproduce": _listed("A figure to draw again", "figure_to_reproduce"),
    "slides": lambda subject: [],
}
