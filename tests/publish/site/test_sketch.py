"""Sketches: the figures that matplotlib draws, of the same numbers, legible as text."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from repro.publish.site.figures_block import pictures
from repro.publish.site.sketch.svg_renderer import SvgRenderer
from repro.results.figures.all_figures import all_figures, render_all
from repro.results.figures.compared import Pair
from repro.results.figures.curves import Curve
from repro.results.figures.fold_bars import Bar, FoldSeries
from repro.results.figures.measurements import Measurements
from repro.results.figures.sweep import Stop


def floats(drawn: str, pattern: str) -> list[float]:
    return [float(one) for one in re.findall(pattern, drawn)]


def test_the_same_figures_as_of_matplotlib_in_the_same_order(subject):
    source = Measurements(subject.runs, subject.predictions)
    assert (
        list(render_all(SvgRenderer(), source)) == list(all_figures(source)) == [one.name for one in pictures(subject)]
    )


def test_every_sketch_is_whole_and_says_what_it_shows(subject):
    for picture in pictures(subject):
        root = ElementTree.fromstring(picture.svg())
        assert root.tag == "svg"
        assert re.fullmatch(r"0 0 330 [\d.]+", root.attrib["viewBox"])
        assert len(picture.svg()) < 60_000
        assert len(picture.alt) > 20
        high = float(root.attrib["viewBox"].split()[3])
        for text in root.iter("text"):
            assert -1 <= float(text.attrib["x"]) <= 330
            assert 0 <= float(text.attrib["y"]) <= high


def test_a_curve_goes_through_its_values():
    curve = Curve("CNN", np.array([0.0, 50.0, 100.0]), np.array([[0.0, 10.0, 40.0], [0.0, 10.0, 60.0]]))
    made = SvgRenderer().learning_curves([curve], title="T", x_label="steps", y_label="y")
    (line,) = re.findall(r'<polyline class="l c0 d0" points="([^"]+)"', made.svg)
    places = [tuple(map(float, one.split(","))) for one in line.split()]
    (x0, y0), (x1, y1), (x2, y2) = places
    assert x1 - x0 == pytest.approx(x2 - x1, abs=0.2)
    assert (y0 - y1) * 4 == pytest.approx(y1 - y2, abs=0.6)  # 10 up, then 40 up
    assert "CNN ends at 50" in made.alt
    assert "2 runs" in made.note


def test_ours_and_theirs_stand_on_one_scale():
    pairs = [Pair("a", 10.0, None, 20.0, (15.0, 25.0), 3), Pair("b", 30.0, None, None, None, 0)]
    made = SvgRenderer().compared(pairs, title="T", axis_label="Accuracy (%)", baseline=("base", 20.0))
    theirs = [float(x) for x in re.findall(r'<path class="o" d="M([\d.]+) ', made.svg)]
    ours = floats(made.svg, r'<circle class="f c0" cx="([\d.]+)"')
    base = floats(made.svg, r'<path class="b" d="M([\d.]+) ')
    assert ours[0] == pytest.approx((theirs[0] + theirs[1]) / 2, abs=0.2) == base[0]
    assert "a: paper 10, ours 20; b: paper 30" in made.alt


def test_marks_differ_in_shape_and_not_in_colour_alone():
    curves = [Curve(f"c{at}", np.array([0.0, 1.0]), np.array([[float(at), float(at)]])) for at in range(12)]
    made = SvgRenderer().learning_curves(curves, title="T", x_label="x", y_label="y")
    styles = re.findall(r'<polyline class="(l c\d d\d)"', made.svg)
    assert len(set(styles)) == len(styles) == 12
    assert all(f"{at}  c{at - 1}<" in made.svg for at in range(1, 13))


def test_hostile_names_are_text():
    name = "<script>alert(1)</script>\"'&"
    pencil = SvgRenderer()
    pair = Pair(name, 1.0, 0.5, 2.0, (1.0, 3.0), 3, verdict=name, values=(1.0, 2.0))
    series = FoldSeries(name, {name: Bar(1.0, (1.0,), 2.0)}, Bar(1.0, (1.0,), 2.0))
    curve = Curve(name, np.array([0.0, 1.0]), np.array([[1.0, 2.0]]))
    stops = [Stop(1.0, 2.0, (1.0, 3.0), 3, 1.5), Stop(100.0, 3.0, None, 1)]
    drawn = [
        pencil.compared([pair], title=name, axis_label=name, baseline=(name, 1.0)),
        pencil.bars([pair], title=name, axis_label=name, log=True),
        pencil.fold_bars([series], title=name, axis_label=name),
        pencil.sweep([(name, stops)], title=name, x_label=name, y_label=name, lines=[curve]),
        pencil.learning_curves([curve], title=name, x_label=name, y_label=name, level=(name, 1.0)),
        pencil.confusion(np.array([[3, 1], [0, 4]]), [name, "b"], title=name),
    ]
    for one in drawn:
        root = ElementTree.fromstring(one.svg)
        assert {element.tag for element in root.iter()} <= {
            "svg",
            "path",
            "text",
            "circle",
            "rect",
            "polyline",
            "polygon",
        }


@pytest.mark.parametrize("odd", [float("nan"), 1e308, -1e308, 0.0, 5e-324])
def test_odd_values_give_a_picture_all_the_same(odd):
    curve = Curve("c", np.array([0.0, 1.0]), np.array([[odd, 1.0]]))
    for log in (False, True):
        made = SvgRenderer().learning_curves([curve], title="T", x_label="x", y_label="y", log=log)
        assert "nan" not in made.svg
        assert "inf" not in made.svg
        ElementTree.fromstring(made.svg)


def test_a_confusion_matrix_says_its_worst_mistake():
    made = SvgRenderer().confusion(np.array([[8, 2], [0, 10]]), ["yes", "no"], title="T", runs=2)
    assert "yes is taken for no in 20 % of 10" in made.alt
    assert ">80<" in made.svg
