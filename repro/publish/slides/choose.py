"""Which slides and pictures a talk of 15 slides holds."""

from collections.abc import Sequence

from repro.publish.content.pieces import Picture
from repro.publish.slides.deck import Slide

LEAST, MOST = 10, 15
"""Slides of a talk, the first one counted."""

LEAKAGE, NET = "Looked for leakage", "Architecture: "
FEATURES, BASELINE = "What a model sees", "The baseline"


def chosen(slides: list[Slide]) -> list[Slide]:
    """At most as many as a talk has: the checks go first, then other tables, then drawings after the first ones.

    Where that is not enough the last ones go, but for the very last, which says what limits the study.
    """
    left = [one for one in slides if one.bullets or one.table or one.picture]
    for title in (LEAKAGE, FEATURES, BASELINE):
        if len(left) > MOST - 1:
            left = [one for one in left if one.title != title]
    nets = [one for one in left if one.title.startswith(NET)]
    figures = [one for one in left if one.picture is not None and one not in nets]
    for spare in (*figures[:1:-1], *nets[:-1], *figures[1::-1]):
        if len(left) > MOST - 1:
            left.remove(spare)
    return left if len(left) < MOST else [*left[: MOST - 2], left[-1]]


def best_first(drawn: Sequence[Picture]) -> list[Picture]:
    """Reported against ours first, then curves, then all others."""

    def order(one: Picture) -> int:
        return 2 if one.chart is None else 1 if one.chart.kind == "lines" else 0

    bars = [one for one in drawn if order(one) == 0]
    return sorted([one for one in drawn if one not in bars[1:]], key=order) + bars[1:]
