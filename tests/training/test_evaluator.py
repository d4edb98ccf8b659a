"""A look at a part of several batches."""

import pytest
import torch

from repro.data.eval_batches import EVAL_ITEMS
from repro.spec.experiment import Splits
from repro.training import evaluator
from repro.training.evaluator import Evaluator
from repro.training.module import make_module


@pytest.fixture
def made(study, data_of, folder):
    experiment = study(splits=Splits(source="all", train=100, validation=100, test=1500))
    data = data_of(experiment)
    assert len(data.parts["test"]) > EVAL_ITEMS
    return make_module(experiment, data, seed=0, folder=folder), data


def test_the_outputs_of_all_batches_are_in_order(made):
    module, data = made
    scores, kept = Evaluator(module, data).look_and_keep("test")
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
        Evaluator(module, data).look("test")


def test_a_net_with_large_outputs_is_given_few_items_at_a_time(made, monkeypatch):
    module, data = made
    whole, kept_whole = Evaluator(module, data).look_and_keep("test")
    largest = max(step.out.numel for step in module.network.steps)
    monkeypatch.setattr(evaluator, "LARGE_BYTES", 4 * largest * 70)
    counts = []
    hook = module.network.register_forward_pre_hook(lambda _, args: counts.append(len(args[0]["input"])))
    sliced, kept = Evaluator(module, data).look_and_keep("test")
    hook.remove()
    assert max(counts) <= 70
    assert sum(counts) == len(data.parts["test"])
    torch.testing.assert_close(
        torch.from_numpy(kept["digit"].arrays["predicted"]), torch.from_numpy(kept_whole["digit"].arrays["predicted"])
    )
    assert sliced["digit"].values["Accuracy"] == whole["digit"].values["Accuracy"]


def test_whole_batches_are_given_only_where_an_own_layer_has_a_penalty(made, monkeypatch):
    module, data = made
    monkeypatch.setattr(evaluator, "LARGE_BYTES", 4000)
    module.network.applied.l2.append((1e-3, next(module.network.parameters())))
    assert Evaluator(module, data)._at_once < evaluator.EVAL_ITEMS
    module.network.applied.penalties.append(module.network)
    assert Evaluator(module, data)._at_once == evaluator.EVAL_ITEMS
