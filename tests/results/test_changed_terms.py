"""Changes after results: named row by row, from what to what; no row is accused of another's, and none is lost."""

import pytest

from repro.results.collect import results
from repro.results.table_markdown import to_markdown
from repro.runs.identity import promise, terms
from repro.runs.make_plan import make_plan
from repro.runs.record import Record
from repro.spec.spec import Claim


def study(made, *, claims=(), extra=(), margin=None, text="94.0", seeds=(0, 1, 2, 3, 4), baseline="32.0", **fields):
    experiments = [made.experiment(name, seeds=seeds) for name in ("logistic", "cnn", "gru", *extra)]
    entries = [made.reported("logistic", baseline), made.reported("cnn", text, margin=margin, **fields)]
    return made.spec(experiments, [*entries, made.reported("gru", "91.0")], claims=tuple(claims))


def trained(made, spec, names=("logistic", "cnn", "gru"), *, before=False):
    """Records as they are left by a run under a spec, with what it promised, or as those of before with its hash."""
    values = {"logistic": 32.1, "cnn": 93.8, "gru": 90.9, "ablation": 88.0}
    return [
        made.record(
            name,
            seed,
            values[name] + seed / 10,
            terms=terms(spec),
            promise={} if before else promise(spec, name),
            schema_version=2 if before else 3,
        )
        for name in names
        for seed in spec.experiments[name].seeds
    ]


def shown(made, spec, records):
    plan = made.plan(spec, terms=terms(spec))
    return results(spec, plan, records)


def notes(found, name):
    return [note for note in made_row(found, name).notes if "after seeing results" in note]


def made_row(found, name):
    return next(row for row in found.rows if row.experiment == name)


BY = Claim(kind="beats", experiments=("ablation", "cnn"), by=1.0, metric="test/Accuracy")
OLD = Claim(kind="beats", experiments=("cnn", "logistic"), by=5.0, metric="test/Accuracy")


@pytest.mark.parametrize("before", [False, True])
def test_a_claim_on_a_new_ablation_accuses_nobody(made, before):
    records = trained(made, study(made), before=before)
    spec = study(made, extra=["ablation"], claims=[BY])
    assert not any("after seeing" in text for text in shown(made, spec, records).warnings)
    found = shown(made, spec, [*records, *trained(made, spec, ["ablation"])])
    assert not any("after seeing" in text for text in found.warnings)
    assert "after seeing" not in to_markdown(found)


@pytest.mark.parametrize("before", [False, True])
def test_a_changed_margin_is_said_of_its_row_alone_and_from_what_to_what(made, before):
    records = trained(made, study(made), before=before)
    found = shown(made, study(made, margin=5.0), records)
    assert notes(found, "cnn") == [
        "margin changed after seeing results: from 1.2 (a fifth of the distance to the end of the scale) to 5 "
        "(declared in the spec)"
    ]
    assert notes(found, "logistic") == notes(found, "gru") == []
    assert [text for text in found.warnings if "after seeing" in text] == [f"cnn, Accuracy: {notes(found, 'cnn')[0]}"]


def test_a_declared_margin_made_wider_or_taken_away(made):
    records = trained(made, study(made, margin=2.0))
    assert "from 2 (declared in the spec) to 5" in notes(shown(made, study(made, margin=5.0), records), "cnn")[0]
    assert "to 1.2 (a fifth" in notes(shown(made, study(made), records), "cnn")[0]


def test_a_baseline_that_moves_the_default_margin_of_others(made):
    records = trained(made, study(made, baseline="93.0", text="94.0"))
    found = shown(made, study(made, baseline="32.0", text="94.0"), records)
    assert notes(found, "cnn") == [
        "margin changed after seeing results: from 0.5 (half the paper's distance to its baseline) to 1.2 "
        "(a fifth of the distance to the end of the scale)"
    ]
    assert notes(found, "logistic")[0].startswith("reported number changed after seeing results: from 93.0 to 32.0")


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"text": "93.8"}, "reported number changed after seeing results: from 94.0 to 93.8"),
        ({"runs": 5}, "runs changed after seeing results: from not stated to 5"),
        ({"selection": "best_test"}, "selection changed after seeing results: from not stated to best_test"),
        ({"same_test_items": False}, "same test items changed after seeing results: from yes to no"),
        ({"items": 300}, "items changed after seeing results: from not stated to 300"),
        ({"reading_error": 1.0}, "reading error changed after seeing results: from not stated to 1.0"),
        ({"seeds": (0, 1, 2, 3, 4, 5)}, "seeds changed after seeing results: from 0, 1, 2, 3 and 4 to 0, 1, 2, 3, 4"),
    ],
)
def test_every_term_is_named(made, fields, text):
    records = trained(made, study(made))
    spec = study(made, **fields)
    found = shown(made, spec, [*records, *trained(made, spec)[-len(spec.experiments["gru"].seeds) + 5 :]])
    assert any(note.startswith(text) for note in notes(found, "cnn"))
    if "seeds" not in fields:
        assert notes(found, "gru") == notes(found, "logistic") == []


