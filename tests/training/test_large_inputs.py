"""Training out of a file ends in the very bytes of training out of memory."""

import numpy as np
import pytest

from repro.data import prepare as room
from repro.data.data_error import DataError
from repro.data.lazy_rows import LazyRows
from repro.spec.experiment import Block, Input, Label, Model, Training
from repro.training import estimator
from repro.training.estimator import fit_estimator
from repro.training.fit import fit


@pytest.fixture
def both(data_of, tmp_path, monkeypatch):
    """The experiment's data in memory and out of a file."""
    monkeypatch.setenv("REPRO_DATA", str(tmp_path))

    def make(experiment):
        made = []
        for gigabytes in ("1", "0"):
            monkeypatch.setenv("REPRO_MEMORY_GB", gigabytes)
            room.forget()
            made.append(data_of(experiment))
        room.forget()
        assert isinstance(made[1].parts["train"].inputs["input"], LazyRows)
        return made

    return make


def same(one, other) -> None:
    for key in ("weights_sha256", "history", "sealed", "metrics", "steps", "state"):
        assert getattr(one, key) == getattr(other, key), key
    for label, views in one.predictions.items():
        for view, predictions in views.items():
            for name, array in predictions.arrays.items():
                np.testing.assert_array_equal(array, other.predictions[label][view].arrays[name])


@pytest.mark.parametrize("order", ["shuffled", "fixed"])
@pytest.mark.parametrize("cached", [(), ("Standardize",)], ids=["bytes as they lie", "features"])
def test_the_same_weights_history_and_predictions(order, cached, both, study, folder, make_entry, make_layer):
    layers = (
        make_layer("Conv2d", out_channels=4, kernel_size=3),
        make_layer("BatchNorm2d"),
        make_layer("ReLU"),
        make_layer("Dropout", p=0.3),
        make_layer("Flatten"),
        make_layer("Linear", out_features="classes"),
    )
    augment = (make_entry("RandomAffine", p=0.9, degrees=10.0, translate_pixels=1.0),)
    given = Input(name="input", cached=tuple(make_entry(name) for name in cached), augment=augment)
    experiment = study(layers=layers, inputs={"input": given}, training={"order": order})
    ram, mapped = (fit(experiment, data, seed=0, folder=folder, history_views=("train",)) for data in both(experiment))
    assert ram.state == "done"
    same(ram, mapped)


def test_an_input_given_back(both, study, folder, make_entry, make_layer):
    layers = (make_layer("Conv2d", out_channels=1, kernel_size=3, padding=1),)
    experiment = study(
        layers=layers,
        labels={"clean": Label(name="clean", column="", kind="input")},
        model=Model(name="net", blocks=(Block(name="clean", sources=("input",), layers=layers),)),
        losses={"clean": make_entry("MSELoss")},
        metrics={"MeanSquaredError": make_entry("MeanSquaredError")},
    )
    ram, mapped = (fit(experiment, data, seed=0, folder=folder) for data in both(experiment))
    assert ram.state == "done"
    same(ram, mapped)


def classical(study, make_entry):
    block = Block(name="digit", sources=("input",), estimator=(make_entry("KNeighborsClassifier", n_neighbors=3),))
    whole = study(model=Model(name="c", blocks=(block,)), optimizer=None, losses={})
    return whole.model_copy(update={"training": Training()})


def test_an_estimator_gets_the_same_numbers(both, study, folder, make_entry):
    experiment = classical(study, make_entry)
    same(*(fit_estimator(experiment, data, seed=0, folder=folder) for data in both(experiment)))


def test_an_estimator_says_that_memory_will_not_do(both, study, folder, make_entry, monkeypatch):
    experiment = classical(study, make_entry)
    mapped = both(experiment)[1]
    monkeypatch.setattr(estimator, "free_memory_bytes", lambda: 2 * 4 * 300 * 64 - 1)
    with pytest.raises(
        DataError, match=r"features of all 300 items of train in memory: 0\.00 GB, and 0\.00 GB are free"
    ):
        fit_estimator(experiment, mapped, seed=0, folder=folder)
