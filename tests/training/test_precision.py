"""The precision that is recorded is the one that trained, and one that a device lacks is refused before training."""

import pytest
import torch

from repro.spec.load import load_spec
from repro.spec.place import Place
from repro.spec.problem import SpecError
from repro.training.estimator import fit_estimator
from repro.training.fit import fit
from repro.training.precision import check_precision

SPEC = """\
paper: {title: Precision, authors: [A. Student], year: 2024}
question: In which precision?
dataset: {name: digits}
splits: {train: 300, test: 200}
architecture:
  mlp: [Flatten, Linear: {out_features: classes}]
  svm: {estimator: [LinearSVC]}
optimizer: {SGD: {lr: 1e-2}}
loss: CrossEntropyLoss
metric: Accuracy
training: {batch_size: 50, steps: 4, precision: WORD}
seeds: [0]
baseline: mlp
experiments: {mlp: {model: mlp}, svm: {model: svm}}
"""


def spec_with(folder, word):
    (folder / "paper.yaml").write_text(SPEC.replace("WORD", word))
    return load_spec(folder)


@pytest.mark.parametrize("word", ["16-mixed", "16"])
def test_a_cpu_refuses_what_it_does_not_have_at_its_line(word, tmp_path, data_of):
    experiment = spec_with(tmp_path, word).experiments["mlp"]
    for refuses in (
        lambda: check_precision(experiment, "cpu"),
        lambda: fit(experiment, data_of(experiment), seed=0, folder=tmp_path, accelerator="cpu"),
    ):
        with pytest.raises(SpecError, match="would train in bf16-mixed; write bf16-mixed") as caught:
            refuses()
        assert [(p.place.line, p.key) for p in caught.value.problems] == [(11, "training.precision")]


@pytest.mark.parametrize(
    ("word", "ran", "kind"),
    [
        ("32", "32-true", torch.float32),
        ("32-true", "32-true", torch.float32),
        ("bf16", "bf16-mixed", torch.float32),
        ("bf16-mixed", "bf16-mixed", torch.float32),
        ("16-true", "16-true", torch.float16),
        ("bf16-true", "bf16-true", torch.bfloat16),
        ("64", "64-true", torch.float64),
    ],
)
def test_what_trained_is_what_is_said(word, ran, kind, tmp_path, data_of):
    experiment = spec_with(tmp_path, word).experiments["mlp"]
    check_precision(experiment, "cpu")
    kept = tmp_path / "weights.pt"
    outcome = fit(experiment, data_of(experiment), seed=0, folder=tmp_path, accelerator="cpu", weights_to=kept)
    assert outcome.ran.precision == ran
    assert {tensor.dtype for tensor in torch.load(kept).values()} == {kind}


def test_mixed_precision_gives_other_weights_than_full(tmp_path, data_of):
    full, mixed = (spec_with(tmp_path, word).experiments["mlp"] for word in ("32-true", "bf16-mixed"))
    data = data_of(full)
    one, two = (fit(e, data, seed=0, folder=tmp_path, accelerator="cpu") for e in (full, mixed))
    assert one.weights_sha256 != two.weights_sha256


def test_an_estimator_knows_no_precision_and_records_none_of_a_nets(tmp_path, data_of):
    experiment = spec_with(tmp_path, "16-mixed").experiments["svm"]
    check_precision(experiment, "cpu")
    assert fit_estimator(experiment, data_of(experiment), seed=0, folder=tmp_path).ran.precision == "32-true"


def test_short_and_long_words_are_one_recipe(tmp_path):
    dumps = [spec_with(tmp_path, w).experiments["mlp"].model_dump() for w in ("32", "32-true", "none", "64", "64-true")]
    assert dumps[0] == dumps[1] == dumps[2] != dumps[3] == dumps[4]


@pytest.mark.parametrize("word", ["half", "transformer-engine", "fp8"])
def test_other_words_are_unknown(word, tmp_path):
    with pytest.raises(SpecError, match=r"training\.precision: unknown word") as caught:
        spec_with(tmp_path, word)
    assert caught.value.problems[0].place == Place(str(tmp_path / "paper.yaml"), 11, 48)
