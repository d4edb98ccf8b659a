"""Letters that the style's font lacks are drawn from fonts of this machine, or it is said which to install."""

import numpy as np
import pytest
from matplotlib.text import Text
from PIL import Image

from repro.results.figures import fonts
from repro.results.figures.fonts import OWN, families, use_fonts
from repro.results.figures.style import new_figure, styled, to_png, to_svg

SCRIPTS = {
    "Chinese": "低音", "Japanese": "ひらカタ", "Korean": "소형", "Hindi": "मंद", "Arabic": "منخفض", "Thai": "เสียง",
}  # fmt: skip


def titled(text: str):
    with styled():
        figure, axes = new_figure(3, 2)
        axes.set_title(text)
        axes.plot([0, 1], [0, 1], label=text)
        axes.set_yticks([0.0, 1.0], ["a", text])
        axes.legend()
    return figure


def has(text: str) -> bool:
    return any(all(ord(one) in fonts._letters(path) for one in text) for path in fonts._by_preference())


@pytest.mark.parametrize("script", SCRIPTS)
def test_no_letter_is_a_box(script: str, tmp_path) -> None:
    text = SCRIPTS[script]
    if not has(text):
        pytest.skip(f"no font of this machine has {script}: apt-get install fonts-noto-cjk fonts-noto-core")
    figure = titled(text)
    drawn = to_svg(figure)
    assert drawn == to_svg(titled(text))
    used = figure.findobj(Text)[0].get_fontfamily()
    letters = frozenset().union(*(fonts._letters(fonts.font_manager.findfont(name)) for name in used))
    assert all(ord(one) in letters for one in text)
    (tmp_path / "a.png").write_bytes(to_png(figure))
    (tmp_path / "b.png").write_bytes(to_png(titled("\U0010fffd" * len(text))))  # what nobody draws
    first, boxes = (np.asarray(Image.open(tmp_path / name).convert("L")) for name in ("a.png", "b.png"))
    assert first.shape != boxes.shape or (first != boxes).any()


def test_other_figures_stay_as_they_are() -> None:
    for text in ("plain", "Größe ± 1.6 − ½ λ"):
        figure = titled(text)
        before = [one.get_fontfamily() for one in figure.findobj(Text)]
        assert not use_fonts(figure)
        assert [one.get_fontfamily() for one in figure.findobj(Text)] == before


def test_what_no_font_has_is_said_once(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(fonts, "_by_preference", lambda: ())
    monkeypatch.setattr(fonts, "_said", set())
    assert families(frozenset("低い音")) == [OWN]
    said = capsys.readouterr().err
    assert said.startswith("note: no font of this machine has 'い低音', which figures show as boxes")
    assert said.endswith("; install fonts-noto-cjk\n")
    to_png(titled("低い音"))
    assert capsys.readouterr().err == ""
    families(frozenset("मंद"))
    assert "install fonts-noto-core" in capsys.readouterr().err
    families(frozenset("a\n\u200b é"))
    assert capsys.readouterr().err == ""
