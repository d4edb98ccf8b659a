"""Related work, and the references of a study."""

from repro.publish.content.authors import authors
from repro.publish.content.bibliography import bibliography
from repro.publish.content.document_model import Block, Bullets, Link, Own, Paragraph, Text, text
from repro.publish.content.report_context import ReportContext
from repro.spec.spec import Work


def related_work(subject: ReportContext) -> tuple[Block, ...]:
    """Each paper with the student's own summary."""
    blocks: list[Block] = []
    for work in subject.spec.related_work.values():
        blocks.append(Paragraph(cited(work)))
        if work.summary and work.summary not in ("...", "…"):
            blocks.append(Own(work.summary, work.place))
        else:
            blocks.append(Paragraph(text("no summary yet"), "note"))
    return tuple(blocks)


def references(subject: ReportContext) -> tuple[Block, ...]:
    """The paper itself, related work, and what the spec lists. Raises SpecError for BibTeX that is none."""
    spec = subject.spec
    own = [cited(spec.work)] if spec.kind == "paper" else []
    listed = [cited(work) for work in spec.related_work.values()]
    works = [*own, *listed, *bibliography(spec)]
    return (Bullets(tuple(works)),) if works else ()


def cited(work: Work) -> Text:
    """A paper as it is cited: authors (year). Title. Venue, with a link where there is one."""
    by = authors(work.authors)
    when = f" ({work.year})" if work.year else ""
    spans: list[str | Link] = [f"{by}{when}. " if by or when else ""]
    url = link(work)
    spans.append(Link(work.title, url) if url else work.title)
    spans.append(f". {work.venue}." if work.venue else ".")
    return text(*spans)


def link(work: Work) -> str:
    """Where a paper can be read: its own address, its DOI's or arXiv's."""
    if work.url:
        return work.url
    if work.doi:
        return f"https://doi.org/{work.doi}"
    return f"https://arxiv.org/abs/{work.arxiv}" if work.arxiv else ""
