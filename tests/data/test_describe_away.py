"""Shapes of recordings that are not there yet: known where the features bring any recording to one shape."""

import pytest

from repro.data.data_error import DataError
from repro.data.prepare import describe
from repro.spec.load import load_spec
from repro.spec.problem import SpecError

SPEC = """\
proposal: {title: Away, authors: [A. Student]}
question: Which word is it?
related_work: {first2020: {title: T, authors: [A], year: 2020, summary: s}}
dataset: {folder: recordings, why: Own.ITEMS}
labels: {word: {column: word, kind: class, classes: [go, no]}}
splits: {train: 60, validation: 20, test: 20, seed: 0}
features: [FEATURES]
architecture: {linear: [Flatten, Linear: {out_features: classes}]}
optimizer: {Adam: {lr: 1e-2}}
loss: CrossEntropyLoss
metric: Accuracy
training: {batch_size: 4, epochs: 1}
seeds: [0, 1, 2]
baseline: linear
experiments: {linear: {model: linear}}
"""
WHOLE = "ToMono, Resample: {new_freq: 8000}, PadOrCrop: {seconds: 0.5}"


def described(tmp_path, features=WHOLE, items=", items: 100, manifest: items.csv"):
    (tmp_path / "proposal.yaml").write_text(SPEC.replace("FEATURES", features).replace("ITEMS", items))
    spec = load_spec(tmp_path)
    return describe(spec.experiments["linear"], tmp_path)


def test_features_that_bring_all_to_one_shape_tell_it(tmp_path) -> None:
    shapes, targets = described(tmp_path)
    assert str(shapes["input"]) == "C 1 x T 4000"
    assert targets["word"].classes == ("go", "no")


@pytest.mark.parametrize(
    "features",
    ["ToMono, PadOrCrop: {seconds: 0.5}", "Resample: {new_freq: 8000}, PadOrCrop: {seconds: 0.5}",
     "ToMono, Resample: {new_freq: 8000}"],
    ids=["any rate", "any channels", "any length"],
)  # fmt: skip
def test_features_that_leave_it_open_are_an_error_at_their_line(tmp_path, features) -> None:
    with pytest.raises(SpecError, match=r"proposal\.yaml:"):
        described(tmp_path, features)


def test_data_that_are_missing_unsaid_are_missing(tmp_path) -> None:
    with pytest.raises(DataError, match="there is no folder"):
        described(tmp_path, items=", manifest: items.csv")
