"""The page on a study's data: one file with everything in it, that opens offline, in light and dark and on a phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files

import numpy as np

from repro.data.look.duplicates import Duplicate
from repro.data.look.look import Look
from repro.data.look.names import item_name
from repro.publish.data.duplicates_section import difference
from repro.publish.data.html import figure_html, lines_html, table_html
from repro.publish.data.measures import channels, duration, hertz
from repro.publish.data.origin import origin
from repro.publish.data.pictures import SECONDS, beginning, item_picture, lengths_picture, sound_picture
from repro.publish.data.player import MOST_BYTES, heard, uri_bytes, wav_uri
from repro.publish.data.player import SECONDS as HEARD_SECONDS
from repro.publish.data.sections import in_short, sections_of
from repro.publish.data.sound_section import KINDS, flagged, remark
from repro.publish.data.spectrogram import FLOOR_DB
from repro.publish.data.svg import coloured
from repro.spec.spec import Spec

MOST_DRAWN = 12
"""Pictures of each thing that can be wrong; further items are named."""

MOST_PAIRS = 8
"""Pairs of duplicates that are drawn."""


@dataclass(frozen=True)
class Gallery:
    """Items that are shown together, each with what is said of it."""

    title: str
    rows: tuple[int, ...]
    about: tuple[str, ...]
    note: str = ""


def page_of(spec: Spec, looks: Sequence[Look]) -> str:
    """The page's HTML. The same data give the same bytes.

    Args:
        spec: of the study.
        looks: one for each of its data sets.

    Raises:
        DataError: a recording that is to be drawn cannot be decoded any more.

    """
    style = (files("repro.publish.data") / "page.css").read_text(encoding="utf-8")
    title = f"{spec.name}: what is in its data"
    budget = MOST_BYTES // max(1, len(looks))
    parts = [_look(look, spec, number, alone=len(looks) == 1, budget=budget) for number, look in enumerate(looks, 1)]
    links = "".join(
        f'<li><a href="#data-{number}">{escape(heading(look))}</a></li>' for number, look in enumerate(looks, 1)
    )
    nav = f'<nav aria-label="data sets"><ul>{links}</ul></nav>' if len(looks) > 1 else ""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<header><h1>{escape(title)}</h1>"
        f'<p class="soft">{escape(spec.work.title)}</p>{nav}</header>\n<main>\n{"".join(parts)}</main>\n'
        '<footer><p>Made by <code>repro data</code>. Nothing here was trained. Examples are drawn from a fixed seed, of '
        "different groups where there are any.</p></footer>\n</body>\n</html>\n"
    )


def heading(look: Look) -> str:
    """A data set's name with its arguments, and which experiments read it."""
    args = ", ".join(f"{key}: {value}" for key, value in look.dataset.args.items())
    return look.dataset.name + (f" ({args})" if args else "")


def _look(look: Look, spec: Spec, number: int, *, alone: bool, budget: int) -> str:
    what, notable = in_short(look)
    level = 2 if alone else 3
    parts = [] if alone else [f'<h2 id="data-{number}">{escape(heading(look))}</h2>']
    parts.append(f'<p class="soft">{escape(origin(look.dataset, spec.folder))}</p>')
    parts.append(f'<p class="short">{escape(what.text)}</p>{lines_html([notable])}')
    for section in sections_of(look):
        parts.append(f"<h3>{escape(section.title)}</h3>")
        parts += [table_html(table) for table in section.tables]
        if section.title == "What there is":
            parts.append(_lengths(look))
        parts.append(lines_html(section.lines))
    parts.append(_galleries(look, budget))
    made = "".join(parts)
    return f'<section id="look-{number}">{made}</section>\n' if level == 3 else made.replace("h3>", "h2>").replace("h4>", "h3>")


def _lengths(look: Look) -> str:
    lengths = look.contents.lengths
    if lengths is None or lengths.shortest == lengths.longest or look.levels is None:
        return ""
    title = (
        f"How many items are how long: from {duration(lengths.shortest)} to {duration(lengths.longest)}, "
        f"median {duration(lengths.median)}"
    )
    drawn = lengths_picture(look.levels.seconds, title)
    return f'<figure class="lengths">{drawn}<figcaption>Lengths of the items</figcaption></figure>'


def _galleries(look: Look, budget: int) -> str:
    examples = [_examples(look, name, rows) for name, rows in look.examples.items()]
    wrong = [_wrong(look, kind, rows) for kind, rows in flagged(look).items() if rows]
    pairs = [_pair(look, pair) for pair in look.duplicates[:MOST_PAIRS]]
    every = [*examples, *wrong, *pairs]
    played = _players(look, every, budget)
    drawn = [_cards(look, gallery, number, played) for number, gallery in enumerate(every)]
    first, second = len(examples), len(examples) + len(wrong)
    parts = ["<h3>Examples</h3>", _scale(look), _players_note(look, every, played)]
    parts += [_titled(one, cards) for one, cards in zip(examples, drawn[:first], strict=True)]
    if wrong:
        parts.append("<h3>To look at and listen to</h3>")
        parts += [_titled(one, cards) for one, cards in zip(wrong, drawn[first:second], strict=True)]
    if pairs:
        more = len(look.duplicates) - len(pairs)
        rest = f'<p class="soft">{more:,} more pairs are named above.</p>' if more else ""
        parts.append(f'<h3>Duplicates side by side</h3><div class="pairs">{"".join(drawn[second:])}</div>{rest}')
    return "".join(parts)


