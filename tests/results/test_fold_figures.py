"""Figures of studies with folds: bars fold by fold, curves over folds and seeds, counts over both."""

import numpy as np
import pytest

from repro.results.collect import results
from repro.results.figures.curves import Curve, _caption
from repro.results.figures.fold_bars import Bar, FoldSeries, fold_bars
from repro.results.figures.from_records import curve, fold_series, pair
from repro.results.figures.measurements import Measurements
from repro.results.figures.requested_figures import requested_figures
from repro.results.figures.style import styled, to_svg
from repro.results.runs_by_experiment import gather
from repro.results.study_runs import StudyRuns
from repro.runs.record import Point
from repro.spec.spec import Figure

KEY = "test/Accuracy"


def with_course(made, folded, by_seed, n=80, steps=(10, 20)):
    """Records whose course rises in a straight line to their value at the last of ``steps``."""

    def course(value):
        return tuple(Point(step=s, epoch=s / 10, values={KEY: value * s / steps[-1]}) for s in steps)

    records = folded.records(made, "forest", by_seed, n=n)
    ends = [r.metrics["category"]["test"].values["Accuracy"] for r in records]
    return [r.model_copy(update={"sealed": course(end)}) for r, end in zip(records, ends, strict=True)]


def test_a_curve_is_the_mean_over_folds_by_items_then_over_seeds(made, folded) -> None:
    drawn = curve("forest", with_course(made, folded, [[60.0, 80.0], [62.0, 90.0]], n=[100, 300]), KEY, "step")
    assert drawn.x.tolist() == [10.0, 20.0]
    assert drawn.ys[:, 1].tolist() == [75.0, 83.0]
    assert drawn.mean.tolist() == [39.5, 79.0]
    assert (drawn.folds, drawn.by_fold) == (2, False)
    low, high = drawn.band("lowest to highest run")
    assert (low[1], high[1]) == (75.0, 83.0)


def test_with_one_seed_the_band_is_over_folds(made, folded) -> None:
    drawn = curve("forest", with_course(made, folded, [[60.0, 80.0]], n=[100, 300]), KEY, "step")
    assert drawn.mean.tolist() == [37.5, 75.0]
    low, high = drawn.band("lowest to highest run")
    assert (low[1], high[1]) == (60.0, 80.0)
    assert drawn.by_fold


def test_folds_of_other_lengths_are_joined_where_all_have_a_course(made, folded) -> None:
    one = with_course(made, folded, [[60.0, 80.0]], steps=(10, 20, 30))
    other = with_course(made, folded, [[60.0, 80.0]], steps=(8, 16, 24))
    drawn = curve("forest", [one[0], other[1]], KEY, "step")
    assert drawn.x.tolist() == [10.0, 20.0]
    assert drawn.ys.tolist() == [[20.0, 40.0], pytest.approx([80 * 10 / 24, 80 * 20 / 24])]


def test_the_caption_says_what_line_and_band_are() -> None:
    x = np.array([1.0, 2.0])
    seeds = Curve("a", x, np.zeros((3, 2)), folds=5)
    folds = Curve("b", x, np.zeros((5, 2)), folds=5, by_fold=True)
    runs = Curve("c", x, np.zeros((4, 2)))
    band = "lowest to highest run"
    assert _caption([seeds], band) == (
        "line: mean over 5 folds of 3 seeds; band: lowest to highest seed, each over its folds"
    )
    assert _caption([folds], band) == "line: mean over 5 folds of 1 seed; band: lowest to highest fold"
    assert _caption([runs], band) == "line: mean, n = 4 runs; band: lowest to highest run"
    assert _caption([runs, seeds, folds], band).count("\n") == 2


@pytest.fixture
def study(made, folded):
    def study(*figures):
        spec = made.spec(
            [folded.experiment(made, "forest", title="Forest"), folded.experiment(made, "cnn")],
            [folded.reported(made, "forest", folds=folded.PAPER_FOLDS)],
            figures=figures,
        )
        records = folded.records(made, "forest", folded.scores(72.5)) + folded.records(made, "cnn", folded.scores(78))
        plan = folded.plan(made, spec)
        return StudyRuns(spec, gather(spec, plan, records)[0], results(spec, plan, records))

    return study


def test_bars_stand_in_a_group_for_each_fold(study) -> None:
    figure = Figure(name="folds", kind="bars", y=(KEY,), split_by="fold")
    drawn = requested_figures(Measurements(study(figure)), figure)["folds"]
    labels = [t.get_text() for t in drawn.axes[0].get_yticklabels()]
    assert labels == [f"fold {n}" for n in range(1, 6)] + ["all folds"]
    assert len(drawn.axes[0].patches) == 12
    diamonds = [line for line in drawn.axes[0].lines if line.get_marker() == "D"]
    assert [float(d.get_xdata()[0]) for d in diamonds] == [57.5, 78.7, 77.5, 76.2, 73.7, 72.7]
    assert to_svg(drawn) == to_svg(requested_figures(Measurements(study(figure)), figure)["folds"])


def test_a_row_becomes_bars(study) -> None:
    row = next(r for r in study().results.rows if r.experiment == "forest")
    series = fold_series(row)
    assert series.folds["2"] == Bar(row.folds[1].mean, row.folds[1].values, 78.7)
    assert series.whole == Bar(row.mean, row.values, 72.7)
    assert pair(row).named == "Forest  (n = 3 × 5 folds)"


@pytest.mark.parametrize(("folds", "experiments"), [(5, 2), (10, 6), (60, 3), (1, 1)])
def test_no_text_of_the_bars_is_cut_or_lies_on_another(folds, experiments) -> None:
    bars = {str(n): Bar(50.0 + n / 3, (50.0, 51.0), 49.0) for n in range(1, folds + 1)}
    series = [FoldSeries(f"experiment {i}", bars, Bar(60.0, (59.0, 61.0), 58.0)) for i in range(experiments)]
    drawn = fold_bars(series, title="Folds", axis_label="test Accuracy (%)")
    with styled():
        drawn.canvas.draw()
    renderer = drawn.canvas.get_renderer()
    axes = drawn.axes[0]
    texts = [*axes.get_yticklabels(), axes.xaxis.label, axes._left_title, *axes.texts]
    boxes = [(t.get_text(), t.get_window_extent(renderer)) for t in texts if t.get_text()]
    width, height = drawn.canvas.get_width_height()
    for i, (said, box) in enumerate(boxes):
        assert box.x0 >= -1, said
        assert box.x1 <= width + 1, said
        assert box.y0 >= -1, said
        assert box.y1 <= height + 1, said
        for other, beside in boxes[i + 1 :]:
            assert not box.overlaps(beside), f"{said!r} lies on {other!r}"


def test_a_confusion_matrix_is_summed_over_folds(study) -> None:
    def kept(record, view="test"):
        return {"predicted": np.array([0, 1, 2, 0]), "target": np.array([0, 1, 2, 2]), "items": np.arange(4)}

    figure = Figure(name="what", kind="confusion", experiments=("forest",))
    drawn = requested_figures(Measurements(study(figure), kept), figure)["what"]
    texts = [t.get_text() for t in drawn.axes[0].texts]
    assert any("60 items, 3 seeds and 5 folds together" in " ".join(text.split()) for text in texts)
    assert "100\n15" in texts
    assert "50\n15" in texts
