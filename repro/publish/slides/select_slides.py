"""Which slides and pictures a talk of 15 slides holds."""

from collections.abc import Sequence

from repro.publish.content.document_model import Picture
from repro.publish.slides.deck import Slide

LEAST, MOST = 10, 15
"""Slides of a talk, the first one counted."""

LEAKAGE, NET = "Looked for leakage", "Architecture: "
FEATURES, BASELINE = "What a model sees", "The baseline"
MOCK = "Expected, not measured"


def chosen(slides: list[Slide]) -> list[Slide]:
    """At most as many as a talk has: the checks go first, then other tables, then drawings after the first ones.

    Of figures, those that are only expected go before those that were measured. Where that is not enough the last
    ones go, but for the very last, which says what limits the study.
    """
    left = [slide for slide in slides if slide.bullets or slide.table or slide.picture]
    for title in (LEAKAGE, FEATURES, BASELINE):
        if len(left) > MOST - 1:
            left = [slide for slide in left if slide.title != title]
    nets = [slide for slide in left if slide.title.startswith(NET)]
    figures = [slide for slide in left if slide.picture is not None and slide not in nets]
    figures.sort(key=lambda slide: slide.title.startswith(MOCK))
    for spare in (*figures[:1:-1], *nets[:-1], *figures[1::-1]):
        if len(left) > MOST - 1:
            left.remove(spare)
    return left if len(left) < MOST else [*left[: MOST - 2], left[-1]]


def best_first(drawn: Sequence[Picture]) -> list[Picture]:
    """Reported against ours first, then curves, then all others."""

    def order(picture: Picture) -> int:
        return 2 if picture.chart is None else 1 if picture.chart.kind == "lines" else 0

    bars = [picture for picture in drawn if order(picture) == 0]
    return sorted([picture for picture in drawn if picture not in bars[1:]], key=order) + bars[1:]
