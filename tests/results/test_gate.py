"""Leakage and wrong data make a row invalid; what the gate found stands in every form of the table."""

import json

import pytest

from repro.results.row import Verdict
from repro.results.table import to_json, to_markdown, to_terminal
from repro.spec.experiment import Splits


def test_leakage_and_wrong_data_are_invalid(made) -> None:
    spec = made.spec(entries=[made.reported("cnn", "94")])
    leaked = made.records("cnn", [94, 93, 92], gate=made.gate({}, state="failed"))
    row = made.row_of(made.collected(spec, leaked), "cnn")
    assert (row.verdict, row.sentence) == (
        Verdict.INVALID, "not a valid comparison: leakage gate failed: classes",
    )  # fmt: skip
    mixed = [made.record("cnn", 0, 94.0), made.record("cnn", 1, 94.0, data_sha256="other")]
    assert "wrong data hash" in made.row_of(made.collected(spec, mixed), "cnn").sentence
    split = [made.record("cnn", 0, 94.0), made.record("cnn", 1, 94.0, splits_sha256="other")]
    assert "wrong split hash" in made.row_of(made.collected(spec, split), "cnn").sentence


def test_what_the_gate_found_is_in_every_form_of_the_table(made) -> None:
    spec = made.spec()
    shared = {"state": "found", "text": "2 speakers in both train and test: a, b", "kinds": ["L3.2"]}
    twins = [{"state": "failed", "text": f"{n} of 9 items of test are equal to one of train"} for n in range(5)]
    ok = {"state": "ok", "text": "10 classes"}
    records = [
        *made.records("logistic", [30] * 5, gate={"checks": {"labels": ok, "shared-groups": shared}}),
        *(made.record("cnn", n, 94.0, gate={"checks": {"labels": ok, "duplicates": twins[n]}}) for n in range(5)),
    ]
    found = made.collected(spec, records)
    assert [(leak.check, leak.state, leak.kinds, leak.experiments) for leak in found.leaks] == [
        ("duplicates", "failed", ("L1.4",), ("CNN",)),
        ("shared-groups", "found", ("L3.2",), ("logistic",)),
    ]
    first, second = (leak.sentence for leak in found.leaks)
    assert first.startswith("leakage gate, duplicates (L1.4), failed for CNN: 0 of 9 items")
    assert first.endswith("; and 2 more")
    assert second == "leakage gate, shared-groups (L3.2), found for logistic: 2 speakers in both train and test: a, b"
    assert f"! {second}" in to_terminal(found, width=200)
    assert f"> {second}" in to_markdown(found).replace("\\", "")
    (_, kept) = json.loads(to_json(found))["leaks"]
    assert kept["texts"] == [shared["text"]]
    everyone = [r.model_copy(update={"gate": {"checks": {"shared-groups": shared}}}) for r in records]
    assert made.collected(spec, everyone).leaks[0].experiments == ()
    assert json.loads(to_json(made.collected(spec, made.records("cnn", [94] * 5))))["leaks"] == []


def test_a_new_split_for_each_run_is_no_wrong_hash_and_widens_the_interval(made) -> None:
    from repro.runs.record import Scores

    experiment = made.experiment("cnn", splits=Splits(train=4000, test=1000, seed="run"))
    scores = {"train": Scores(values={"Accuracy": 99.0}, n=4000)}

    def record(seed, value):
        views = {**scores, "test": Scores(values={"Accuracy": value}, n=1000)}
        return made.record("cnn", seed, splits_sha256=f"s{seed}", metrics={"digit": views})

    records = [record(0, 94.0), record(1, 93.0), record(2, 92.5)]
    spec = made.spec([experiment], [made.reported("cnn", "94")])
    row = made.row_of(made.collected(spec, records), "cnn")
    assert row.verdict is not Verdict.INVALID
    assert row.extra["se"] ** 2 == pytest.approx(row.sd**2 * (1 / 3 + 0.25 + 1) + 0.25 / 3)
