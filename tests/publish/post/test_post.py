"""Posts: what Reddit would show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from repro.publish.assignments.read_course import load_course
from repro.publish.assignments.standing import standing
from repro.publish.content.document_model import Row, Table, text
from repro.publish.post import post as module
from repro.publish.post.markdown import block_markdown, escaped
from repro.publish.post.post import MOST_CHARACTERS, post

MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")


def parts(subject):
    return standing(load_course().assignments["8a"], subject.spec)


def test_each_part_holds_its_questions_and_is_not_too_long(subject):
    for part in parts(subject):
        made = post(subject, part)
        assert len(made.text) <= MOST_CHARACTERS
        assert [line[3:] for line in made.text.splitlines() if line.startswith("## ")] == [
            escaped(one.question.ask) for one in part.standings
        ]


def test_pictures_are_numbered_as_they_are_named(subject):
    made = post(subject, parts(subject)[2])
    assert made.pictures
    for number in range(1, len(made.pictures) + 1):
        assert f"insert picture {number} here" in made.text
    assert made.pictures[0].png().startswith(b"\x89PNG")


def test_what_is_missing_is_a_gap_and_is_said(subject):
    made = post(subject, parts(subject)[3])
    assert "still to be written" in made.text
    assert any("1 answer is still missing" in line for line in made.warnings)


def test_a_long_post_loses_sentences_first_and_never_a_person_s_words(subject, monkeypatch):
    part = parts(subject)[2]
    whole = post(subject, part)
    monkeypatch.setattr(module, "MOST_CHARACTERS", len(whole.text) - 10)
    shorter = post(subject, part)
    assert len(shorter.text) < len(whole.text)
    assert any("too long for Reddit" in line for line in shorter.warnings)
    assert "One volunteer stands for all humans" in shorter.text


def test_a_table_is_a_table():
    table = Table("A|B", ("x|y", "n"), (Row((text("a|b"), text("1"))), Row((text("c\nd"), text("2")))), "lr")
    made = MARKDOWN.render(block_markdown(table, []))
    assert made.count("<tr>") == 3
    assert made.count("<td") == 4
    assert "a|b" in made


@given(st.text(max_size=60))
def test_no_text_becomes_markup(said):
    """Whatever a person writes is one paragraph of text, and the letters are those that were written."""
    tokens = MARKDOWN.parse(f"x {escaped(said)} x")
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    kinds = {child.type for child in tokens[1].children}
    assert kinds <= {"text", "text_special", "entity"}, kinds
    shown = "".join(child.content for child in tokens[1].children)
    assert shown.split() == ["x", *"".join(sign for sign in said if sign.isprintable() or sign.isspace()).split(), "x"]


@pytest.mark.parametrize(
    "said", ["# big", "- item", "+ item", "1. one", "> quote", "    code", "***", "| a |", "---", "==="]
)
def test_no_line_starts_a_block(said):
    tokens = MARKDOWN.parse(escaped(said))
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    assert "".join(child.content for child in tokens[1].children) == said.strip()


def test_no_cell_is_bold_and_empty():
    rows = (
        Row((text(""), text("total"), (), text("410")), kind="baseline"),
        Row((text("cnn"), text("x"), (), ()), kind="baseline"),
        Row(((), (), (), ()), kind="baseline"),
    )
    made = block_markdown(Table("A net", ("", "layer", "what", "parameters"), rows, "lllr"), [])
    assert "| |**total**| |410|" in made
    assert "|**cnn**|x| | |" in made
    assert "** **" not in made
    assert "****" not in made
