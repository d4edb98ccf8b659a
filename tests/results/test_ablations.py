"""Second metrics beside a first that keeps its name; ablations: what they change, and their paired difference."""

from pathlib import Path

import pytest

from repro.results.collect import results
from repro.runs.make_plan import make_plan
from repro.runs.record import Scores
from repro.spec.load import load_spec

SPEC = """paper: {title: A net, authors: [A B], year: 2024}
question: Which part of the net matters?
dataset: {name: mnist1d, seed: 42, why: "made by a recipe"}
splits: {from: official, train: 4000, test: 1000}
architecture:
  cnn:
    - Conv1d: {out_channels: 8, kernel_size: 5, name: first}
    - BatchNorm1d
    - ReLU
    - Flatten
    - Linear: {out_features: classes}
  plain: [Conv1d: {out_channels: 8, kernel_size: 5}, ReLU, Flatten, Linear: {out_features: classes}]
optimizer: {Adam: {lr: 1e-2}}
loss: CrossEntropyLoss
metric: Accuracy
training: {batch_size: 100, steps: 100}
seeds: [0, 1, 2]
baseline: cnn
experiments:
  cnn: {model: cnn, title: CNN}
  ablation: {like: cnn, CHANGE}
reported:
  - {where: Table 1, metric: Accuracy, unit: percent, same_test_items: true, values: {cnn: 94.0, ablation: 90.0}}
CLAIMSsources: {guess: [seeds]}
answers: {better_model: a, applied_setting: b, criticisms: c}
"""


def study(folder: Path, change: str, claims: str = ""):
    path = folder / "paper.yaml"
    path.write_text(SPEC.replace("CHANGE", change).replace("CLAIMS", claims), encoding="utf-8")
    return load_spec(path)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ("architecture.cnn.BatchNorm1d: none", "without BatchNorm1d"),
        ("model: plain", "without BatchNorm1d"),
        ("architecture.cnn.first.kernel_size: 3", "first.kernel_size 3"),
        ("architecture.cnn.ReLU: {Dropout: {p: 0.5}}", "cnn.ReLU Dropout (p 0.5)"),
        ("optimizer.Adam.lr: 1e-4", "Adam.lr 1e-4"),
        ("training.steps: 50", "training.steps 50"),
        ("dataset.shuffle_seq: true", "dataset.shuffle_seq true"),
        ("optimizer: {SGD: {lr: 0.1, momentum: 0.9}}", "optimizer SGD (lr 0.1, momentum 0.9)"),
        ('splits: {from: official, train: 2000, test: 1000, why: "less"}', "splits {from: official, train: 2000"),
    ],
)
def test_an_ablation_says_what_it_changes(tmp_path, change, text):
    ablation = study(tmp_path, change).ablations["ablation"]
    assert ablation.parent == "cnn"
    assert ablation.changes[0].startswith(text)
    assert "less" not in ablation.changes[0]


def shown(made, spec, values=(90.0, 90.4, 89.9)):
    plan = make_plan(spec)
    runs = {(run.experiment.name, run.seed): run for run in plan.runs}
    records = []
    for name, numbers in (("cnn", (94.0, 94.3, 93.8)), ("ablation", values)):
        for seed, number in enumerate(numbers):
            run = runs[name, seed]
            records.append(made.record(name, seed, number, identity=run.identity, terms=plan.terms))
    return results(spec, plan, records)


def test_its_row_has_the_paired_difference_without_a_claim(tmp_path, made):
    found = shown(made, study(tmp_path, "architecture.cnn.BatchNorm1d: none"))
    note = made.row_of(found, "ablation").notes[-1]
    assert note.startswith("without BatchNorm1d: 3.9 points worse than CNN, between −4.0")
    assert note.endswith("(95 %, 3 pairs)")
    assert not any("than CNN" in text for text in made.row_of(found, "cnn").notes)


def test_a_claim_on_both_says_it_already(tmp_path, made):
    claim = "claims: [{method: cnn, other: ablation, by: 1, metric: Accuracy}]\n"
    found = shown(made, study(tmp_path, "architecture.cnn.BatchNorm1d: none", claim))
    assert not any("than CNN" in text for text in made.row_of(found, "ablation").notes)


def test_one_pair_and_other_test_items_are_said(tmp_path, made):
    spec = study(tmp_path, "dataset.seed: 43")
    found = shown(made, spec, values=(90.0,))
    note = made.row_of(found, "ablation").notes[-1]
    assert note.startswith("dataset.seed 43: 4 points worse than CNN, from one pair of runs")
    assert note.endswith("not on the same test items: ablation and cnn have different data sets")


@pytest.mark.parametrize(
    "metric",
    [
        "[Accuracy, {F1Score: {average: macro}}]",
        "[Accuracy, {f1: {F1Score: {average: macro}}}]",
        "[Accuracy, own.py:Mine]",
    ],
)
def test_a_second_metric_stands_in_the_table_and_the_first_keeps_its_name(tmp_path, made, metric):
    (tmp_path / "own.py").write_text("class Mine:\n    higher_is_better = True\n    proportion = True\n")
    path = tmp_path / "paper.yaml"
    text = SPEC.replace("CHANGE", "training.steps: 50").replace("CLAIMS", "")
    path.write_text(text.replace("metric: Accuracy\n", f"metric: {metric}\n", 1), encoding="utf-8")
    spec = load_spec(path)
    first, second = spec.experiments["cnn"].metrics
    assert (first, second in ("F1Score", "f1", "Mine")) == ("Accuracy", True)
    plan = make_plan(spec)
    records = [
        made.record(
            "cnn",
            run.seed,
            identity=run.identity,
            terms=plan.terms,
            metrics={"digit": {"test": Scores(values={"Accuracy": 94.0, second: 80.0 + run.seed}, n=1000)}},
        )
        for run in plan.runs
        if run.experiment.name == "cnn"
    ]
    found = results(spec, plan, records)
    assert made.row_of(found, "cnn", f"test/{second}").mean == 81.0
    assert made.row_of(found, "cnn").reported.number.text == "94.0"
    assert not [row for row in found.rows if row.experiment == "ablation" and row.metric == f"test/{second}"]
