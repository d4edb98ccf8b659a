"""The shipped proposal, before anything of it was run."""

import shutil
from pathlib import Path

import pytest

from repro.publish.assignments.read_course import load_course
from repro.publish.content.document import document
from repro.publish.content.document_model import Gap, Paragraph, Picture, Table, plain
from repro.publish.slides.make_deck import LEAST, MOST, make_deck

SHIPPED = Path(__file__).parents[3] / "proposals" / "instrument-families"


@pytest.fixture(scope="module")
def proposal(subject_of, tmp_path_factory):
    folder = tmp_path_factory.mktemp("proposals") / "instrument-families"
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns("runs", "handin", "results"))
    return subject_of(folder)


@pytest.fixture(scope="module")
def made(proposal):
    return document(proposal, load_course().of_kind("proposal"))


def blocks(made, kind):
    return [block for section in made.sections for block in section.blocks if isinstance(block, kind)]


def test_every_question_is_answered(made):
    assert not blocks(made, Gap)


def test_mock_figures_are_marked_and_nothing_is_called_measured(made):
    mock = [one for one in blocks(made, Picture) if one.name.startswith("mock-")]
    assert len(mock) >= 3
    assert all(b'id="watermark"' in one.svg() for one in mock)
    table = next(one for one in blocks(made, Table) if one.head == ("experiment", "expected", "measured"))
    assert {plain(row.cells[2]) for row in table.rows} == {"–"}


def test_no_mock_figure_is_called_expected_twice(made):
    said = [plain(one.caption) for one in blocks(made, Picture) if one.name.startswith("mock-")]
    assert "Expected, not measured" in said
    assert "Expected, not measured: expected" not in said


def test_it_says_how_many_seeds_a_claim_takes(made):
    said = [plain(one.text) for one in blocks(made, Paragraph)]
    assert sum("with 80 % certainty" in line for line in said) >= 2


def test_nets_of_the_same_layers_are_drawn_once(made):
    drawn = [one for one in blocks(made, Picture) if one.name.startswith("net-")]
    said = [plain(one.text) for one in blocks(made, Paragraph)]
    assert len(drawn) == 2
    assert sum(line.startswith("The same layers in ") for line in said) >= 4


def test_its_talk_has_10_to_15_slides(proposal):
    deck = make_deck(proposal, load_course().of_kind("proposal"))
    assert LEAST <= deck.count <= MOST
    assert any(slide.title.startswith("Expected, not measured") for slide in deck.slides)


def test_shares_are_counted_before_anything_was_run(subject_of, tmp_path, proposal):
    shutil.copytree(proposal.spec.folder, tmp_path / "study")
    written = tmp_path / "study" / "proposal.yaml"
    counts = "splits: {train: 600, validation: 180, test: 180, group: session, seed: 0}"
    text = written.read_text(encoding="utf-8")
    assert counts in text

    def said():
        whole = document(subject_of(tmp_path / "study"), load_course().of_kind("proposal"))
        return [plain(one.text) for one in blocks(whole, Paragraph)]

    assert not [line for line in said() if line.startswith("Of ")]
    written.write_text(
        text.replace(counts, "splits: {train: 0.6, validation: 0.2, test: rest, group: session, seed: 0}"),
        encoding="utf-8",
    )
    (line,) = [line for line in said() if line.startswith("Of ")]
    assert line == "Of 960 items: train 576, validation 192, test 192, as nearly as whole groups allow."