@pytest.mark.parametrize("before", [False, True])
def test_a_number_that_is_added_or_taken_out(made, before):
    full = study(made)
    fewer = full.model_copy(update={"reported": full.reported[:2]})
    found = shown(made, full, trained(made, fewer, before=before))
    assert notes(found, "gru") == ["reported number added after seeing results"]
    assert notes(found, "cnn") == []
    if not before:
        gone = shown(made, fewer, trained(made, full)).warnings
        assert "gru, Accuracy: reported number taken out after seeing results: 91.0" in gone


def test_claims_are_held_against_what_was_claimed(made):
    with_claim = study(made, claims=[OLD])
    records = trained(made, with_claim)
    easier = shown(made, study(made, claims=[OLD.model_copy(update={"by": 1.0})]), records)
    assert easier.claims[0].notes[-1] == "by changed after seeing results: from 5 to 1"
    new = shown(made, with_claim, trained(made, study(made)))
    assert new.claims[0].notes[-1] == "claimed after seeing results"
    gone = shown(made, study(made), records)
    assert "claim cnn and logistic on test/Accuracy: taken out after seeing results" in gone.warnings
    assert not any("after seeing" in note for row in easier.rows for note in row.notes)


def test_a_renamed_experiment_and_another_rung_are_no_change(made):
    spec = study(made, claims=[OLD])
    records = trained(made, spec)
    renamed = spec.model_copy(
        update={
            "experiments": {
                ("net" if n == "cnn" else n): e.model_copy(update={"name": "net"}) if n == "cnn" else e
                for n, e in spec.experiments.items()
            },
            "reported": tuple(
                r.model_copy(update={"experiment": "net"}) if r.experiment == "cnn" else r for r in spec.reported
            ),
            "claims": (OLD.model_copy(update={"experiments": ("net", "logistic")}),),
        }
    )
    called = [r.model_copy(update={"experiment": "net"}) if r.experiment == "cnn" else r for r in records]
    assert not [text for text in results(renamed, None, called).warnings if "after seeing" in text]
    smoke = study(made, seeds=(0, 1)).model_copy(update={"rung": "smoke"})
    few = trained(made, smoke)
    assert not [text for text in shown(made, study(made), few).warnings if "after seeing" in text]


def test_what_old_records_do_not_say_is_said_of_the_table(made):
    """A margin of 2 that became 5: a hash alone can't tell, so no row is accused and nothing is lost."""
    found = shown(made, study(made, margin=5.0), trained(made, study(made, margin=2.0), before=True))
    assert notes(found, "cnn") == []
    assert [text for text in found.warnings if "after seeing results" in text] == [
        "margin changed after seeing results, or a reported number, a claim or seeds: they are not those in force when "
        "15 of 15 runs started, and records of before do not say which"
    ]


def test_a_promise_that_is_none_is_not_trusted(made):
    odd = [r.model_copy(update={"promise": {"reported": 3}}) for r in trained(made, study(made))]
    assert not [text for text in shown(made, study(made), odd).warnings if "after seeing" in text]
    found = shown(made, study(made, text="90.0"), odd)
    assert any("do not say which" in text for text in found.warnings)


def test_the_plan_hands_every_run_its_promise_and_the_record_keeps_it(made):
    spec = study(made, claims=[OLD], margin=3.0)
    run = next(one for one in make_plan(spec).runs if one.experiment.name == "cnn")
    assert [one["margin"] for one in run.promise["reported"] if one["experiment"] == "cnn"] == [3.0]
    assert run.promise["claims"][0]["by"] == 5.0
    sealed = made.record("cnn", 0, 90.0, promise=dict(run.promise)).sealed_with_hash()
    again = Record.from_json(sealed.to_json())
    assert again.is_intact()
    assert again.promise == run.promise
    assert again.numbers_sha256() == made.record("cnn", 0, 90.0).numbers_sha256()
    assert "promise" not in made.record("cnn", 0, 90.0).sealed_with_hash().to_json()
