"""Slides: what an office program finds in the file."""

import io
import re
import shutil
import subprocess
import zipfile
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pptx import Presentation
from pptx.util import Pt

from repro.publish.assignments.read_course import load_course
from repro.publish.content.document_model import Row, Table, plain, text
from repro.publish.slides import layout
from repro.publish.slides.deck import Slide
from repro.publish.slides.layout import fitted
from repro.publish.slides.make_deck import LEAST, MOST, make_deck
from repro.publish.slides.measure import lines, width
from repro.publish.slides.pages import pages
from repro.publish.slides.pptx_file import to_pptx
from repro.results.figures.from_records import curve

LIBERATION = "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf"


@pytest.fixture(scope="module")
def deck(subject):
    return make_deck(subject, load_course().of_kind("paper"))


@pytest.fixture(scope="module")
def file(deck):
    return to_pptx(deck)


@pytest.fixture(scope="module")
def opened(file):
    return Presentation(io.BytesIO(file))


def test_a_talk_has_10_to_15_slides_in_16_9(opened):
    assert LEAST <= len(opened.slides) <= MOST
    assert opened.slide_width / opened.slide_height == pytest.approx(16 / 9)


def test_no_placeholder_is_empty_and_every_slide_has_title_and_notes(opened):
    for slide in opened.slides:
        assert slide.shapes.title.text_frame.text.strip()
        assert slide.notes_slide.notes_text_frame.text.strip()
        assert all(one.text_frame.text.strip() for one in slide.placeholders)


def test_everything_to_look_at_says_what_it_shows(opened):
    shown = [s for slide in opened.slides for s in slide.shapes if s.shape_type is not None and not s.has_text_frame]
    assert len(shown) >= 6
    for shape in shown:
        assert len(shape._element.xpath(".//p:cNvPr")[0].get("descr")) > 10


def test_nothing_stands_outside_and_nothing_overlaps(opened):
    for slide in opened.slides:
        boxes = sorted((s.top, s.top + s.height, s.left, s.left + s.width) for s in slide.shapes)
        for top, bottom, left, right in boxes:
            assert 0 <= top <= bottom <= opened.slide_height
            assert 0 <= left <= right <= opened.slide_width
        for (_, above, *_), (below, *_) in pairwise(boxes):
            assert above <= below + Pt(5)


def test_text_fits_its_box(opened):
    """Measured anew from the file: sizes of letters and boxes as they stand in it."""
    seen = 0
    for slide in opened.slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                high = sum(
                    _high(
                        p,
                        shape.width.pt
                        - (layout.BULLET_INDENT if shape.is_placeholder and shape.placeholder_format.idx == 1 else 0),
                    )
                    for p in shape.text_frame.paragraphs
                )
                assert high <= shape.height.pt + 1, shape.text_frame.text[:60]
                seen += 1
            elif shape.has_table:
                high = 0.0
                for row in shape.table.rows:
                    inside = [
                        sum(_high(p, column.width.pt - 12) for p in cell.text_frame.paragraphs) + 6
                        for cell, column in zip(row.cells, shape.table.columns, strict=True)
                    ]
                    assert max(inside) <= row.height.pt + 0.5
                    high += row.height.pt
                assert shape.top.pt + high <= layout.BODY_TOP + layout.BODY_HIGH + 1
                seen += 1
    assert seen > 15


def _high(paragraph, room):
    run = paragraph.runs[0]
    size = run.font.size.pt
    return len(lines(run.text, size, room, bold=bool(run.font.bold))) * size * 1.2 + (
        paragraph.space_before.pt if paragraph.space_before else 0
    )


def test_charts_hold_the_numbers_of_the_records(opened, subject):
    bars = curves = 0
    for slide in opened.slides:
        for shape in slide.shapes:
            if not shape.has_chart:
                continue
            chart = shape.chart
            if chart.chart_type.name.startswith("COLUMN"):
                assert chart.value_axis.minimum_scale == 0  # a bar's length is its value
            for series in chart.plots[0].series:
                if chart.chart_type.name.startswith("COLUMN"):
                    if series.name != "ours":
                        continue
                    for title, value in zip(chart.plots[0].categories, series.values, strict=True):
                        name = next(n for n, e in subject.spec.experiments.items() if (e.title or n) == title)
                        assert value == subject.row(name).mean
                        bars += 1
                else:
                    name = next(n for n, e in subject.spec.experiments.items() if (e.title or n) == series.name)
                    made = curve(name, subject.runs.records(name), "test/Accuracy", "step")
                    assert list(series.values) == [float(v) for v in made.ys.mean(0)]
                    curves += 1
    assert bars >= 8
    assert curves >= 8


