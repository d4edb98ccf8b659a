"""A record whose numbers no run can have found counts for nothing, and is named with the place of the first."""

import contextlib
import json
import math
from pathlib import Path

import pytest

from repro.runs import plausible
from repro.runs.ledger import Ledger
from repro.runs.plausible import LARGEST, bounded, unsound
from repro.runs.record import Record
from repro.spec.experiment import MOST_LOOKS

PAPERS = Path(__file__).parents[2] / "papers"
FIRST = next(iter(sorted((PAPERS / "mnist1d" / "results" / "records").glob("cnn-*.json"))))

BAD = {
    "a metric": (("metrics", "digit", "test", "values", "Accuracy"), 1e308),
    "a small one": (("metrics", "digit", "test", "values", "Accuracy"), -1e308),
    "history": (("history", 0, "values", "running/loss"), 1e200),
    "sealed": (("sealed", 0, "epoch"), float("nan")),
    "items": (("metrics", "digit", "test", "n"), -1),
    "epoch": (("history", 0, "epoch"), float("inf")),
    "step": (("history", 0, "step"), 10**30),
    "time": (("timings", "total"), float("nan")),
    "no time": (("timings", "fit"), -5.0),
    "long time": (("timings", "fit"), 1e30),
    "seed": (("seed",), 10**400),
    "fold": (("fold",), 10**9),
    "parameters": (("parameters",), 10**40),
    "whole number of a thousand digits": (("steps",), 0),
    "checks": (("gate", "checks"), [1]),
    "no checks": (("gate", "checks"), None),
    "a finding": (("gate", "checks", "labels"), 5),
    "a state": (("gate", "checks", "labels"), {"state": {"x": 1}}),
    "a text": (("gate", "checks", "labels"), {"text": [1]}),
    "kinds": (("gate", "checks", "labels"), {"kinds": 5}),
    "kinds of numbers": (("gate", "checks", "labels"), {"kinds": [5]}),
    "counts": (("gate", "checks", "labels"), {"counts": {"digit": {"train": {"0": "many"}}}}),
    "counts of lists": (("gate", "checks", "labels"), {"counts": {"digit": [1]}}),
    "waiver": (("gate", "waiver"), {"a": 1}),
    "depth": (("resolved", "x"), json.loads("[" * 60 + "]" * 60)),
    "a resolved number": (("resolved", "x"), [10**30]),
    "nothing measured": (("metrics",), {}),
}


def changed(where, value):
    """A record's text with one value changed, and the hash that goes with it where it is a record at all."""
    fields = {"resolved": {}, **json.loads(FIRST.read_text()), "schema_version": 2}
    at = fields
    for part in where[:-1]:
        at = at[part]
    at[where[-1]] = value
    return fields


@pytest.mark.parametrize("name", BAD)
def test_what_no_run_found_is_named(name, tmp_path):
    fields = changed(*BAD[name])
    records = tmp_path / "results" / "records"
    records.mkdir(parents=True)
    text = json.dumps(fields) if name != "whole number of a thousand digits" else None
    if text is None:
        fields["steps"] = "HUGE"
        text = json.dumps(fields).replace('"HUGE"', "9" * 5000)
    with contextlib.suppress(ValueError):  # refused already as it is read
        text = Record.from_json(text).sealed_with_hash().to_json()
    (records / FIRST.name).write_text(text)
    ledger = Ledger(tmp_path, "results")
    assert ledger.records == ()
    (damage,) = ledger.damaged
    assert damage.why.startswith(("not a run's record: ", "not a record: ")), damage.why
    assert len(damage.why) < 400


@pytest.mark.parametrize("value", [0.0, 100.0, -3.5, 1e50, float("nan"), float("inf")])
def test_what_a_run_may_find_is_not(value):
    fields = changed(("metrics", "digit", "test", "values", "Accuracy"), value)
    assert not unsound(Record.from_json(json.dumps(fields)))


def test_shipped_records_are_sound():
    paths = sorted(PAPERS.glob("*/results/records/*.json"))
    assert len(paths) > 100
    assert [said for path in paths if (said := unsound(Record.from_json(path.read_text())))] == []


def test_a_run_that_found_more_than_that_is_kept_as_infinite():
    assert bounded({"a": LARGEST * 10, "b": -LARGEST * 10, "c": LARGEST}) == {
        "a": math.inf,
        "b": -math.inf,
        "c": LARGEST,
    }
    assert math.isnan(bounded({"a": math.nan})["a"])


def long_history(count, word='"step"'):
    """A record's text with so many points of history, its seal right."""
    fields = changed(("steps",), 20)
    point = {"step": 1, "epoch": 0.5, "values": {"running/loss": 0.5, "running/Accuracy": 50.0}}
    text = Record.from_json(json.dumps(fields)).to_json()
    points = ",".join([json.dumps(point).replace('"step"', word)] * count)
    whole = json.loads(text)
    whole["history"] = "HISTORY"
    return json.dumps(whole).replace('"HISTORY"', f"[{points}]")


@pytest.mark.parametrize("kind", ["history", "sealed"])
@pytest.mark.parametrize("word", ['"step"', '"\\u0073tep"'], ids=["as written", "in other letters"])
def test_more_points_than_a_run_leaves_cost_one_row(kind, word, tmp_path, monkeypatch):
    records = tmp_path / "results" / "records"
    records.mkdir(parents=True)
    text = long_history(150_000, word)
    if kind == "sealed":
        text = (
            text.replace('"sealed":', '"other":').replace('"history":', '"sealed":').replace('"other":', '"history":')
        )
    (records / "long.json").write_text(text)
    (records / FIRST.name).write_text(FIRST.read_text())
    looked = []
    monkeypatch.setattr("repro.runs.ledger.unsound", lambda record: looked.append(record) or unsound(record))
    ledger = Ledger(tmp_path, "results")
    assert len(ledger.records) == 1
    assert len(looked) == 1, "what is over the bound is not worked through"
    (damage,) = ledger.damaged
    assert damage.path.name == "long.json"
    assert "at most 10,000" in damage.why or f"{kind}: Tuple should have at most 10000 items" in damage.why


def test_as_many_points_as_a_run_may_leave_are_looked_at_once_each(monkeypatch):
    text = long_history(MOST_LOOKS)
    places = []
    seen = plausible._wrong_value
    monkeypatch.setattr(plausible, "_wrong_value", lambda value, place: places.append(place) or seen(value, place))
    record = Record.from_json(text)
    assert not unsound(record)
    assert len([place for place in places if place.startswith("history.")]) == MOST_LOOKS, "the steps; no float"
    broken = Record.from_json(text.replace('"running/Accuracy": 50.0', '"running/Accuracy": 1e99', 1))
    assert unsound(broken).startswith("history.0.values.running/Accuracy: 1e+99 is larger")
