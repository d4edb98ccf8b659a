"""`paper`, `proposal` and `related_work`: what is being read, and what was read beside it."""

import re

from repro.spec.keywords import PAPER_KEYS, PROPOSAL_KEYS
from repro.spec.reading import Reading
from repro.spec.spec import Work
from repro.spec.tree import Node

_URL = re.compile(r"https?://[^\s<>\"']+")
_DOI = re.compile(r"10\.[0-9]{4,9}/\S+")
_ARXIV = re.compile(r"[0-9]{4}\.[0-9]{4,5}(v[0-9]+)?|(?<![a-z-])[a-z-]+(\.[A-Z]{2})?/[0-9]{7}(v[0-9]+)?")


def read_paper(node: Node, key: str, reading: Reading) -> Work | None:
    """A paper: title, authors, year and where to find it. ``year`` is the only number; an id stays text."""
    fields = reading.block(node, key, PAPER_KEYS, need=("title",), example="{title: ..., authors: [...], year: 2024}")
    return None if fields is None else _work(fields, node, key, reading)


def read_proposal(node: Node, reading: Reading) -> tuple[Work | None, str]:
    """A proposal's title and authors, and when it is due (text, or empty)."""
    fields = reading.block(node, "proposal", PROPOSAL_KEYS, need=("title",), example="{title: ..., authors: [...]}")
    if fields is None:
        return None, ""
    due = reading.text(fields.pop("due"), "proposal.due") if "due" in fields else ""
    return _work(fields, node, "proposal", reading), due or ""


def read_related_work(node: Node, reading: Reading) -> dict[str, Work]:
    """Papers read beside the proposal, each under a key of the student's."""
    work_nodes = reading.block(node, "related_work", None, example="{smith2020: {title: ..., summary: ...}}") or {}
    works = {name: read_paper(work_node, f"related_work.{name}", reading) for name, work_node in work_nodes.items()}
    return {name: work for name, work in works.items() if work is not None}


def _work(fields: dict[str, Node], node: Node, key: str, reading: Reading) -> Work | None:
    texts = {
        name: text
        for name in ("title", "venue", "url", "doi", "arxiv", "summary")
        if name in fields and (text := reading.text(fields[name], f"{key}.{name}")) is not None
    }
    for name, form, such in (
        ("url", _URL, "a link that begins with https://"),
        ("doi", _DOI, "a DOI such as 10.1109/5.726791"),
        ("arxiv", _ARXIV, "an arXiv id such as 1412.6980"),
    ):
        if name in texts and not form.fullmatch(texts[name]):
            reading.say(fields[name], f"{key}.{name}", f"expected {such}, got {texts.pop(name)!r}")
    authors = reading.texts(fields["authors"], f"{key}.authors") if "authors" in fields else ()
    year = reading.whole(fields["year"], f"{key}.year", least=1000) if "year" in fields else None
    if year is not None and year > 9999:
        reading.say(fields["year"], f"{key}.year", f"expected a year of four digits, got {year}")
        year = None
    if "title" not in texts:
        return None
    return Work(place=node.place, authors=authors, year=year, **texts)
