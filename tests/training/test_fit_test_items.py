"""Test data never feeds back: with noise for test items not one bit of the weights or of the choice changes."""

from dataclasses import replace

import pytest
import torch

from repro.training.evaluator import HeldOutEvaluator
from repro.training.fit import fit


@pytest.mark.parametrize("select", ["last", "best_validation", "best_test"])
def test_noise_for_test_items_changes_no_bit_of_the_training(select, study, data_of, folder):
    experiment = study(training={"select": select, "stop_patience": 3})
    data = data_of(experiment)
    test = data.parts["test"]
    noise = torch.Generator().manual_seed(0)
    noisy = replace(
        test,
        inputs={name: torch.randn(values.shape, generator=noise) for name, values in test.inputs.items()},
        targets={"digit": torch.randint(0, 10, (len(test),), generator=noise)},
    )
    clean = fit(experiment, data, seed=0, folder=folder)
    other = fit(experiment, replace(data, parts={**data.parts, "test": noisy}), seed=0, folder=folder)
    assert clean.weights_sha256 == other.weights_sha256
    assert (clean.chosen, clean.steps, clean.history) == (other.chosen, other.steps, other.history)
    assert clean.sealed != other.sealed
    assert clean.metrics["digit"]["test"] != other.metrics["digit"]["test"]


def test_a_look_at_the_test_items_tells_nothing(study, data_of, folder):
    experiment = study()
    outcome = fit(experiment, data_of(experiment), seed=0, folder=folder)
    assert not any(key.startswith("test/") for look in outcome.history for key in look.values)
    assert all(key.startswith("test/") for look in outcome.sealed for key in look.values)
    assert [look.step for look in outcome.sealed] == [10, 20, 30, 40]

    class Lookout:
        def look_at(self, names):
            return {name: {} for name in names}

    assert HeldOutEvaluator(Lookout(), ["test"]).look(1, 0.1) is None


def test_watching_the_test_items_is_refused(study, data_of, folder):
    experiment = study(training={"select": "best_validation", "watch": "test/Accuracy"})
    with pytest.raises(ValueError, match="training cannot watch 'test/Accuracy': it sees train, validation"):
        fit(experiment, data_of(experiment), seed=0, folder=folder)
