"""Several people's runs of one experiment as one result, each with what everyone brings to it."""

from collections.abc import Sequence
from html import escape
from math import sqrt

from repro.publish.site.sketch.scale import Scale, number, scale, short
from repro.results.bounds import bounds, cut
from repro.results.cells import is_one_sided
from repro.results.pooled import Part, Pooled
from repro.results.quantiles import t
from repro.results.row import Interval
from repro.results.wording import decimals, fixed

EXPLANATION = (
    "Where two or more people ran the same experiment, their runs are laid together: each is a draw of its own, and "
    "people may differ by more than their seeds do. The mean and its interval are of a random-effects model "
    "(DerSimonian and Laird 1986), the interval is that of Hartung, Knapp, Sidik and Jonkman, made for few people. "
    "Runs that are the same to the last bit count once."
)

_WIDE, _HIGH = 150.0, 14.0


def pooled_main(results: Sequence[Pooled]) -> str:
    """What stands in ``<main>``."""
    empty = '<p class="panel">No two people have runs of the same experiment yet.</p>\n' if not results else ""
    return f"<h1>Runs laid together</h1>\n<p>{EXPLANATION}</p>\n{empty}{''.join(map(_result, results))}"


def _result(result: Pooled) -> str:
    ends = {part.who: cut(_interval(part), bounds(result.unit), part.values) for part in result.parts}
    values = [v for part in result.parts for v in (part.mean, *(ends[part.who] or ()))]
    values += [result.mean, *(result.ci95 or ())]
    x = scale([v for v in values if v is not None], 4.0, _WIDE - 4.0)
    unit = {"percent": " (%)", "fraction": "", "count": "", "": ""}.get(result.unit, f" ({result.unit})")
    heading = f"{result.metric.replace('/', ' ')}{unit}"
    rungs = "" if result.rungs == ("full",) else f", rung {' and '.join(result.rungs)}"
    label = escape(f"{result.title}, {heading}")
    rows = "".join(_row(part, ends[part.who], x, result) for part in result.parts)
    above = {f"{part.who}: {part.why}" for part in result.parts}
    notes = "".join(f'<p class="soft"><bdi>{escape(note)}</bdi></p>' for note in result.notes if note not in above)
    return (
        f'<section class="panel"><h2><bdi>{escape(result.title)}</bdi> <small>{escape(heading + rungs)}</small></h2>'
        f"<p><bdi>{escape(result.sentence)}.</bdi></p>"
        f'<div class="scroll" role="region" tabindex="0" aria-label="{label}"><table class="board"><thead><tr>'
        '<th scope="col">who</th><th scope="col" class="r">mean</th><th scope="col" class="r">sd</th>'
        '<td class="p"></td><th scope="col" class="r">seeds</th><th scope="col" class="r">weight</th>'
        f'<th scope="col">left out</th></tr></thead><tbody>{rows}</tbody>'
        f"<tfoot>{_whole(result, x)}</tfoot></table></div>"
        f"{_axis_said(x)}{notes}</section>\n"
    )


def _row(part: Part, ends: Interval | None, x: Scale, result: Pooled) -> str:
    places = _places(result)
    mean = "–" if part.mean is None else fixed(part.mean, places)
    sd = "" if part.sd is None else fixed(part.sd, places)
    picture = "" if part.mean is None else _picture(part.mean, ends, x, "u")
    return (
        f'<tr><th scope="row"><bdi>{escape(part.who)}</bdi></th><td class="r">{mean}</td><td class="r">{sd}</td>'
        f'<td class="p">{picture}</td><td class="r">{len(part.seeds)}</td><td class="r">{100 * part.weight:.0f} %</td>'
        f"<td><bdi>{escape(part.why)}</bdi></td></tr>"
    )


def _whole(result: Pooled, x: Scale) -> str:
    places = _places(result)
    half = "" if result.ci95 is None else _around(result.mean, result.ci95, places)
    return (
        f'<tr><th scope="row">together</th><td class="r">{fixed(result.mean, places)}{half}</td><td></td>'
        f'<td class="p">{_picture(result.mean, result.ci95, x, "z")}</td><td class="r">{result.runs}</td>'
        f"<td></td><td></td></tr>"
    )


def _around(mean: float, ends: Interval, places: int) -> str:
    if is_one_sided(mean, ends):
        return f" [{fixed(ends[0], places)} to {fixed(ends[1], places)}]"
    return f" ± {fixed((ends[1] - ends[0]) / 2, places)}"


def _picture(mean: float, ends: Interval | None, x: Scale, css: str) -> str:
    middle = short(_HIGH / 2)
    drawn = f'<path class="{css}" d="M{short(x.at(mean))} {middle}h0"/>'
    if ends is not None:
        drawn = f'<path class="i" d="M{short(x.at(ends[0]))} {middle}H{short(x.at(ends[1]))}"/>{drawn}'
    return f'<svg class="line" viewBox="0 0 {_WIDE:g} {_HIGH:g}" aria-hidden="true">{drawn}</svg>'


def _axis_said(x: Scale) -> str:
    return (
        f'<p class="soft">Pictures go from {number(float(f"{x.low:.4g}"))} to {number(float(f"{x.high:.4g}"))}; bars '
        "are 95 % intervals over a person’s seeds, the last one over people.</p>"
    )


def _interval(part: Part) -> Interval | None:
    """Over one person's seeds alone; None with fewer than two."""
    if part.mean is None or part.sd is None or len(part.values) < 2:
        return None
    half = t(len(part.values) - 1, 0.975) * part.sd / sqrt(len(part.values))
    return part.mean - half, part.mean + half


def _places(result: Pooled) -> int:
    if result.ci95 is not None and result.ci95[1] > result.ci95[0]:
        return max(1, min(6, decimals((result.ci95[1] - result.ci95[0]) / 2)))
    return max(1, min(6, decimals(abs(result.mean) / 10)))
