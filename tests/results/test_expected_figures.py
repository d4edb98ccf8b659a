"""What is expected is drawn by the code that draws what was measured: take the mark away, and nothing differs."""

from xml.etree import ElementTree

import numpy as np
import pytest

from repro.publish.mock.figures import mock_figures
from repro.publish.mock.not_drawn import not_drawn
from repro.results.collect import results
from repro.results.expected_spread import interval_of, sd_over_seeds
from repro.results.figures.all_figures import all_figures
from repro.results.figures.expectations import Expectations
from repro.results.figures.measurements import Measurements
from repro.results.figures.requested_figures import requested_figures
from repro.results.figures.style import styled, to_png, to_svg
from repro.results.figures.watermark import EXPECTED, GID
from repro.results.runs_by_experiment import gather
from repro.results.study_runs import StudyRuns
from repro.runs.record import Point
from repro.spec.experiment import Splits
from repro.spec.spec import Figure, Spread

KEY = "test/Accuracy"
GROUP = "{http://www.w3.org/2000/svg}g"
EXPECTED_OF = {"logistic": ("32", 0.5), "cnn-1000": ("80", 2.0), "cnn": ("94", 1.5)}
COURSE = ((0.0, 10.0), (1000.0, 70.0), (6000.0, 94.0))
BARS = Figure(name="rows", kind="bars", y=(KEY,), points="other.csv")
SWEEP = Figure(name="size", kind="sweep", x="splits.train", y=(KEY,), series={"CNN": ("cnn-1000", "cnn")})
CURVE = Figure(name="learning", kind="curve", x="step", y=(KEY,), experiments=("cnn",))
CONFUSION = Figure(name="what", kind="confusion", experiments=("cnn",))


@pytest.fixture
def proposal(made, tmp_path):
    """A proposal that expects something of three experiments."""
    (tmp_path / "other.csv").write_text("experiment,y,reading_error\ncnn,90,2\nlogistic,30,\n")
    spread = Spread(kind="sd", over="seeds")
    small = made.experiment("cnn-1000", splits=Splits(source="official", train=1000, test=1000))

    def proposal(*figures, expected=EXPECTED_OF, spread=spread, **changes):
        return made.spec(
            [made.experiment("logistic"), small, made.experiment("cnn", title="CNN")],
            [
                made.reported(
                    name, None, number=None if text is None else made.number(text, around), spread=spread,
                    expected=True, where="",
                )
                for name, (text, around) in expected.items()
            ],
            kind="proposal",
            path=tmp_path / "proposal.yaml",
            figures=figures,
            extra={"expected_curves": {f"cnn {KEY}": COURSE}},
            **changes,
        )  # fmt: skip

    return proposal


def measured(made, spec, course=()):
    """The same study, run: its seeds have exactly the expected mean and spread. Nothing was expected of it."""
    spec = spec.model_copy(update={"reported": (), "extra": {}})
    records = [
        record.model_copy(
            update={"sealed": tuple(Point(step=int(x), epoch=x / 40, values={KEY: y}) for x, y in course)}
        )
        for name, (text, around) in EXPECTED_OF.items()
        for record in made.records(name, made.spread_to(float(text), around, 5))
    ]
    plan = made.plan(spec)
    runs, _ = gather(spec, plan, records)
    return Measurements(StudyRuns(spec, runs, results(spec, plan, records)))


def without_mark(svg):
    """The picture without the group of the watermark, and how many such groups there were."""
    root = ElementTree.fromstring(svg)
    marks = [group for group in root.iter(GROUP) if group.get("id") == GID]
    for parent in list(root.iter()):
        for mark in marks:
            if mark in list(parent):
                parent.remove(mark)
    return ElementTree.canonicalize(ElementTree.tostring(root), strip_text=True), len(marks)


@pytest.mark.parametrize("figure", [BARS, SWEEP], ids=lambda f: f.kind)
def test_mock_and_real_differ_in_data_and_mark_only(made, proposal, figure) -> None:
    spec = proposal(figure)
    (real,) = requested_figures(measured(made, spec), figure).values()
    mock = mock_figures(spec)[figure.name]
    bare, marks = without_mark(to_svg(mock))
    assert marks == 1
    assert bare == without_mark(to_svg(real))[0]
    assert to_png(mock) != to_png(real)


def test_a_mock_curve_is_a_real_one_but_for_what_stands_behind_it(made, proposal) -> None:
    spec = proposal(CURVE)
    (real,) = requested_figures(measured(made, spec, COURSE), CURVE).values()
    mock = mock_figures(spec)["learning"]
    said = {}
    for name, figure in (("mock", mock), ("real", real)):
        (caption,) = [text for text in figure.axes[0].texts if text.get_text().startswith("line:")]
        said[name] = caption.get_text()
        caption.set_text("the same")
    assert said["mock"] == "line: what is expected of the mean over runs"
    assert said["real"].startswith("line: mean, n = 5 runs")
    for figure in (mock, real):
        for band in list(figure.axes[0].collections):
            band.remove()
    assert without_mark(to_svg(mock))[0] == without_mark(to_svg(real))[0]


