"""Intervals of what has a scale end where the scale does: in the row, in each table, in figures, claims and pools."""

import csv
import io
import json

import pytest

from repro.publish.site.pooled_page import pooled_main
from repro.results.bounds import bounds, cut, cut_difference
from repro.results.cells import cells
from repro.results.contributions import contributions
from repro.results.figures.measurements import Measurements
from repro.results.notebook import results_html
from repro.results.pooled import pooled
from repro.results.runs_by_experiment import gather
from repro.results.study_runs import StudyRuns
from repro.results.table_csv import to_csv
from repro.results.table_json import to_json
from repro.results.table_latex import to_latex
from repro.results.table_markdown import to_markdown
from repro.results.table_terminal import to_terminal
from repro.runs.record import Scores
from repro.spec.part import Entry
from repro.spec.spec import Claim

NEAR_THE_TOP = (100.0, 99.0, 97.0)
"""Their t interval reaches to 102.5."""


def scored(made, metric: str, values, unit: str = "percent", text: str | None = "98.0", **args):
    """The row of a study whose three runs have these values of one metric."""
    entry = {metric: Entry(name=metric, args=args)}
    spec = made.spec(
        [made.experiment("cnn", metrics=entry)], [made.reported("cnn", text, metric=f"test/{metric}", unit=unit)]
    )
    records = [
        made.record("cnn", seed, metrics={"digit": {"test": Scores(values={metric: value}, n=1000)}})
        for seed, value in enumerate(values)
    ]
    return next(row for row in made.collected(spec, records).rows if row.metric == f"test/{metric}")


@pytest.mark.parametrize(
    ("metric", "values", "unit", "text", "scale"),
    [
        ("Accuracy", NEAR_THE_TOP, "percent", "98.0", (0, 100)),
        ("Accuracy", NEAR_THE_TOP, "fraction", "0.98", (0, 1)),
        ("ErrorRate", (0.0, 1.0, 3.0), "percent", "2.0", (0, 100)),
        ("ErrorRate", (0.0, 1.0, 3.0), "percent", None, (0, 100)),
        ("AUROC", (99.9, 99.0, 95.0), "percent", None, (0, 100)),
        ("F1Score", (1.0, 4.0, 0.0), "fraction", "0.03", (0, 1)),
        ("MatthewsCorrCoef", (1.0, 0.9, 0.99), "", "0.95", (-1, 1)),
        ("R2Score", (0.99, 0.9, 0.8), "", None, (float("-inf"), 1)),
        ("MeanSquaredError", (0.1, 0.9, 0.2), "", "0.5", (0, float("inf"))),
    ],
)
def test_no_interval_of_a_row_leaves_the_scale(made, metric, values, unit, text, scale) -> None:
    row = scored(made, metric, values, unit, text)
    assert row.ci95 is not None
    assert scale[0] <= row.ci95[0] < row.mean < row.ci95[1] <= scale[1]
    assert scale[0] in row.ci95 or scale[1] in row.ci95  # it was cut, else the test says nothing
    if row.pi95 is not None:
        assert scale[0] <= row.pi95[0] < row.pi95[1] <= scale[1]


def test_an_interval_that_fits_stays_as_it_was(made) -> None:
    row = scored(made, "Accuracy", (50.0, 52.0, 54.0))
    assert row.ci95 == pytest.approx((52 - 4.968, 52 + 4.968), abs=1e-2)
    assert cells(row).measured == "52.0 ± 5.0"


def test_the_verdict_is_decided_on_the_interval_as_it_was_reckoned(made) -> None:
    """Cut at 100, the interval would lie within a margin of 2.5 below 100; as it was reckoned it does not."""
    row = scored(made, "Accuracy", (100.0, 99.8, 97.9), text="100.0")
    assert (row.pi95[1], row.ci95[1]) == (100.0, 100.0)
    assert row.ci90_difference[1] > 0
    assert str(row.verdict) != "REPRODUCED"


def test_every_table_writes_the_ends_of_a_cut_interval(made) -> None:
    spec = made.spec([made.experiment("cnn")], [made.reported("cnn", "98.0")])
    found = made.collected(spec, made.records("cnn", NEAR_THE_TOP))
    said = "98.7 [94.9 to 100.0]"
    for text in (to_terminal(found, width=120), to_latex(found), to_markdown(found).replace("\\", "")):
        assert said in text
        assert "98.7 ±" not in text
        assert "102" not in text
    assert said in results_html(found)
    assert "[from to]: a 95 % interval of our mean that is cut off" in to_terminal(found, width=200)
    row = next(csv.DictReader(io.StringIO(to_csv(found))))
    assert (float(row["ci95_high"]), json.loads(to_json(found))["rows"][0]["ci95"][1]) == (100.0, 100.0)


def test_columns_stand_in_line_with_cut_intervals_among_others(made) -> None:
    spec = made.spec(None, [made.reported("logistic", "32"), made.reported("cnn", "98.0")])
    records = [*made.records("logistic", (31.0, 32.0, 33.0)), *made.records("cnn", NEAR_THE_TOP)]
    for ascii_only in (False, True):
        lines = to_terminal(made.collected(spec, records), width=120, ascii_only=ascii_only).splitlines()
        at = [line.index(number) for number in ("32.0 ", "98.7 ") for line in lines if f" {number}" in line]
        assert len(set(at)) == 1


def test_figures_draw_no_bar_beyond_the_scale(made) -> None:
    spec = made.spec([made.experiment("cnn")], [made.reported("cnn", "98.0")])
    records = made.records("cnn", NEAR_THE_TOP)
    runs, _ = gather(spec, made.plan(spec), records)
    dots = Measurements(StudyRuns(spec, runs, made.collected(spec, records))).dots()
    ends = [end for one in dots for pair in one.pairs for end in pair.interval or ()]
    assert max(ends) == 100.0


def test_a_difference_is_never_wider_than_the_scale(made) -> None:
    claim = Claim(kind="beats", experiments=("cnn", "logistic"), by=0.0, metric="test/Accuracy")
    spec = made.spec(None, claims=(claim,))
    records = [*made.records("logistic", (0.0, 60.0, 3.0)), *made.records("cnn", (100.0, 99.0, 98.0))]
    step = made.collected(spec, records).claims[0].deciding
    assert step.ci95 is not None
    assert step.ci95[1] == 100.0


def test_people_laid_together_stay_on_the_scale(made) -> None:
    spec = made.spec([made.experiment("cnn")])
    people = {"ada": (100.0, 99.0), "ben": (97.0, 99.9)}
    found = pooled(
        [contributions(who, spec, made.plan(spec), made.records("cnn", values))[0] for who, values in people.items()]
    )
    assert found[0].ci95 is not None
    assert found[0].ci95[1] == 100.0
    page = pooled_main(found)
    assert "to 100.0]" in page
    assert "95 % interval" in found[0].sentence
    assert found[0].sentence.split("95 % interval ")[1].split(";")[0].endswith(" to 100.0")


def test_where_a_scale_ends() -> None:
    assert bounds("", "loss") == (float("-inf"), float("inf"))
    assert cut(None, (0, 1), [0.5]) is None
    assert cut((-0.5, 1.5), (0, 1), [0.5]) == (0, 1)
    assert cut_difference((-180, 30), (0, 100)) == (-100, 30)
    assert cut_difference((-1e9, 1e9), bounds("", "loss")) == (-1e9, 1e9)


def test_values_of_own_code_that_leave_the_scale_themselves_are_not_cut() -> None:
    assert cut((80.0, 140.0), (0.0, 100.0), [95.0, 125.0]) == (80.0, 140.0)
