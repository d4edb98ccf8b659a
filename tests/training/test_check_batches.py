"""What only the number of training items tells is said before training, at its line."""

from dataclasses import replace

import pytest
import torch

from repro.data.prepared import Data
from repro.spec.experiment import Duration, Scheduler, Splits
from repro.spec.problem import SpecError
from repro.training.check_batches import check_batches
from repro.training.fit import fit

FLAT = ("Flatten", "BatchNorm1d")
SPLITS = Splits(source="all", train=33, validation=20, test=20)


def net(make_layer, *names):
    return (*(make_layer(name) for name in names), make_layer("Flatten"), make_layer("Linear", out_features="classes"))


@pytest.mark.parametrize("training", [{"batch_size": 32}, {"batch_size": 16}, {"batch_size": 1}, {"batch_size": 8}])
def test_one_item_alone_and_a_norm_over_the_batch(training, study, data_of, folder, make_layer):
    experiment = study(layers=net(make_layer, *FLAT), splits=SPLITS, training=training)
    data = data_of(experiment)
    with pytest.raises(SpecError, match=r"one item alone.*BatchNorm1d.*Expected more than 1 value.*batch_size") as said:
        check_batches(experiment, data, folder)
    assert said.value.problems[0].key == "training.batch_size"
    with pytest.raises(ValueError, match="Expected more than 1 value per channel"):
        fit(experiment, data, seed=0, folder=folder)  # as it was before: in the middle of training


@pytest.mark.parametrize(
    "training",
    [
        {"batch_size": 31},  # two are left over
        {"batch_size": 33},
        {"batch_size": 32, "drop_last": True},
        {"batch_size": 32, "steps": 1},  # the last batch is never reached
    ],
)
def test_batches_that_can_be_taken(training, study, data_of, folder, make_layer):
    experiment = study(layers=net(make_layer, *FLAT), splits=SPLITS, training=training)
    data = data_of(experiment)
    check_batches(experiment, data, folder)
    assert fit(experiment, data, seed=0, folder=folder).state == "done"


def test_one_item_is_enough_where_a_channel_has_many_values(study, data_of, folder, make_layer):
    experiment = study(layers=net(make_layer, "BatchNorm2d"), splits=SPLITS, training={"batch_size": 32})
    check_batches(experiment, data_of(experiment), folder)


def test_own_code_that_loses_the_batch_axis(study, data_of, tmp_path, make_layer):
    (tmp_path / "model.py").write_text(
        "from torch import nn\n\n\n"
        "class Squeeze(nn.Module):\n"
        "    def forward(self, x):\n"
        "        return x.flatten(1).squeeze()\n"
    )
    layers = (make_layer("model.py:Squeeze"), make_layer("Linear", out_features="classes"))
    experiment = study(layers=layers, splits=SPLITS, training={"batch_size": 32})
    with pytest.raises(SpecError, match=r"holds one item alone \(33 training items in batches of 32\)"):
        check_batches(experiment, data_of(experiment), tmp_path)


def test_all_would_be_dropped(study, data_of, folder):
    experiment = study(splits=SPLITS, training={"batch_size": 34, "drop_last": True})
    with pytest.raises(SpecError, match="leaves no batch: there are 33 training items, fewer than a batch of 34"):
        check_batches(experiment, data_of(experiment), folder)


def test_dropping_the_last_batch_leaves_its_items_out(study, data_of, folder):
    training = {"batch_size": 32, "epochs": 3, "steps": None, "order": "fixed"}
    kept, dropped = (study(splits=SPLITS, training={**training, "drop_last": drop}) for drop in (False, True))
    data = data_of(kept)
    assert [fit(e, data, seed=0, folder=folder).steps for e in (kept, dropped)] == [6, 3]
    first = fit(dropped, data, seed=0, folder=folder).weights_sha256
    assert first == fit(dropped, _without_last(data), seed=0, folder=folder).weights_sha256
    assert kept.model_dump() | dropped.model_dump() == dropped.model_dump()  # in no identity where it is not written
    assert "drop_last" not in kept.training.model_dump()


def _without_last(data: Data) -> Data:
    part = data.parts["train"]
    at = torch.arange(32)
    cut = replace(
        part,
        inputs={n: v.index_select(0, at) for n, v in part.inputs.items()},
        targets={n: v.index_select(0, at) for n, v in part.targets.items()},
        items=part.items[at],
    )
    return replace(data, parts={**data.parts, "train": cut})


@pytest.mark.parametrize(("every", "total", "fits"), [("step", 40, True), ("step", 39, False), ("epoch", 3, False)])
def test_a_schedule_that_ends_too_early(every, total, fits, study, data_of, folder, make_entry):
    schedule = Scheduler(entry=make_entry("OneCycleLR", max_lr=0.1, total_steps=total), every=every)
    experiment = study(scheduler=schedule, optimizer=make_entry("SGD", lr=0.1, momentum=0.9))
    data = data_of(experiment)
    if fits:
        check_batches(experiment, data, folder)
        assert fit(experiment, data, seed=0, folder=folder).state == "done"
        return
    with pytest.raises(SpecError, match=f"the schedule is over after {total} {every}s, and training takes"):
        check_batches(experiment, data, folder)


@pytest.mark.parametrize(
    ("training", "looks"),
    [
        ({"batch_size": 16, "epochs": 4000, "evaluate_every": Duration(number=1, unit="steps")}, "12,000 looks"),
        ({"batch_size": 16, "steps": 10_001, "evaluate_every": Duration(number=1, unit="steps")}, "10,001 looks"),
        ({"batch_size": 33, "epochs": 20_000, "evaluate_every": Duration(number=1, unit="epochs")}, "20,000 looks"),
        ({"batch_size": 16, "epochs": 4000, "evaluate_every": Duration(number=2, unit="steps")}, ""),
        ({"batch_size": 16, "steps": 10_000, "evaluate_every": Duration(number=1, unit="steps")}, ""),
    ],
)
def test_more_looks_than_a_record_holds(training, looks, study, data_of, folder, make_layer):
    experiment = study(layers=net(make_layer), splits=SPLITS, training={"steps": None, **training})
    data = data_of(experiment)
    if not looks:
        check_batches(experiment, data, folder)
        return
    with pytest.raises(SpecError, match=f"{looks} in .* a record holds at most 10,000: look every") as said:
        check_batches(experiment, data, folder)
    assert said.value.problems[0].key == "training.evaluate_every"
