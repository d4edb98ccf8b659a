"""The page holds everything, is well-formed, needs nothing from elsewhere, and shows text as text."""

import base64
import io
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch
from PIL import Image

from repro.data.items import Items
from repro.data.profile.build_profile import DataProfile, build_profile
from repro.data.profile.item_names import item_name
from repro.publish.data.html import lines_html, table_html
from repro.publish.data.page import page_of
from repro.publish.data.pictures import item_picture, sound_picture
from repro.publish.data.player import heard, uri_bytes, wav_uri
from repro.publish.data.section import Line, Table
from repro.publish.data.sections import to_look_at
from repro.publish.data.sound_section import flagged
from repro.publish.data.spectrogram import mel, mel_spectrogram_db
from repro.publish.data.svg import coloured
from repro.runs.data_of_plan import data_of_plan
from repro.spec.shape import Shape
from repro.spec.spec import Spec
from repro.study import load

VOID = {"meta", "img", "br", "link", "input"}


class Page(HTMLParser):
    """Reads a page strictly: every element that is opened is closed, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[int] = []
        self.words: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag in {"h1", "h2", "h3", "h4"}:
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.found if name == tag]


def looked(folder: Path) -> tuple[Spec, list[DataProfile]]:
    study = load(folder)
    asked = data_of_plan(study.plan)
    return study.spec, [build_profile(one.dataset, one.wanted, study.spec.folder) for one in asked]


@pytest.fixture
def made(plant: Callable[..., Path]) -> tuple[str, DataProfile]:
    spec, looks = looked(plant())
    return page_of(spec, looks), looks[0]


def test_the_page_is_whole(made: tuple[str, DataProfile]) -> None:
    text, seen = made
    page = Page(text)
    assert all(later <= before + 1 for before, later in zip(page.headings, page.headings[1:], strict=False))
    assert page.headings.count(1) == 1
    assert len(page.all("table")) == len(page.all("caption"))
    assert all(attrs.get("alt") for attrs in page.all("img"))
    assert all(attrs.get("aria-label") and attrs.get("role") == "img" for attrs in page.all("svg"))
    assert all(attrs.get("aria-label") for attrs in page.all("audio"))
    assert not page.all("script")
    links = [attrs.get(key) or "" for _, attrs in page.found for key in ("src", "href") if key in attrs]
    assert links
    assert all(link.startswith(("data:", "#")) for link in links)
    assert "url(" not in text
    assert "@import" not in text
    said = " ".join(page.words)
    for rows in flagged(seen).values():
        for row in rows:
            assert item_name(seen.items, row) in said
    assert "go/00.wav" in said
    assert "no/copy.flac" in said
    assert "Words & <sounds>" in said, "text is shown as text"


def test_names_are_text_whatever_they_are(plant: Callable[..., Path]) -> None:
    folder = plant()
    hostile = folder / "recordings/go/<script>alert(1)&\x1b[31m.wav"
    (folder / "recordings/go/clipped.wav").rename(hostile)
    (folder / "recordings/rare").rename(folder / "recordings/<img src=x>")
    spec, looks = looked(folder)
    page = Page(page_of(spec, looks))
    assert not page.all("script")
    assert all((attrs.get("src") or "").startswith("data:") for attrs in page.all("img"))
    said = " ".join(page.words)
    assert "<script>alert(1)&" in said
    assert "<img src=x>" in said
    assert "\x1b" not in said


def test_lines_and_tables_are_escaped() -> None:
    made = lines_html([Line("<b>", "note", ("<i>",))]) + table_html(Table("<u>", ("<p>", ""), (("<a>", "<s>"),)))
    page = Page(made)
    assert not {"b", "i", "u", "p", "a", "s"} & {tag for tag, _ in page.found}
    assert {"<b>", "<i>", "<u>", "<p>", "<a>", "<s>"} <= set(page.words)


def test_every_fault_has_its_picture(made: tuple[str, DataProfile]) -> None:
    text, seen = made
    page = Page(text)
    titles = [attrs["aria-label"] or "" for attrs in page.all("svg")]
    for rows in flagged(seen).values():
        for row in rows:
            assert any(item_name(seen.items, row) in title for title in titles)
    assert len(page.all("audio")) == len([title for title in titles if "Waveform" in title])


def test_the_same_data_give_the_same_bytes(plant: Callable[..., Path]) -> None:
    spec, looks = looked(plant())
    assert page_of(spec, looks) == page_of(spec, looks)


def test_what_asks_for_a_look_is_in_one_line(made: tuple[str, DataProfile]) -> None:
    line = to_look_at(made[1])
    for words in ("1 clipped", "1 silent throughout", "1 mostly silence", "1 off centre", "1 pair of duplicates"):
        assert words in line.text


def test_a_player_holds_the_sound() -> None:
    wave = np.random.default_rng(0).uniform(-0.9, 0.9, (2, 4000)).astype(np.float32)
    uri = wav_uri(wave, 16000)
    assert len(uri) == uri_bytes(0.25, 16000)
    samples, rate = soundfile.read(io.BytesIO(base64.b64decode(uri.partition(",")[2])))
    assert rate == 16000
    np.testing.assert_allclose(samples, wave.mean(0), atol=1e-4)


def test_players_go_to_the_first_of_each_list_first() -> None:
    assert heard([[1, 2], [3], [4, 5]], dict.fromkeys(range(6), 10), 40) == {(0, 0), (1, 0), (2, 0), (0, 1)}
    assert heard([[1], [2]], {1: 50, 2: 10}, 40) == {(1, 0)}
    assert heard([], {}, 40) == set()


def test_a_tone_is_bright_in_its_band_at_its_time() -> None:
    wave = np.zeros(16000, dtype=np.float32)
    wave[8000:] = np.sin(2 * np.pi * 1000 * np.arange(8000) / 16000)
    db = mel_spectrogram_db(wave, 16000)
    assert db.max() == 0
    band, moment = np.unravel_index(db.argmax(), db.shape)
    assert abs(mel(1000) / mel(8000) - (band + 1) / (len(db) + 1)) < 1 / len(db), "the axis says where the band is"
    assert moment > db.shape[1] / 2
    assert (db[:, : db.shape[1] // 3] == -80).all()


@pytest.mark.parametrize("frames", [1, 7, 100, 50_000, 900_000])
def test_any_length_is_drawn(frames: int) -> None:
    samples = np.zeros((2, frames), dtype=np.float32)
    drawn = Page(sound_picture(samples, 16000, "x"))
    assert drawn.all("image")


@pytest.mark.parametrize(
    ("axes", "sizes"),
    [("C T", (1, 40)), ("C H W", (1, 8, 8)), ("C H W", (3, 8, 9)), ("C F T", (1, 6, 9)), ("F", (10,))],
)
def test_items_of_any_shape_are_drawn(axes: str, sizes: tuple[int, ...]) -> None:
    values = torch.arange(2 * int(np.prod(sizes))).reshape(2, *sizes).float().numpy()
    items = Items("x", values, Shape.of(axes, *sizes), {})
    drawn = Page(item_picture(items, 1, 'a "title"'))
    found = [*drawn.all("svg"), *drawn.all("img")]
    assert [attrs.get("aria-label") or attrs.get("alt") for attrs in found] == ['a "title"']


def test_colours_run_from_low_to_high() -> None:
    uri = coloured(np.array([[-80.0, -40.0, 0.0, 20.0]]), -80, 0)
    pixels = Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))).convert("L")
    assert np.all(np.diff(np.asarray(pixels)[0].astype(int))[:2] > 40)
    assert np.asarray(pixels)[0, 2] == np.asarray(pixels)[0, 3]
