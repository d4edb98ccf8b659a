"""Points read off another figure: every mistake in a file is named at its line."""

import os

import pytest

from repro.spec.load import load_spec
from repro.spec.points import FigurePoint, parse_points, points_file, read_points
from repro.spec.problem import SpecError

BARS = ("cnn", "mlp")


def said(text, **how):
    found, problems = parse_points(text, "fig.csv", **how)
    assert bool(found) != bool(problems)
    return [str(problem) for problem in problems]


def test_points_of_lines_and_of_bars() -> None:
    found, _ = parse_points("series,x,y,reading_error\n\ncnn,1, 70 ,0.5\ncnn,2,80,\n,3,1e1,\n", "fig.csv")
    assert found == (FigurePoint("cnn", 1.0, 70.0, 0.5), FigurePoint("cnn", 2.0, 80.0), FigurePoint("paper", 3.0, 10.0))
    found, _ = parse_points("experiment,y\nmlp,60\ncnn,70\n", "fig.csv", bars=BARS)
    assert found == (FigurePoint("mlp", 0.0, 60.0), FigurePoint("cnn", 0.0, 70.0))


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", ["fig.csv:1:1: needs the columns x and y"]),
        ("x,y\n", ["fig.csv:1:1: has a row of names and nothing below it"]),
        ("x;y\n1;2\n", ["fig.csv:1:1: x;y: unknown column 'x;y'", "fig.csv:1:1: needs the columns x and y, has x;y"]),
        ("x,yy\n1,2\n", ["fig.csv:1:1: yy: unknown column 'yy'; did you mean 'y'?",
                          "fig.csv:1:1: needs the columns x and y, has x, yy"]),
        ("x,y,reading_eror\n1,2,3\n", ["fig.csv:1:1: reading_eror: unknown column 'reading_eror'; did you mean "
                                       "'reading_error'?"]),
        ("x,y,y\n1,2,3\n", ["fig.csv:1:1: y: two columns have this name"]),
        ("x,y,\n1,2,3\n", ["fig.csv:1:1: column 3 has no name"]),
        ("x,y\n1,2\n3\n4,5,6\n", [
            "fig.csv:3:1: has 1 cells for 2 columns; a cell with a comma needs quotes",
            "fig.csv:4:1: has 3 cells for 2 columns; a cell with a comma needs quotes",
        ]),
        ("x,y,reading_error\n1,two,-1\n,inf,1\n", [
            "fig.csv:2:1: y: expected a number, got 'two'",
            "fig.csv:2:1: reading_error: expected at least 0, got -1",
            "fig.csv:3:1: x: is empty",
            "fig.csv:3:1: y: expected a number, got 'inf'",
        ]),
        ('x,y\n1,"2\n', ["fig.csv:2:1: is not CSV: unexpected end of data; a quote inside a cell is written twice"]),
    ],
)  # fmt: skip
def test_a_bad_file_of_lines(text, problems) -> None:
    assert said(text) == problems


def test_a_bad_file_of_bars() -> None:
    assert said("x,y\n1,2\n", bars=BARS)[-1] == "fig.csv:1:1: needs the columns experiment and y, has x, y"
    assert said("experiment,y\ncnn,1\ncn,2\n,3\ncnn,4\n", bars=BARS) == [
        "fig.csv:3:1: experiment: unknown experiment 'cn'; did you mean 'cnn'?; this figure has no bar of that name",
        "fig.csv:4:1: experiment: is empty",
        "fig.csv:5:1: experiment: cnn stands on line 2 too",
    ]


def test_a_file_that_cannot_be_read(tmp_path) -> None:
    (tmp_path / "latin.csv").write_bytes("x,y\n1,2\ncafé,3\n".encode("latin-1"))
    assert str(read_points(tmp_path / "latin.csv")[1][0]).endswith("latin.csv:3:1: is not UTF-8; save it as CSV UTF-8")
    (tmp_path / "large.csv").write_bytes(b"x" * (2**20 + 1))
    assert "is larger than 1 MB" in str(read_points(tmp_path / "large.csv")[1][0])
    assert "cannot be read" in str(read_points(tmp_path)[1][0])


@pytest.mark.parametrize("name", ["../fig.csv", "/etc/fig.csv", "a\\fig.csv", "C:fig.csv", "fig.txt"])
def test_a_file_outside_the_folder_is_none(tmp_path, name) -> None:
    with pytest.raises(ValueError, match="expected a"):
        points_file(tmp_path, name)


def test_a_link_that_leads_out_of_the_folder_is_none(tmp_path) -> None:
    (tmp_path / "out.csv").write_text("x,y\n1,2\n")
    (tmp_path / "study").mkdir()
    (tmp_path / "study/fig.csv").symlink_to(tmp_path / "out.csv")
    with pytest.raises(ValueError, match="leads out of the spec's folder"):
        points_file(tmp_path / "study", "fig.csv")
    (tmp_path / "study/figs").mkdir()
    assert points_file(tmp_path / "study", "figs/fig.csv") == tmp_path / "study/figs/fig.csv"


SPEC = """\
paper: {title: T, authors: [A], year: 2024}
question: Does the net beat the line?
dataset: {name: mnist1d, seed: 42, why: small}
splits: {from: official, train: 4000, test: 1000}
architecture: {line: [Flatten, Linear: {out_features: classes}]}
optimizer: {Adam: {lr: 1e-2}}
loss: CrossEntropyLoss
metric: Accuracy
training: {batch_size: 100, steps: 600}
seeds: [0]
baseline: line
experiments: {line: {model: line}, slow: {model: line, optimizer.Adam.lr: 1e-4}}
figures:
  - FIGURE
"""


@pytest.mark.parametrize(
    ("figure", "text", "problem"),
    [
        ("{name: a, kind: curve, x: step, y: Accuracy, points: f.csv}", "x,y\n1,two\n", "f.csv:2:1: y: expected a num"),
        ("{name: a, kind: bars, y: Accuracy, points: f.csv}", "experiment,y\nfast,2\n",
         "f.csv:2:1: experiment: unknown"),
        ("{name: a, kind: bars, y: Accuracy, experiments: [slow], points: f.csv}", "experiment,y\nline,2\n",
         "f.csv:2:1: experiment: unknown"),
        ("{name: a, kind: confusion, points: f.csv}", "x,y\n1,2\n",
         "figures.points: a figure of kind confusion has none"),
    ],
)  # fmt: skip
def test_check_names_the_line_of_the_file(tmp_path, figure, text, problem) -> None:
    (tmp_path / "f.csv").write_text(text)
    (tmp_path / "paper.yaml").write_text(SPEC.replace("FIGURE", figure))
    with pytest.raises(SpecError, match=problem.replace(".", r"\.")):
        load_spec(tmp_path)
    (tmp_path / "f.csv").unlink()
    if "confusion" not in figure:
        assert load_spec(tmp_path).figures[0].points == "f.csv"  # not read off yet


def test_points_that_would_never_end_or_lead_in_a_circle_are_a_problem(tmp_path) -> None:
    os.mkfifo(tmp_path / "f.csv")
    _, problems = read_points(tmp_path / "f.csv")
    assert [one.text for one in problems] == ["cannot be read: is a pipe, a socket or a device, not a file"]
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    with pytest.raises(ValueError, match="leads out of the spec's folder"):
        points_file(tmp_path, "loop.csv")
