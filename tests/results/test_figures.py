"""Figures: stable bytes, labels that do not lie on each other, and what each one shows."""

import re

import numpy as np
import pytest

from repro.results.figures.bars import Mark, bars
from repro.results.figures.compared import Pair, compared
from repro.results.figures.confusion import confusion, counted
from repro.results.figures.curves import Curve, learning_curves
from repro.results.figures.label_placement import spread_labels
from repro.results.figures.read_off import lines
from repro.results.figures.spec_value import spec_value
from repro.results.figures.style import COLOURS, styled, to_png, to_svg
from repro.results.figures.sweep import Stop, sweep
from repro.spec.experiment import Block, Model, WeightRule
from repro.spec.part import Entry, Layer
from repro.spec.points import parse_points

X = np.arange(1.0, 11.0)


def curves():
    generator = np.random.default_rng(0)
    ends = [90, 89.5, 60, 59.8, 59.6, 30, 29.9, 10]
    return [Curve(f"model {i}", X, e - 20 / X + generator.normal(0, 0.5, (5, 10))) for i, e in enumerate(ends)]


def learning():
    return learning_curves(curves(), title="Learning", x_label="steps", y_label="test Accuracy (%)")


PAIRS = [
    Pair("logistic", 32.0, None, 31.6, (31.1, 32.1), 5, "reproduced", (31.0, 31.5, 32.2), "31.6"),
    Pair("CNN", 94.0, 1.5, 93.1, (92.4, 93.8), 5, "inconclusive", (93.0, 93.2), "93.1"),
    Pair("human", 96.0, None, None, None, 0, "not run", (), "not run here"),
]
COUNTS = np.array([[50, 2, 0], [3, 40, 7], [0, 0, 60]])
FIGURES = {
    "curves": learning,
    "compared": lambda: compared(PAIRS, title="R", axis_label="test Accuracy (%)", baseline=("logistic", 31.6)),
    "bars": lambda: bars(PAIRS, title="B", axis_label="test Accuracy (%)"),
    "bars-read-off": lambda: bars(
        PAIRS, title="A long title of bars that are held against those of another paper, which asked the same",
        axis_label="test Accuracy (%)", marks=[Mark(35.0, 2.0), Mark(90.0), None], read_off="smith2020, Fig. 3",
        baseline=("logistic", 31.6), against="expected",
    ),
    "curves-read-off": lambda: learning_curves(
        [*curves()[:2], Curve("model 0", X, 88 - 20 / X[None], points=True, reading_error=np.ones(10))],
        title="L", x_label="steps", y_label="test Accuracy (%)", level=("logistic", 40.0),
    ),
    "curves-below-a-baseline": lambda: learning_curves(
        curves()[4:6], title="L", x_label="steps", y_label="test Accuracy (%)", level=("logistic", 60.5),
    ),
    "confusion-of-few": lambda: confusion(COUNTS * 1000, ["bowed", "brass", "struck"], title="C", runs=20, folds=4),
    "bars-log": lambda: bars(PAIRS, title="B", axis_label="test Accuracy (%)", log=True),
    "confusion": lambda: confusion(COUNTS, ["0", "1", "2"], title="C", runs=2),
    "sweep": lambda: sweep(
        [("CNN", [Stop(100, 80.0, (79, 81), 5, 82.0), Stop(2000, 90.0, (89, 91), 5)])],
        title="S", x_label="items", y_label="test Accuracy (%)",
        lines=[Curve("CNN", X[:2] * 100, np.array([[81.0, 92.0]]), points=True, reading_error=np.ones(2))],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FIGURES)
def test_the_same_values_give_the_same_bytes(name) -> None:
    one, two = FIGURES[name](), FIGURES[name]()
    assert to_svg(one) == to_svg(two)
    assert to_png(one) == to_png(two)
    assert b"<dc:date>" not in to_svg(one)
    assert to_png(one).startswith(b"\x89PNG")


@pytest.mark.parametrize("name", FIGURES)
def test_no_text_is_cut_or_lies_on_another(name) -> None:
    figure = FIGURES[name]()
    with styled():
        figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    axes = figure.axes[0]
    texts = [*axes.texts, axes.title, axes._left_title, axes.xaxis.label, axes.yaxis.label]
    for axis, (low, high) in ((axes.xaxis, sorted(axes.get_xlim())), (axes.yaxis, sorted(axes.get_ylim()))):
        ticks = axis.get_major_ticks()
        texts += [t.label1 for t in ticks if low - 1e-9 <= t.get_loc() <= high + 1e-9]
    boxes = [(t.get_text(), t.get_window_extent(renderer)) for t in texts if t.get_text()]
    width, height = figure.canvas.get_width_height()
    shown = [(s, b) for s, b in boxes if b.width > 0]
    assert len(shown) > 4
    for said, box in shown:
        assert box.x0 >= -1, said
        assert box.y0 >= -1, said
        assert box.x1 <= width + 1, said
        assert box.y1 <= height + 1, said
    for i, (said, box) in enumerate(shown):
        for other, beside in shown[i + 1 :]:
            apart_x = box.x1 <= beside.x0 + 1 or beside.x1 <= box.x0 + 1
            apart_y = box.y1 <= beside.y0 + 1 or beside.y1 <= box.y0 + 1
            assert apart_x or apart_y, f"{said!r} lies on {other!r}"


def test_the_user_s_own_settings_change_nothing_and_are_left_alone() -> None:
    import matplotlib as mpl

    plain = to_svg(learning())
    with mpl.rc_context({"font.size": 30, "axes.grid": False, "axes.facecolor": "black"}):
        assert to_svg(learning()) == plain
        assert mpl.rcParams["font.size"] == 30


def test_the_band_is_a_t_interval_or_the_range() -> None:
    ys = np.array([[1.0, 5.0], [2.0, np.nan], [3.0, np.nan]])
    curve = Curve("a", np.array([1.0, 2.0]), ys)
    assert curve.mean.tolist() == [2.0, 5.0]
    low, high = curve.band("95 % interval of the mean")
    assert (low[0], high[0]) == pytest.approx((2 - 4.3026527 / 3**0.5, 2 + 4.3026527 / 3**0.5), abs=1e-6)
    assert np.isnan([low[1], high[1]]).all()  # one run has no band
    low, high = curve.band("lowest to highest run")
    assert (low[0], high[0]) == (1.0, 3.0)


def test_a_curve_of_the_wrong_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="2 places but values of shape"):
        Curve("a", np.array([1.0, 2.0]), np.zeros((3, 4)))


