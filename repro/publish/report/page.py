"""The report's page: a document with its contents, its sections and the records behind its numbers."""

from html import escape

from repro.publish.content.document_model import Document, Gap, Section
from repro.publish.page_style import page_style
from repro.publish.report.blocks_html import block_html, text_html
from repro.results.wording import duration

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""What the page may load: nothing from anywhere, and no script at all."""


def page(document: Document) -> str:
    """One HTML file; the same document gives the same bytes."""
    style = page_style("report", "report.css")
    gaps = sum(isinstance(block, Gap) for section in document.sections for block in section.blocks)
    waiting = (
        f'<p class="gap">{gaps} answer{"s are" if gaps != 1 else " is"} still to be written or too thin.</p>'
        if gaps
        else ""
    )
    facts = "".join(f"<p>{text_html(fact)}</p>" for fact in document.facts)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(document.title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f"<header><h1>{escape(document.title)}</h1>{facts}{waiting}</header>\n"
        f'<nav aria-label="Contents">{contents(document)}</nav>\n<main>\n{body(document)}</main>\n'
        "<footer><p>Made by <code>repro report</code>. Every number is looked up in the records above; nothing of the "
        "folder was executed.</p></footer>\n</body>\n</html>\n"
    )


def body(document: Document) -> str:
    """The sections, then the records behind their numbers."""
    sections_html = "".join(_section(section, number) for number, section in enumerate(document.sections))
    return f"{sections_html}{_records(document)}"


def contents(document: Document) -> str:
    """Links to the parts and to the records."""
    links = "".join(
        f'<li><a href="#s{number}">{escape(section.title)}</a></li>'
        for number, section in enumerate(document.sections)
        if section.level == 2
    )
    return f'<ol>{links}<li><a href="#records">Records</a></li></ol>'


def _section(section: Section, number: int) -> str:
    blocks = "\n".join(map(block_html, section.blocks))
    return f'<h{section.level} id="s{number}">{escape(section.title)}</h{section.level}>\n{blocks}\n'


def _records(document: Document) -> str:
    if not document.records:
        return ""
    rows = "".join(
        f'<tr><th scope="row"><code>{escape(record.run)}</code></th><td>{escape(record.state)}</td>'
        f'<td class="r">{escape(duration(record.seconds))}</td><td><code>{escape(record.sha256[:16])}</code></td></tr>'
        for record in document.records
    )
    return (
        '<h2 id="records">Records</h2>\n<p>What every number above was looked up in. '
        "<code>repro verify</code> reckons each again from the kept predictions.</p>"
        '<div class="scroll" role="region" tabindex="0" aria-label="Records"><table class="records"><thead><tr>'
        '<th scope="col">run</th><th scope="col">state</th><th scope="col" class="r">time</th>'
        f'<th scope="col">sha256 begins</th></tr></thead><tbody>{rows}</tbody></table></div>\n'
    )
