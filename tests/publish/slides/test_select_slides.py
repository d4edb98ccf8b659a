"""Which slides stay where a talk cannot hold all."""

from repro.publish.content.document_model import Picture, text
from repro.publish.slides.deck import Slide
from repro.publish.slides.select_slides import MOST, chosen


def drawn(title: str) -> Slide:
    return Slide(title, picture=Picture(title, text(title), title, lambda: b"", lambda: b""))


def test_a_measured_figure_stays_longer_than_one_that_is_only_expected() -> None:
    others = [Slide(f"slide {number}", bullets=(text("words"),)) for number in range(MOST - 2)]
    slides = [*others[:-1], drawn("Expected, not measured"), drawn("Expected against measured"), others[-1]]
    titles = [slide.title for slide in chosen(slides)]
    assert len(titles) == MOST - 1
    assert "Expected against measured" in titles
    assert "Expected, not measured" not in titles