def test_labels_are_set_apart_and_stay_near() -> None:
    assert spread_labels([5.0, 1.0, 1.2], 1.0, 0.0, 10.0) == [5.0, 0.6, 1.6]
    crowded = spread_labels([0.5] * 8, 1.0, 0.0, 7.0)
    assert crowded == pytest.approx([0, 1, 2, 3, 4, 5, 6, 7])
    squeezed = sorted(spread_labels([0.5] * 8, 1.0, 0.0, 3.5))
    assert np.diff(squeezed) == pytest.approx(0.5)
    assert spread_labels([], 1.0, 0.0, 1.0) == []


def test_colours_differ_also_in_grey() -> None:
    assert len(set(COLOURS)) == len(COLOURS)


def test_counting_a_confusion() -> None:
    counts = counted(np.array([0, 1, 1, 2]), np.array([0, 1, 2, 2]), 3)
    assert counts.tolist() == [[1, 0, 0, 0], [0, 1, 0, 0], [0, 1, 1, 0]]
    assert counted(np.array([0, 15, 9]), np.array([0, 1, 1]), 2).tolist() == [[1, 0, 0], [0, 0, 2]]
    with pytest.raises(ValueError, match="must be two lists of one length"):
        counted(np.array([0, 1]), np.array([0]), 2)
    with pytest.raises(ValueError, match="target has the class 5"):
        counted(np.array([0]), np.array([5]), 2)
    with pytest.raises(ValueError, match="2 classes but counts"):
        confusion(COUNTS, ["a", "b"], title="")


def test_points_read_off_a_paper() -> None:
    found, _ = parse_points("series,x,y,reading_error\ncnn,2,80,\ncnn,1,70,2\nmlp,1,50,\n", "fig1.csv")
    made = lines(found, {"cnn": "CNN"})
    assert [(c.name, c.x.tolist(), c.mean.tolist(), c.points) for c in made] == [
        ("CNN", [1.0, 2.0], [70.0, 80.0], True), ("mlp", [1.0], [50.0], True),
    ]  # fmt: skip
    assert made[0].reading_error.tolist() == [2.0, 0.0]
    assert made[1].reading_error is None


def test_a_path_is_looked_up_in_the_resolved_experiment(made) -> None:
    layers = (
        Layer(name="Linear", label="fc1", args={"out_features": 100}),
        Layer(name="Residual", layers=(Layer(name="Dropout", args={"p": 0.3}),)),
    )
    experiment = made.experiment(
        "mlp",
        model=Model(name="mlp", blocks=(Block(name="digit", sources=("input",), layers=layers),)),
        optimizer=Entry(name="SGD", args={"lr": 0.05}),
        weights=(
            WeightRule(selector="all", l2=0.1),
            WeightRule(selector="fc1", l2=0.2),
            WeightRule(selector="all", l2=0.3),
        ),
    )
    found = {
        path: spec_value(experiment, path)
        for path in (
            "splits.train", "training.steps", "optimizer.SGD.lr", "architecture.mlp.fc1.out_features",
            "architecture.mlp.Dropout.p", "weights.all.l2",
        )
    }  # fmt: skip
    assert list(found.values()) == [4000.0, 6000.0, 0.05, 100.0, 0.3, 0.3]
    with pytest.raises(KeyError, match="no number"):
        spec_value(experiment, "splits.source")
    with pytest.raises(KeyError, match=r"optimizer\.Adam\.lr is None"):
        spec_value(experiment, "optimizer.Adam.lr")


