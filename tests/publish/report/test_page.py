"""The report's page, parsed."""

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from repro.publish.assignments.course import Question
from repro.publish.assignments.read_course import load_course
from repro.publish.content.document import document
from repro.publish.content.document_model import Paragraph, Picture, Row, Table, plain
from repro.publish.report.blocks_html import block_html
from repro.publish.report.inline_svg import inline_svg
from repro.publish.report.page import POLICY, page

VOID = {"meta", "br"}


class Parsed(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.faults = [], [], []
        self.feed(text)
        self.close()
        self.faults += [f"{tag} is never closed" for tag in self.open]

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"{tag} closes {self.open[-1:]}")
        else:
            self.open.pop()


@pytest.fixture(scope="module")
def text(subject):
    return page(document(subject, load_course().of_kind("paper")))


@pytest.fixture(scope="module")
def parsed(text):
    return Parsed(text)


def test_it_is_well_formed_and_no_id_is_there_twice(parsed):
    assert not parsed.faults
    ids = [attrs["id"] for _, attrs in parsed.tags if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_it_loads_nothing_and_runs_nothing(parsed, text):
    names = {tag for tag, _ in parsed.tags}
    assert not names & {"script", "link", "iframe", "object", "embed", "base", "form", "img"}
    assert not [key for _, attrs in parsed.tags for key in attrs if key.startswith("on")]
    sources = [attrs[key] for _, attrs in parsed.tags for key in ("src", "href") if key in attrs]
    assert all(one.startswith(("#", "https://", "http://", "data:image/png")) for one in sources)
    assert POLICY in text


def test_links_inside_lead_somewhere(parsed):
    ids = {attrs["id"] for _, attrs in parsed.tags if "id" in attrs}
    inside = [
        attrs["href"][1:] for tag, attrs in parsed.tags if tag in ("a", "use") and attrs.get("href", "").startswith("#")
    ]
    assert inside
    assert set(inside) <= ids


def test_every_picture_says_what_it_shows(parsed):
    pictures = [attrs for tag, attrs in parsed.tags if tag == "svg"]
    assert len(pictures) >= 6
    assert all(attrs["role"] == "img" and len(attrs["aria-label"]) > 20 for attrs in pictures)


@pytest.mark.slow
def test_the_same_study_gives_the_same_bytes(subject_of, mnist1d, text):
    assert page(document(subject_of(mnist1d), load_course().of_kind("paper"))) == text


def test_two_pictures_with_one_id_do_not_meet():
    inside = b'<g id="a"><use href="#a"/></g><path clip-path="url(#a)"/>'
    drawn = b'<?xml version="1.0"?>\n<svg viewBox="0 0 10 20">' + inside + b"</svg>"
    one, two = inline_svg(drawn, "one", "A"), inline_svg(drawn, "two", "B")
    ids = [re.findall(r'id="([^"]+)"', made)[0] for made in (one, two)]
    assert ids[0] != ids[1]
    assert f'href="#{ids[0]}"' in one
    assert f"url(#{ids[0]})" in one


def test_the_command_refuses_a_changed_record_and_names_it(own):
    path = next((own / "results" / "records").glob("gru-seed1-*.json"))
    path.write_text(path.read_text().replace('"seed": 1', '"seed": 7'))
    done = subprocess.run([sys.executable, "-m", "repro", "report", str(own)], capture_output=True, text=True)
    assert done.returncode == 1
    assert path.name in done.stderr
    assert not (own / "handin").exists()


def table_of(rows: int, *, said: bool = False) -> str:
    sentence = ("because of this",) if said else ()
    made = tuple(Row((("a",), ("1",)), sentence) for _ in range(rows))
    return block_html(Table("A table", ("name", "value"), made, "lr"))


def test_a_table_that_is_long_in_print_may_break_over_two_pages():
    assert ' short"' in table_of(11)
    assert ' short"' in table_of(3, said=True)
    assert ' short"' not in table_of(15)
    assert ' short"' not in table_of(8, said=True)


def test_no_picture_is_drawn_twice(subject):
    """Two questions of a course may show the same."""
    wanted = Question(name="again", ask="What else do the figures show?", shows=("figures",))
    course = load_course().of_kind("paper")
    parts = tuple(replace(part, questions=(wanted,)) for part in course[0].parts[:2])
    made = document(subject, [replace(course[0], parts=parts)])
    names = [one.name for section in made.sections for one in section.blocks if isinstance(one, Picture)]
    assert names
    assert len(names) == len(set(names))
    said = [plain(one.text) for section in made.sections for one in section.blocks if isinstance(one, Paragraph)]
    assert sum("drawn above, under “What else do the figures show?”" in one for one in said) == len(subject.figures)


@pytest.mark.slow
def test_the_pdf_keeps_headings_with_what_they_head_and_fills_its_pages(subject, tmp_path):
    pytest.importorskip("weasyprint", reason="the extra [pdf] is not installed")
    from repro.publish.report.pdf import to_pdf

    poppler, painter = shutil.which("pdftotext"), shutil.which("pdftoppm")
    if poppler is None or painter is None:
        pytest.skip("poppler-utils is not installed")
    made = document(subject, load_course().of_kind("paper"))
    file = tmp_path / "report.pdf"
    file.write_bytes(to_pdf(page(made)))
    said = subprocess.run([poppler, "-layout", str(file), "-"], capture_output=True, text=True, check=True).stdout
    assert said.count("\f") >= 8
    assert "31.3 ± 0.1" in said
    assert "What criticisms do you have?" in said
    pages = [[line.strip() for line in one.splitlines() if line.strip()] for one in said.split("\f")][:-1]
    headings = {section.title for section in made.sections}
    captions = {b.caption for section in made.sections for b in section.blocks if isinstance(b, Table)}
    for lines in pages:
        text = [line for line in lines if not re.fullmatch(r"\d+ / \d+", line)]
        assert text[-1] not in headings | captions, "a heading at the end of a page"
    for picture in (b for section in made.sections for b in section.blocks if isinstance(b, Picture)):
        assert said.count(plain(picture.caption)[:60]) in (1, 2)  # its own title may say the same
    subprocess.run([painter, "-r", "20", "-gray", str(file), str(tmp_path / "p")], check=True)
    filled = [share_filled(one) for one in sorted(tmp_path.glob("p-*.pgm"))]
    assert all(share > 0.45 for share in filled[:-1]), filled


def share_filled(picture):
    """How far down a page anything is printed, of its height without the page's number."""
    _, size, _, pixels = picture.read_bytes().split(b"\n", 3)
    width, height = map(int, size.split())
    rows = np.frombuffer(pixels, dtype=np.uint8).reshape(height, width)[: int(0.93 * height)]
    return float(np.flatnonzero((rows < 200).any(axis=1)).max() / height)
