"""Texts of strangers in every field of a spec, through every page of the site: nothing of theirs becomes markup."""

import re

import pytest

from tests.publish.test_hostile import EACH, PAYLOADS, TAGS, Outline, spoiled

OURS = TAGS | {
    "link", "script", "form", "label", "input", "select", "option", "button", "article", "bdi", "small", "kbd", "b",
    "polyline", "polygon", "text", "circle", "tfoot",
}  # fmt: skip


@pytest.mark.parametrize("number", range(0, len(PAYLOADS), EACH))
def test_nothing_becomes_markup(number, own, tmp_path, build):
    """Some payloads at a time, each in all fields."""
    spoiled(own, " ".join(PAYLOADS[number : number + EACH]))
    built = build([own], tmp_path / "out")
    assert not built.problems
    assert len(built.files) == 6
    for name in built.files:
        text = (tmp_path / "out" / name).read_text(encoding="utf-8")
        made = Outline(re.sub(r"^<!doctype html>", "", text))
        assert made.tags <= OURS, (name, made.tags - OURS)
        assert text.count("<script>") == (name == "index.html"), name
        assert text.count("<form") == (name == "index.html"), name
        assert all(re.match(r"#|https?://|(\.\./)?[a-z/_0-9-]+\.html$|data:,", link) for link in made.links), made.links
        assert not [link for link in made.links if "evil" in link]


def test_the_outline_of_all_pages_is_that_of_harmless_texts(own, tmp_path, build):
    """Element by element, attribute by attribute; what is cut on a card is cut in both."""
    (own / "kept.txt").write_bytes((own / "paper.yaml").read_bytes())
    outlines = []
    for at, payload in enumerate(("", " ".join(PAYLOADS[:EACH]).replace("\n", " "))):
        (own / "paper.yaml").write_bytes((own / "kept.txt").read_bytes())
        spoiled(own, payload)
        built = build([own], tmp_path / f"out{at}")
        outlines.append(
            {name: Outline((tmp_path / f"out{at}" / name).read_text()[15:]).outline for name in built.files}
        )
    assert outlines[0] == outlines[1]