def test_both_have_the_names_of_one_study(made, proposal) -> None:
    spec = proposal(BARS, SWEEP, CURVE, CONFUSION)
    assert list(mock_figures(spec)) == ["rows", "size", "learning", "learning-curves", "expected"]
    assert {"rows", "size"} <= set(all_figures(measured(made, spec)))


def test_the_mark_is_there_once_faint_and_moves_nothing(proposal) -> None:
    spec = proposal(BARS)
    (plain,) = requested_figures(Expectations(spec), BARS).values()
    mock = mock_figures(spec)["rows"]
    (mark,) = [text for text in mock.texts if text.get_gid() == GID]
    assert mark.get_text() == EXPECTED
    assert 0.05 < mark.get_alpha() < 0.3
    with styled():
        mock.canvas.draw()
        plain.canvas.draw()
    assert mock.axes[0].get_position().bounds == plain.axes[0].get_position().bounds
    box, (width, height) = mark.get_window_extent(), mock.canvas.get_width_height()
    assert 0 <= box.x0 < box.x1 <= width
    assert 0 <= box.y0 < box.y1 <= height


def test_the_same_expectations_give_the_same_bytes(proposal) -> None:
    spec = proposal(BARS, SWEEP, CURVE)
    one, two = mock_figures(spec), mock_figures(spec)
    assert {name: to_svg(f) for name, f in one.items()} == {name: to_svg(f) for name, f in two.items()}
    assert {name: to_png(f) for name, f in one.items()} == {name: to_png(f) for name, f in two.items()}


def test_what_is_not_expected_is_said_and_not_made_up(proposal) -> None:
    gone = CURVE.model_copy(update={"name": "epochs", "x": "epoch"})
    late = BARS.model_copy(update={"name": "late", "points": "later.csv"})
    expected = {"logistic": ("32", 0.5), "cnn-1000": (None, None), "cnn": ("94", 1.5)}
    everyone = CURVE.model_copy(update={"name": "everyone", "experiments": ()})
    spec = proposal(BARS, CURVE, gone, everyone, CONFUSION, late, expected=expected)
    assert list(not_drawn(spec)) == [
        "rows: nothing is expected of cnn-1000 on test/Accuracy",
        "epochs: x counts epochs, but the expected curves of CNN count steps, as their training does",
        "everyone: no curve is expected of logistic and cnn-1000 on test/Accuracy",
        "what: what is taken for what does not follow from expected scores; a confusion matrix is drawn once there are "
        "runs",
        "late: nothing is expected of cnn-1000 on test/Accuracy",
        "late: later.csv is not there yet, so no points lie under it",
    ]
    drawn = mock_figures(spec)
    assert "what" not in drawn
    assert "epochs" not in drawn
    shown = [label.get_text() for label in drawn["rows"].axes[0].get_yticklabels()]
    assert shown == ["logistic  (n = 5)", "CNN  (n = 5)"]


def test_with_nothing_expected_nothing_is_drawn(proposal) -> None:
    spec = proposal(BARS, SWEEP, expected={}).model_copy(update={"extra": {}})
    assert mock_figures(spec) == {}
    assert len(not_drawn(spec)) == 2


def test_the_interval_is_the_one_that_the_planned_seeds_would_give(proposal) -> None:
    spec = proposal()
    one, experiment = spec.reported[2], spec.experiments["cnn"]
    low, high = interval_of(one, experiment)
    assert (low, high) == pytest.approx((94 - 2.776445 * 1.5 / 5**0.5, 94 + 2.776445 * 1.5 / 5**0.5), abs=1e-5)
    lone = experiment.model_copy(update={"seeds": (3,)})
    assert interval_of(one, lone) is None
    assert interval_of(one.model_copy(update={"spread": Spread(kind="sd", over="folds")}), experiment) is None


@pytest.mark.parametrize(
    ("kind", "runs", "sd"),
    [("sd", None, 3.0), ("unknown", None, 3.0), ("se", None, 3 * 5**0.5), ("se", 9, 9.0), ("ci95", 5, 2.416113)],
)
def test_what_a_spread_says_of_single_seeds(made, kind, runs, sd) -> None:
    one = made.reported("cnn", None, number=made.number("90", 3.0), spread=Spread(kind=kind), runs=runs, expected=True)
    assert sd_over_seeds(one, 5) == pytest.approx(sd, abs=1e-5)
    assert np.isclose(3.0, 2.776445 * sd / 5**0.5) or kind != "ci95"
