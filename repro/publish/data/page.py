"""The page on a study's data: one file with everything in it, that opens offline, in light and dark and on a phone."""

from collections.abc import Sequence
from html import escape

from repro.data.in_threads import one_thread
from repro.data.profile.build_profile import DataProfile
from repro.publish.data.gallery import galleries_html
from repro.publish.data.html import lines_html, table_html
from repro.publish.data.measures import length
from repro.publish.data.origin import origin
from repro.publish.data.pictures import lengths_picture
from repro.publish.data.player import MOST_BYTES
from repro.publish.data.sections import heading, in_short, sections_of
from repro.publish.page_style import page_style
from repro.spec.spec import Spec


def page_of(spec: Spec, looks: Sequence[DataProfile]) -> str:
    """The page's HTML. The same data give the same bytes.

    Args:
        spec: of the study.
        looks: one for each of its data sets.

    Raises:
        DataError: a recording that is to be drawn cannot be decoded any more.

    """
    style = page_style("data", "page.css")
    title = f"{spec.name}: what is in its data"
    budget = MOST_BYTES // max(1, len(looks))
    with one_thread():
        parts = [_look(look, spec, number, budget) for number, look in enumerate(looks, 1)]
    links = "".join(
        f'<li><a href="#data-{number}">{escape(heading(look))}</a></li>' for number, look in enumerate(looks, 1)
    )
    nav = f'<nav aria-label="data sets"><ul>{links}</ul></nav>' if len(looks) > 1 else ""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<header><h1>{escape(title)}</h1>"
        f'<p class="soft">{escape(spec.work.title)}</p>{nav}</header>\n<main>\n{"".join(parts)}</main>\n'
        "<footer><p>Made by <code>repro data</code>. Nothing here was trained. Examples are drawn "
        "from a fixed seed, of different groups where there are any.</p></footer>\n</body>\n</html>\n"
    )


def _look(look: DataProfile, spec: Spec, number: int, budget: int) -> str:
    what, notable = in_short(look)
    parts = [
        f'<section id="data-{number}"><h2>{escape(heading(look))}</h2>',
        f'<p class="soft">{escape(origin(look.dataset, spec.folder))}</p>',
        f'<p class="short">{escape(what.text)}</p>{lines_html([notable])}',
    ]
    for at, section in enumerate(sections_of(look)):
        tables = "".join(map(table_html, section.tables)) + (_lengths(look) if at == 0 else "")
        parts.append(f'<h3>{escape(section.title)}</h3><div class="side">{tables}</div>{lines_html(section.lines)}')
    return "".join([*parts, galleries_html(look, budget), "</section>\n"])


def _lengths(look: DataProfile) -> str:
    lengths = look.contents.lengths
    if lengths is None or lengths.shortest == lengths.longest or look.levels is None:
        return ""
    title = (
        f"How many items are how long: from {length(lengths.shortest)} to {length(lengths.longest)}, "
        f"median {length(lengths.median)}"
    )
    drawn = lengths_picture(look.levels.seconds, title)
    return f'<figure class="lengths">{drawn}<figcaption>Lengths of the items</figcaption></figure>'
