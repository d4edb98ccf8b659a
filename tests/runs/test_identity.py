"""What changes a run's identity, what changes its terms, and what changes neither."""

import subprocess
import sys

import pytest

from repro.data.own_code import OwnCodeError
from repro.runs import identity as identity_module
from repro.runs.identity import identity, own_files, same_promise, terms
from repro.spec.experiment import Dataset, Input, Label, Splits, Training, View, WeightRule
from repro.spec.part import Entry
from repro.spec.place import Place
from repro.spec.spec import Claim, Number, Reported
from repro.training import numerics


def test_names_titles_reasons_seeds_and_places_are_in_no_identity(make_experiment, tmp_path):
    plain = identity(make_experiment("a"), 0, None, tmp_path)
    same = make_experiment(
        "b",
        title="B",
        seeds=(5, 6, 7),
        dataset=Dataset(name="digits", why="because", place=Place("x.yaml", 3, 4)),
        splits=Splits(source="all", train=300, validation=100, test=200, why="so"),
    )
    assert identity(same, 0, None, tmp_path) == plain
    assert len(plain) == 64


@pytest.mark.parametrize(
    "change",
    [
        {"dataset": Dataset(name="digits", args={"subset": 3})},
        {"labels": {"digit": Label(name="digit", column="digit", positive="3")}},
        {"splits": Splits(source="all", train=299, validation=100, test=200)},
        {"optimizer": Entry(name="Adam", args={"lr": 1e-3})},
        {"losses": {"digit": Entry(name="MSELoss")}},
        {"weights": (WeightRule(selector="all", l2=1e-3),)},
        {"training": Training(batch_size=33, steps=20)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_is_trained_is_in_the_identity(change, make_experiment, tmp_path):
    before = make_experiment("a")
    after = before.model_copy(update=change)
    assert identity(before, 0, None, tmp_path) != identity(after, 0, None, tmp_path)


def test_seed_fold_and_numerics_are_in_the_identity(make_experiment, tmp_path, monkeypatch):
    one = make_experiment("a")
    plain = identity(one, 0, None, tmp_path)
    assert len({plain, identity(one, 1, None, tmp_path), identity(one, 0, 0, tmp_path)}) == 3
    monkeypatch.setattr(identity_module, "NUMERICS", 2)
    assert identity(one, 0, None, tmp_path) != plain


def test_numerics_of_a_feature_are_in_the_identity_of_those_that_use_it(make_experiment, tmp_path, monkeypatch):
    def of(*features):
        return identity(make_experiment("a", inputs={"input": Input(name="input", cached=features)}), 0, None, tmp_path)

    mel = Entry(name="MelSpectrogram", args={"n_fft": 64})
    magnitude = Entry(name="Spectrogram", args={"n_fft": 64, "power": 1})
    before = of(mel), of(magnitude), of()
    monkeypatch.setitem(numerics.FEATURE_NUMERICS, "MelSpectrogram", 3)
    monkeypatch.setitem(numerics.FEATURE_NUMERICS, "Spectrogram", 3)
    after = of(mel), of(magnitude), of()
    assert [one == other for one, other in zip(before, after, strict=True)] == [False, True, True]


def test_own_code_is_in_the_identity_and_other_files_are_not(make_experiment, make_layers, tmp_path):
    one = make_experiment("a", model=make_layers(("Flatten", {}), ("model.py:Mine", {})))
    with pytest.raises(OwnCodeError, match=r"model\.py: no such file"):
        identity(one, 0, None, tmp_path)
    (tmp_path / "model.py").write_text("class Mine: pass\n")
    plain = identity(one, 0, None, tmp_path)
    (tmp_path / "other.py").write_text("x = 1\n")
    assert identity(one, 0, None, tmp_path) == plain
    (tmp_path / "model.py").write_text("class Mine: x = 1\n")
    assert identity(one, 0, None, tmp_path) != plain
    assert own_files(one) == ("model.py",)


def reported(value=94.0, **fields):
    number = Number(text=str(value), value=value, half_width=0.5)
    return Reported(experiment="a", metric="test/Accuracy", unit="percent", number=number, **fields)


def test_terms_are_numbers_margins_claims_and_seeds(make_experiment, make_spec):
    one = make_experiment("a")
    claim = Claim(kind="beats", experiments=("a", "a"), by=3.0, metric="test/Accuracy")
    plain = terms(make_spec(one, reported=(reported(),), claims=(claim,)))
    worded = reported(where="Table 1", why="so")
    assert terms(make_spec(one, reported=(worded,), claims=(claim,), question="Other?")) == plain
    changed = [
        make_spec(one, reported=(reported(93.0),), claims=(claim,)),
        make_spec(one, reported=(reported(margin=3.0),), claims=(claim,)),
        make_spec(one, reported=(reported(),), claims=(claim.model_copy(update={"by": 2.0}),)),
    ]
    assert len({plain, *map(terms, changed)}) == 4
    assert not any(same_promise(plain, terms(spec)) for spec in changed)
    more = make_spec(make_experiment("a", seeds=(0,)), reported=(reported(),), claims=(claim,))
    assert terms(more) != plain
    assert same_promise(terms(more), plain)


def test_planning_and_reading_records_import_nothing_heavy():
    code = (
        "import sys, repro.runs.make_plan, repro.runs.ledger, repro.runs.run, repro.runs.events\n"
        "print([m for m in ('torch', 'lightning', 'numpy', 'sklearn', 'scipy', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_view_without_new_words_is_dumped_as_before():
    """So that the identities of runs made before votes and groups existed are still theirs."""
    old = View(name="rotated", of="test", augment=(Entry(name="RandomAffine"),))
    assert set(old.model_dump(mode="json")) == {"name", "of", "augment", "dataset"}
    assert old.model_dump_json() == View.model_validate(old.model_dump()).model_dump_json()
    new = View(name="rotated", of="test", vote="majority", mean_over="speaker")
    assert set(new.model_dump()) == {"name", "of", "augment", "dataset", "vote", "mean_over"}
    assert View.model_validate(new.model_dump()) == new
