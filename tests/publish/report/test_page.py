"""The report's page, parsed."""

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser

import pytest

from repro.publish.assignments.read_course import load_course
from repro.publish.content.document import document
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


@pytest.mark.slow
def test_the_pdf_has_all_pages(subject, tmp_path):
    weasyprint = pytest.importorskip("weasyprint", reason="the extra [pdf] is not installed")
    assert weasyprint
    from repro.publish.report.pdf import to_pdf

    poppler = shutil.which("pdftotext")
    if poppler is None:
        pytest.skip("poppler-utils is not installed")
    made = tmp_path / "report.pdf"
    made.write_bytes(to_pdf(page(document(subject, load_course().of_kind("paper")))))
    said = subprocess.run([poppler, str(made), "-"], capture_output=True, text=True, check=True).stdout
    assert said.count("\f") >= 8
    assert "31.3 ± 0.1" in said
    assert "What criticisms do you have?" in said