def test_error_bars_end_at_the_intervals(file, subject):
    row = subject.row("cnn")
    with zipfile.ZipFile(io.BytesIO(file)) as packed:
        charts = [packed.read(n).decode() for n in packed.namelist() if n.startswith("ppt/charts/chart")]
    plus = [
        float(v)
        for c in charts
        if "barChart" in c
        for v in re.findall(r"<c:v>([^<]+)</c:v>", c.split("<c:plus>")[1].split("</c:plus>")[0])
    ]
    assert any(abs(up - (row.ci95[1] - row.mean)) < 1e-9 for up in plus)


def test_notes_hold_the_full_answer_and_the_records(opened, subject):
    notes = "\n".join(slide.notes_slide.notes_text_frame.text for slide in opened.slides)
    assert " ".join(subject.spec.answers["criticisms"].text.split()) in " ".join(notes.split())
    assert all(run in notes for run in subject.ids("cnn"))


def test_the_same_study_gives_the_same_bytes(deck, file):
    assert to_pptx(deck) == file


def test_pages_hold_the_same_titles(deck):
    made = pages(deck)
    assert made.count("<section") == deck.count
    for slide in deck.slides:
        assert f"<span>{slide.title.replace('&', '&amp;')}</span>" in made


def test_letters_are_as_wide_as_those_of_the_font():
    try:
        from PIL import ImageFont

        font = ImageFont.truetype(LIBERATION, 1000)
    except OSError:
        pytest.skip("Liberation Sans is not installed")
    for said in ("The quick brown fox jumps over 13 lazy dogs", "N x 40 x 25 − 93.8 ± 1.6", "Größe, façade: 50 %"):
        assert width(said, 1000) == pytest.approx(font.getlength(said, features=["-kern"]), rel=0.01)


WORDS = st.text("abcdefghijklmnop .,", min_size=1, max_size=400)


@settings(max_examples=40, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=14))
def test_bullets_never_flow_over_and_no_word_is_lost_in_silence(said):
    slide = Slide("T", tuple(text(one) for one in said))
    made, warned = fitted(slide)
    for page in made:
        assert layout.bullets_high(page, layout.bullet_size(page)) <= layout.BODY_HIGH
    if not warned:
        assert [plain(b) for page in made for b in page.bullets] == said


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(WORDS, WORDS, st.integers(0, 10**6)), min_size=1, max_size=30), st.booleans())
def test_tables_never_flow_over_and_no_row_is_lost(rows, lead):
    table = Table("C", ("a", "b", "n"), tuple(Row((text(a), text(b), text(str(n)))) for a, b, n in rows), "llr")
    made, _ = fitted(Slide("T", table=table, lead="A line above it" if lead else ""))
    for page in made:
        room = layout.BODY_HIGH - layout.lead_high(page.lead)
        measured = layout.grid(page.table, room)
        assert measured.high <= room or len(page.table.rows) == 1
        assert sum(measured.columns) <= layout.BODY_WIDE + 0.5
    assert [plain(row.cells[0]) for page in made for row in page.table.rows] == [a for a, _, _ in rows]


@pytest.mark.slow
def test_libreoffice_opens_it_without_a_warning(file, deck, tmp_path):
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    (tmp_path / "slides.pptx").write_bytes(file)
    done = subprocess.run(
        [
            office, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile",
            "--convert-to", "pdf", "--outdir", str(tmp_path), "slides.pptx",
        ],
        cwd=tmp_path, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    said = [line for line in done.stderr.splitlines() if "javaldx" not in line]
    assert done.returncode == 0
    assert not said
    made = (tmp_path / "slides.pdf").read_bytes()
    assert len(re.findall(rb"/Type\s*/Page\b", made)) == deck.count


def test_a_chart_of_folds_weighs_them_as_the_picture_does():
    """Folds of unequal size: the mean is over test items, in the picture and in the chart."""
    import numpy as np

    from repro.publish.content.charts import chart_of
    from repro.results.figures.curves import Curve, learning_curves

    folds = Curve("net", np.array([1.0, 2.0]), np.array([[10.0, 20.0], [40.0, 50.0]]), folds=2, by_fold=True,
                  weights=np.array([3.0, 1.0]))  # fmt: skip
    made = chart_of(learning_curves([folds], title="T", x_label="epochs", y_label="%"))
    assert made.series[0].values == (17.5, 27.5)
    assert made.series[0].low == (10.0, 20.0)
