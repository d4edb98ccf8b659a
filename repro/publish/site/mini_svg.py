"""Reported against reproduced, as small as a stamp: an open diamond and a dot with its interval for each number."""

from collections.abc import Sequence

from repro.publish.site.sketch.scale import Scale, scale, short
from repro.publish.site.study_summary import Dot

MOST = 8
"""Numbers on a card."""

_STEP = 7.5
_WIDE = 120.0


def stamp(dots: Sequence[Dot]) -> str:
    """The picture of a card: the numbers of one table; empty without any."""
    chosen = chosen_for_stamp(dots)
    if not chosen:
        return ""
    x = _scale(chosen, _WIDE)
    rows = "".join(f"M0 {short(_STEP * (at + 0.5))}h{_WIDE:g}" for at in range(len(chosen)))
    parts = [f'<path class="g" d="{rows}"/>', *_signs(chosen, x)]
    box = f'viewBox="0 0 {_WIDE:g} {short(_STEP * len(chosen))}"'
    return f'<svg class="stamp" {box} role="img" aria-label="{_said(chosen)}">{"".join(parts)}</svg>'


def line(dot: Dot, beside: Sequence[Dot]) -> str:
    """One number on the scale of those beside it, for a line of a table where it stands in words too."""
    if dot.theirs is None and dot.ours is None:
        return ""
    signs = "".join(_signs([dot], _scale(beside, _WIDE)))
    return f'<svg class="line" viewBox="0 0 {_WIDE:g} {_STEP:g}" aria-hidden="true">{signs}</svg>'


def chosen_for_stamp(dots: Sequence[Dot]) -> list[Dot]:
    """Those of the first table that has numbers of ours, else of the first; so many as a card holds."""
    known = [dot for dot in dots if dot.theirs is not None]
    first = next((dot.group for dot in known if dot.ours is not None), known[0].group if known else 0)
    return [dot for dot in known if dot.group == first][:MOST]


def _scale(dots: Sequence[Dot], wide: float) -> Scale:
    values = [v for dot in dots for v in (dot.theirs, dot.ours, *(dot.interval or ())) if v is not None]
    return scale(values, 5.0, wide - 5.0)


def _signs(dots: Sequence[Dot], x: Scale) -> list[str]:
    intervals, measured, reported = [], [], []
    for at, dot in enumerate(dots):
        y = short(_STEP * (at + 0.5))
        if dot.interval is not None:
            intervals.append(f"M{short(x.at(dot.interval[0]))} {y}H{short(x.at(dot.interval[1]))}")
        if dot.ours is not None:
            measured.append(f"M{short(x.at(dot.ours))} {y}h0")
        if dot.theirs is not None:
            reported.append(f"M{short(x.at(dot.theirs) - 2.8)} {y}l2.8-2.8 2.8 2.8-2.8 2.8z")
    classes = (("i", intervals), ("u", measured), ("o", reported))
    return [f'<path class="{css}" d="{"".join(places)}"/>' for css, places in classes if places]


def _said(dots: Sequence[Dot]) -> str:
    mine = sum(dot.ours is not None for dot in dots)
    return f"{len(dots)} numbers, {mine} with ours beside" if mine else f"{len(dots)} numbers, none measured yet"
