"""A look at a part of several batches."""

import pytest
import torch

from repro.data.eval_batches import EVAL_ITEMS
from repro.spec.experiment import Splits
from repro.training.look import Lookout
from repro.training.module import make_module


@pytest.fixture
def made(study, data_of, folder):
    experiment = study(splits=Splits(source="all", train=100, validation=100, test=1500))
    data = data_of(experiment)
    assert len(data.parts["test"]) > EVAL_ITEMS
    return make_module(experiment, data, seed=0, folder=folder), data


def test_the_outputs_of_all_batches_are_in_order(made):
    module, data = made
    scores, kept = Lookout(module, data).look_and_keep("test")
    inputs = data.parts["test"].inputs
    with torch.inference_mode():
        parts = [
            module.eval()({n: v[start : start + EVAL_ITEMS] for n, v in inputs.items()})["digit"] for start in (0, 1000)
        ]
    whole = torch.cat(parts)
    assert torch.equal(torch.from_numpy(kept["digit"].arrays["predicted"]), whole)
    right = (whole.argmax(1) == data.parts["test"].targets["digit"]).double().mean()
    assert scores["digit"].values["Accuracy"] == pytest.approx(100 * float(right))


def test_outputs_of_another_number_than_items_are_never_spread(made, monkeypatch):
    module, data = made
    monkeypatch.setattr(module, "forward", lambda inputs: {"digit": torch.zeros(1, 10)})
    with pytest.raises(ValueError, match=r"digit: outputs are \(1, 10\); expected \(1000, 10\) for this batch"):
        Lookout(module, data).look("test")