def _examples(look: Look, name: str, rows: tuple[int, ...]) -> Gallery:
    return Gallery(name or "(empty)", rows, tuple(_about(look, row) for row in rows))


def _wrong(look: Look, kind: str, rows: tuple[int, ...]) -> Gallery:
    shown = rows[:MOST_DRAWN]
    more = f"{len(rows) - len(shown):,} more are named above." if len(rows) > len(shown) else ""
    return Gallery(KINDS[kind].capitalize(), shown, tuple(remark(look, kind, row) for row in shown), more)


def _pair(look: Look, pair: Duplicate) -> Gallery:
    said = difference(pair)
    return Gallery("", (pair.one, pair.other), (_about(look, pair.one), _about(look, pair.other)), said)


def _about(look: Look, row: int) -> str:
    """Where an item stands, to which group it belongs, how long it is and how it was recorded."""
    items = look.items
    said = []
    if len(look.divisions) == 1 and (part := look.divisions[0].part_of(row)):
        said.append(part)
    columns = dict.fromkeys(group.column for division in look.divisions for group in division.groups)
    said += [f"{column} {items.columns[column][row]}" for column in columns if column in items.columns]
    if items.clips is not None:
        said += [hertz(items.clips.rate(row)), channels(int(items.clips.channels[row]))]
    if look.levels is not None:
        said.append(duration(float(look.levels.seconds[row])))
    return ", ".join(said)


def _players(look: Look, galleries: Sequence[Gallery], budget: int) -> set[tuple[int, int]]:
    if look.levels is None:
        return set()
    rows = [gallery.rows for gallery in galleries]
    sizes = {row: uri_bytes(float(look.levels.seconds[row]), _rate(look, row)) for some in rows for row in some}
    return heard(rows, sizes, budget)


def _players_note(look: Look, galleries: Sequence[Gallery], played: set[tuple[int, int]]) -> str:
    if look.levels is None:
        return ""
    rows = [row for gallery in galleries for row in gallery.rows]
    said = []
    if len(played) < len(rows):
        said.append(f"{len(played)} of {len(rows)} pictures have a player, to keep this page small.")
    longest = max(float(look.levels.seconds[row]) for row in rows)
    if longest > HEARD_SECONDS:
        said.append(f"Players hold the first {HEARD_SECONDS:g} s, all channels as one.")
    if longest > SECONDS:
        said.append(f"Pictures show the first {SECONDS:g} s.")
    return f'<p class="soft">{" ".join(said)}</p>' if said else ""


def _cards(look: Look, gallery: Gallery, number: int, played: set[tuple[int, int]]) -> str:
    figures = []
    for at, (row, about) in enumerate(zip(gallery.rows, gallery.about, strict=True)):
        name = item_name(look.items, row)
        if look.levels is None:
            figures.append(figure_html(name, [about], item_picture(look.items, row, f"{name}, {gallery.title}")))
            continue
        samples, rate = beginning(look.items, row)
        title = f"Waveform and mel spectrogram of {name}, {about}"
        sound = samples[:, : round(HEARD_SECONDS * rate)]
        uri = wav_uri(sound, rate) if (number, at) in played else ""
        figures.append(figure_html(name, [about], sound_picture(samples, rate, title), uri))
    if gallery.title:
        small = " small" if look.items.clips is None and look.items.shape.axes == ("C", "H", "W") else ""
        return f'<div class="cards{small}">{"".join(figures)}</div>'
    return f'<section><p>{escape(gallery.note)}</p><div class="cards pair">{"".join(figures)}</div></section>'


def _titled(gallery: Gallery, cards: str) -> str:
    note = f'<p class="soft">{escape(gallery.note)}</p>' if gallery.note else ""
    return f"<h4>{escape(gallery.title)}</h4>{cards}{note}"


def _scale(look: Look) -> str:
    """What the colours of spectrograms mean, once for all of them."""
    if look.levels is None:
        return ""
    ramp = coloured(np.linspace(FLOOR_DB, 0, 256)[None, :], FLOOR_DB, 0.0)
    return (
        f'<div class="scale"><span>Colours of the mel spectrograms:</span><span>{FLOOR_DB:g} dB</span>'
        f'<img alt="from dark, faint, to bright, loud" src="{ramp}"><span>0 dB, the loudest point of each item</span></div>'
    ).replace(">-", ">−")


def _rate(look: Look, row: int) -> int:
    return look.items.clips.rate(row) if look.items.clips is not None else round(look.items.rate or 1)
