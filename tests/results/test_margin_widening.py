"""Games in a spec: what widens a margin, narrows the items or goes by another's name is said, and settles nothing."""

import numpy as np
import pytest

from repro.results.collect import results
from repro.results.table_json import as_data
from repro.results.table_markdown import to_markdown
from repro.runs.record import Scores
from repro.spec.experiment import Dataset, Label, Only, Splits, View
from repro.spec.part import Entry
from repro.spec.spec import Spread

FAR, NEAR = [60.0, 60.5, 59.5, 60.2, 59.8], [94.1, 94.0, 93.9, 94.2, 93.8]


def row(made, values=FAR, text="94.0", **fields):
    found = made.collected(made.spec(entries=[made.reported("cnn", text, **fields)]), made.records("cnn", values))
    return made.row_of(found, "cnn"), found


@pytest.mark.parametrize("values", [FAR, NEAR, [94.0]])
@pytest.mark.parametrize("error", [1000.0, 30.0, 1.3])
def test_a_reading_error_above_the_margin_settles_nothing(made, values, error):
    one, found = row(made, values, reading_error=error)
    assert (one.verdict, one.verdict_default) == ("UNDECIDABLE", "UNDECIDABLE")
    assert "the reading error rules" in one.sentence
    assert one.margin == pytest.approx(1.2)  # by the rule for 94.0, whatever the reading error
    assert one.widened[0].startswith("with a reading error above the margin: ")
    assert "1 row with a reading error above the margin" in found.headline


def test_a_small_reading_error_changes_nothing(made):
    one, found = row(made, NEAR, reading_error=0.5)
    assert (str(one.verdict), one.widened) == ("REPRODUCED", ())
    assert "reading error" not in found.headline


def test_a_declared_margin_as_wide_as_the_reading_error_counts_by_the_default(made):
    one, found = row(made, FAR, reading_error=1000.0, margin=2000.0)
    assert (one.verdict, one.verdict_default) == ("REPRODUCED", "UNDECIDABLE")
    assert "by the default margins: 1 UNDECIDABLE" in found.headline


def test_less_than_the_recipe_comes_first(made):
    entry = made.reported("cnn", "94.0", reading_error=1000.0)
    spec = made.spec(entries=[entry], partial={"cnn": ("rung smoke: training.steps",)})
    assert made.row_of(made.collected(spec, made.records("cnn", NEAR)), "cnn").verdict == "PARTIAL"


@pytest.mark.parametrize("values", [FAR, NEAR])
@pytest.mark.parametrize("kind", ["sd", "se", "ci95", "unknown"])
def test_a_spread_that_would_settle_nothing(made, values, kind):
    entry = made.reported("cnn", None, spread=Spread(kind=kind))
    entry = entry.model_copy(update={"number": made.number("94.0", 1000.0)})
    found = made.collected(made.spec(entries=[entry]), made.records("cnn", values))
    assert made.row_of(found, "cnn").verdict_default == "UNDECIDABLE"


@pytest.mark.parametrize("values", [FAR, NEAR])
def test_test_items_so_few_that_they_settle_nothing(made, values):
    one, _ = row(made, values, items=1, same_test_items=False)
    assert one.verdict_default == "UNDECIDABLE"
    assert "1 items in the paper's test" in one.sentence


def of_view(made, view, key="easy/Accuracy", n=40, dataset=None, **changes):
    experiment = made.experiment("cnn", views={"easy": view}, seeds=(0, 1, 2), **changes)
    spec = made.spec([experiment], [made.reported("cnn", "94.0", metric=key)])
    views = {"easy": Scores(values={"Accuracy": 94.0}, n=n), "test": Scores(values={"Accuracy": 80.0}, n=1000)}
    views["train"] = Scores(values={"Accuracy": 99.0}, n=4000)
    records = [made.record("cnn", s, metrics={"digit": views}) for s in range(3)]
    found = results(spec, made.plan(spec), records)
    return made.row_of(found, "cnn", key), found


def test_a_view_of_some_items_says_how_many_and_their_share(made):
    view = View(name="easy", of="test", only=Only(label="digit", classes=("1",)))
    one, found = of_view(made, view)
    assert one.widened == ("on part of the items: view easy takes 40 of 1,000 test items (4 %)",)
    assert "1 row on part of the items" in found.headline
    assert one.widened[0] in to_markdown(found)
    assert as_data(found)["rows"][0]["widened"] == list(one.widened)
    whole, plain = of_view(made, View(name="easy", of="test", vote="majority"), n=1000)
    assert (whole.widened, "row on" in plain.headline) == ((), False)


def test_a_view_of_train_is_called_so(made):
    one, found = of_view(made, View(name="easy", of="train"), n=4000)
    assert "on training items: view easy is of train" in one.notes
    assert "1 row on training items" in found.headline