def test_the_legend_of_bars_names_what_is_drawn() -> None:
    ours = Pair("a", None, None, 50.0, (49.0, 51.0), 3, text="50")
    paper = Pair("b", 60.0, None, None, None, 0, text="not run")
    for pairs, named in (([ours], {"ours: mean", "ours: 95 % interval"}), ([paper], {"ours: mean", "paper"})):
        (legend,) = bars(pairs, title="B", axis_label="x").legends
        assert {text.get_text() for text in legend.get_texts()} == named


def test_the_caption_of_a_small_matrix_ends_before_the_scale() -> None:
    figure = confusion(COUNTS * 1000, ["bowed", "brass", "struck"], title="C", runs=20, folds=4)
    with styled():
        figure.canvas.draw()
    matrix, scale = figure.axes
    (said,) = [text for text in matrix.texts if "true class" in text.get_text()]
    assert said.get_window_extent().x1 < scale.get_window_extent().x0


def test_points_of_another_figure_lie_on_bars_with_their_reading_error() -> None:
    ours = Pair("a", None, None, 50.0, (49.0, 51.0), 3, text="50")
    drawn = bars([ours, ours], title="B", axis_label="x", marks=[None, Mark(60.0, 4.0)], read_off="smith2020, Fig. 3")
    (legend,) = drawn.legends
    assert "read off smith2020, Fig. 3" in {text.get_text() for text in legend.get_texts()}
    axes = drawn.axes[0]
    (cross,) = [line for line in axes.lines if line.get_marker() == "x"]
    assert cross.get_xydata().tolist() == [[60.0, 1.0]]
    (error,) = [bar for bar in axes.collections if len(bar.get_segments()) == 1]
    assert error.get_segments()[0].tolist() == [[56.0, 1.0], [64.0, 1.0]]
    plain = bars([ours, ours], title="B", axis_label="x", marks=[None, Mark(60.0)])
    assert not plain.axes[0].collections


@pytest.mark.parametrize("kind", ["curve", "sweep"])
def test_points_of_another_figure_have_a_bar_as_long_as_the_reading_may_be_off(kind) -> None:
    read = Curve("CNN", X[:2], np.array([[81.0, 92.0]]), points=True, reading_error=np.array([1.0, 2.0]))
    if kind == "curve":
        drawn = learning_curves([Curve("CNN", X, np.array([X + 80])), read], title="", x_label="", y_label="")
    else:
        stops = [Stop(1, 80.0, None, 1), Stop(2, 90.0, None, 1)]
        drawn = sweep([("CNN", stops)], title="", x_label="", y_label="", lines=[read])
    axes = drawn.axes[0]
    (errors,) = [found for found in axes.collections if len(getattr(found, "get_segments", list)()) == 2]
    assert [segment.tolist() for segment in errors.get_segments()] == [
        [[1.0, 80.0], [1.0, 82.0]],
        [[2.0, 90.0], [2.0, 94.0]],
    ]
    (cross,) = [line for line in axes.lines if line.get_marker() == "x"]
    assert cross.get_color() == COLOURS[0]  # that of the line of its name


def test_the_first_picture_of_square_cells_has_its_title_and_labels_inside():
    """Its layout needs two rounds; after one the title was cut off."""
    classes = [
        "dog",
        "rooster",
        "rain",
        "sea_waves",
        "crackling_fire",
        "crying_baby",
        "sneezing",
        "clock_tick",
        "helicopter",
        "chainsaw",
    ]
    figure = confusion(np.eye(10, dtype=np.int64) * 120, classes, title="Confusion: CNN", runs=15, folds=5)
    drawn = to_svg(figure).decode()
    height = float(drawn.split('viewBox="0 0 ')[1].split('"')[0].split()[1])
    places = [
        float(y)
        for y in re.findall(r'<g style="fill: #[0-9a-f]{6}" transform="translate\([-0-9.]+ ([-0-9.]+)\)', drawn)
    ]
    assert len(places) > 20
    assert min(places) > 11  # letters stand on this line, and those of the title are some 9 points high
    assert max(places) < height
