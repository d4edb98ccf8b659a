"""The pictures of a page: examples of each class, what is wrong, duplicates side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from repro.data.profile.build_profile import DataProfile
from repro.data.profile.duplicates import Duplicate
from repro.data.profile.item_names import item_name
from repro.publish.data.duplicates_section import difference
from repro.publish.data.html import figure_html
from repro.publish.data.measures import channels, hertz, length
from repro.publish.data.pictures import SECONDS, beginning, item_picture, sound_picture
from repro.publish.data.player import SECONDS as HEARD_SECONDS
from repro.publish.data.player import heard, uri_bytes, wav_uri
from repro.publish.data.sound_section import KINDS, flagged, remark
from repro.publish.data.spectrogram import FLOOR_DB
from repro.publish.data.svg import coloured

MOST_DRAWN = 12
"""Pictures of each thing that can be wrong; further items are named."""

MOST_PAIRS = 8
"""Pairs of duplicates that are drawn."""


@dataclass(frozen=True)
class Gallery:
    """Items that are shown together, each with what is said of it; a pair of duplicates has no ``title``."""

    title: str
    rows: tuple[int, ...]
    about: tuple[str, ...]
    note: str = ""


def galleries_html(look: DataProfile, budget: int) -> str:
    """All pictures of one data set.

    Args:
        look: the data set.
        budget: bytes that there are for sounds.

    Raises:
        DataError: a recording that is to be drawn cannot be decoded any more.

    """
    examples = [_examples(look, name, rows) for name, rows in look.examples.items()]
    wrong = [_wrong(look, kind, rows) for kind, rows in flagged(look).items() if rows]
    pairs = [_pair(look, pair) for pair in look.duplicates[:MOST_PAIRS]]
    every = [*examples, *wrong, *pairs]
    played = _players(look, every, budget)
    drawn = [_cards(look, gallery, number, played) for number, gallery in enumerate(every)]
    first, second = len(examples), len(examples) + len(wrong)
    parts = ["<h3>Examples</h3>", _scale(look), _players_note(look, every, played)]
    parts += [_titled(gallery, cards) for gallery, cards in zip(examples, drawn[:first], strict=True)]
    if wrong:
        parts.append("<h3>To look at and listen to</h3>")
        parts += [_titled(gallery, cards) for gallery, cards in zip(wrong, drawn[first:second], strict=True)]
    if pairs:
        more = len(look.duplicates) - len(pairs)
        rest = f'<p class="soft">{more:,} more pairs are named above.</p>' if more else ""
        parts.append(f'<h3>Duplicates side by side</h3><div class="pairs">{"".join(drawn[second:])}</div>{rest}')
    return "".join(parts)


def _examples(look: DataProfile, name: str, rows: tuple[int, ...]) -> Gallery:
    return Gallery(name or "(empty)", rows, tuple(_about(look, row) for row in rows))


def _wrong(look: DataProfile, kind: str, rows: tuple[int, ...]) -> Gallery:
    shown = rows[:MOST_DRAWN]
    more = f"{len(rows) - len(shown):,} more are named above." if len(rows) > len(shown) else ""
    label, when = KINDS[kind]
    return Gallery(f"{label.capitalize()}: {when}", shown, tuple(remark(look, kind, row) for row in shown), more)


def _pair(look: DataProfile, pair: Duplicate) -> Gallery:
    text = difference(pair)
    return Gallery("", (pair.one, pair.other), (_about(look, pair.one), _about(look, pair.other)), text)


def _about(look: DataProfile, row: int) -> str:
    """Where an item stands, to which group it belongs, how long it is and how it was recorded."""
    items = look.items
    facts = []
    if len(look.divisions) == 1 and (part := look.divisions[0].part_of(row)):
        facts.append(part)
    columns = dict.fromkeys(group.column for division in look.divisions for group in division.groups)
    facts += [f"{column} {items.columns[column][row]}" for column in columns if column in items.columns]
    if items.clips is not None:
        facts += [hertz(items.clips.rate(row)), channels(int(items.clips.channels[row]))]
    if look.levels is not None:
        facts.append(length(float(look.levels.seconds[row])))
    return ", ".join(facts)


def _players(look: DataProfile, galleries: Sequence[Gallery], budget: int) -> set[tuple[int, int]]:
    if look.levels is None:
        return set()
    rows = [gallery.rows for gallery in galleries]
    sizes = {row: uri_bytes(float(look.levels.seconds[row]), _rate(look, row)) for some in rows for row in some}
    return heard(rows, sizes, budget)


def _players_note(look: DataProfile, galleries: Sequence[Gallery], played: set[tuple[int, int]]) -> str:
    if look.levels is None:
        return ""
    rows = [row for gallery in galleries for row in gallery.rows]
    sentences = []
    if len(played) < len(rows):
        sentences.append(f"{len(played)} of {len(rows)} pictures have a player, to keep this page small.")
    longest = max(float(look.levels.seconds[row]) for row in rows)
    if longest > HEARD_SECONDS:
        sentences.append(f"Players hold the first {HEARD_SECONDS:g} s, all channels as one.")
    if longest > SECONDS:
        sentences.append(f"Pictures show the first {SECONDS:g} s.")
    return f'<p class="soft">{" ".join(sentences)}</p>' if sentences else ""


def _cards(look: DataProfile, gallery: Gallery, number: int, played: set[tuple[int, int]]) -> str:
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


def _scale(look: DataProfile) -> str:
    """What the colours of spectrograms mean, once for all of them."""
    if look.levels is None:
        return ""
    ramp = coloured(np.linspace(FLOOR_DB, 0, 256)[None, :], FLOOR_DB, 0.0)
    return (
        f'<div class="scale"><span>Colours of the mel spectrograms:</span><span>{FLOOR_DB:g} dB</span>'
        f'<img alt="from dark, faint, to bright, loud" src="{ramp}">'
        "<span>0 dB, the loudest point of each item</span></div>"
    ).replace(">-", ">−")


def _rate(look: DataProfile, row: int) -> int:
    return look.items.clips.rate(row) if look.items.clips is not None else round(look.items.rate or 1)