def test_a_view_of_the_data_set_that_was_trained_on_is_invalid(made):
    digits = Dataset(name="digits")
    view = View(name="easy", of="test", dataset=digits)
    one, _ = of_view(made, view, n=1797, dataset=digits)
    assert one.verdict != "INVALID"  # trained on mnist1d
    assert one.widened == ("on other data: view easy looks at digits, 1,797 items; not held against train",)
    splits = Splits(train=1000, test=797)
    for own, how in ((digits, splits), (Dataset(name="data.py:D"), splits), (Dataset(name="mnist1d"), Splits())):
        experiment = made.experiment(
            "cnn", dataset=own, splits=how, views={"easy": view.model_copy(update={"dataset": own})}
        )
        spec = made.spec([experiment], [made.reported("cnn", "94.0", metric="easy/Accuracy")])
        records = [
            made.record("cnn", s, metrics={"digit": {"easy": Scores(values={"Accuracy": 94.0 + s}, n=9)}})
            for s in range(3)
        ]
        invalid = made.row_of(made.collected(spec, records), "cnn", "easy/Accuracy")
        assert (invalid.verdict, invalid.verdict_default) == ("INVALID", "INVALID")
        assert "training items among it" in invalid.sentence
    official = Splits(source="official", train=4000, test=1000)
    one, _ = of_view(made, view.model_copy(update={"dataset": Dataset(name="mnist1d")}), n=1000, splits=official)
    assert one.verdict != "INVALID"


OWN = """class Lenient:
    higher_is_better = True
    {more}
"""


def own(made, tmp_path, more, unit="percent", value=94.0, text="94.0"):
    (tmp_path / "metrics.py").write_text(OWN.format(more=more))
    experiment = made.experiment("cnn", metrics={"accuracy": Entry(name="metrics.py:Lenient")}, seeds=(0, 1, 2))
    spec = made.spec([experiment], [made.reported("cnn", text, metric="test/accuracy", unit=unit)])
    spec = spec.model_copy(update={"path": tmp_path / "paper.yaml"})
    records = [
        made.record("cnn", s, metrics={"digit": {"test": Scores(values={"accuracy": value}, n=8)}}) for s in range(3)
    ]
    kept = {"predicted": np.eye(10)[[0, 1, 2, 3, 4, 5, 6, 7]], "target": np.array([0, 1, 2, 3, 0, 0, 0, 0])}
    return results(spec, made.plan(spec), records, predictions=lambda record, view="test": kept)


def test_an_own_metric_stands_as_own_with_the_standard_one_beside_it(made, tmp_path):
    found = own(made, tmp_path, "proportion = True")
    one = made.row_of(found, "cnn", "test/accuracy")
    assert one.margin == pytest.approx(1.2)  # a fifth of the distance to the end of the scale, not 5 % of the value
    assert "by an own metric: metrics.py:Lenient" in one.notes
    assert "Accuracy of the same predictions: 50.00 %" in one.notes
    assert "### accuracy (own code: metrics.py:Lenient), percent" in to_markdown(found)
    assert "1 row by an own metric" in found.headline


@pytest.mark.parametrize(
    ("unit", "value", "text", "margin"), [("percent", 94.0, "94.0", 1.2), ("fraction", 0.94, "0.940", 0.012)]
)
def test_an_own_metric_in_percent_or_as_a_fraction_is_a_proportion(made, tmp_path, unit, value, text, margin):
    one = made.row_of(own(made, tmp_path, "", unit, value, text), "cnn", "test/accuracy")
    assert (one.mean, one.margin) == (pytest.approx(value), pytest.approx(margin))
    stored = own(made, tmp_path, "proportion = True", "fraction", 94.0, "0.940")
    assert made.row_of(stored, "cnn", "test/accuracy").mean == pytest.approx(0.94)
    points = made.row_of(own(made, tmp_path, "", "points", 94.0, "94.0"), "cnn", "test/accuracy")
    assert points.margin == pytest.approx(4.7)


@pytest.mark.parametrize(
    ("name", "entry", "said"),
    [
        ("accuracy", Entry(name="Specificity", args={"average": "macro"}), "accuracy (Specificity, average macro)"),
        ("accuracy", Entry(name="Accuracy"), "accuracy, percent"),
        ("F1Score", Entry(name="F1Score", args={"average": "macro"}), "F1Score (average macro)"),
        ("f1", Entry(name="F1Score", args={"average": "weighted", "label": "digit"}), "f1 (F1Score, average weighted)"),
    ],
)
def test_the_table_says_what_a_named_metric_is(made, name, entry, said):
    label = {"digit": Label(name="digit", column="digit")}
    experiment = made.experiment("cnn", metrics={name: entry}, seeds=(0, 1, 2), labels=label)
    spec = made.spec([experiment], [made.reported("cnn", "94.0", metric=f"test/{name}")])
    records = [made.record("cnn", s, metrics={"digit": {"test": Scores(values={name: 94.0}, n=4)}}) for s in range(3)]
    kept = {"predicted": np.array([0, 1, 2, 2], dtype=np.uint8), "target": np.array([0, 1, 2, 0], dtype=np.uint8)}
    found = results(spec, made.plan(spec), records, predictions=lambda record, view="test": kept)
    assert f"### {said}" in to_markdown(found)
    beside = "Accuracy of the same predictions: 75.00 %" in made.row_of(found, "cnn", f"test/{name}").notes
    assert beside == (name not in ("F1Score",) and entry.name != "Accuracy")
