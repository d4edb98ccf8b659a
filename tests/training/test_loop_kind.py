"""Which path trains, and that the chunked one keeps Lightning's own count right."""

import pytest
from lightning import Callback

from repro.spec.experiment import Duration, Training
from repro.training.fit import fit
from repro.training.loop_kind import choose_loop
from repro.training.module import make_module
from repro.training.uses_rng import uses_rng


class Watching(Callback):
    """A callback with a hook at each step."""

    def __init__(self):
        self.steps = []

    def on_train_batch_end(self, trainer, *_):
        self.steps.append(trainer.global_step)


@pytest.mark.parametrize(
    ("training", "more", "path"),
    [
        ({}, {}, "chunked"),
        ({"precision": "32-true"}, {}, "chunked"),
        ({"precision": "bf16-mixed"}, {}, "plain"),
        ({"gradient_clip_val": 1.0}, {}, "plain"),
        ({"accumulate_grad_batches": 2}, {}, "plain"),
        ({}, {"devices": 2}, "plain"),
        ({}, {"callbacks": [Callback()]}, "chunked"),
        ({}, {"callbacks": [Watching()]}, "plain"),
    ],
)
def test_what_needs_a_hook_at_each_step_is_plain(training, more, path):
    assert choose_loop(Training(**training), **more) == path


def test_lightnings_own_count_is_right_on_the_chunked_path(study, data_of, folder):
    """Chunks end at each look, and the trainer's ``global_step`` is then the number of updates."""
    watching = Watching()
    experiment = study(training={"evaluate_every": Duration(number=7, unit="steps")})
    outcome = fit(experiment, data_of(experiment), seed=0, folder=folder, path="chunked", callbacks=[watching])
    assert watching.steps == [7, 14, 21, 28, 35, 40] == [look.step for look in outcome.history]
    assert (outcome.path, outcome.steps) == ("chunked", 40)


def test_a_callback_with_step_hooks_sees_each_step(study, data_of, folder):
    watching = Watching()
    experiment = study()
    outcome = fit(experiment, data_of(experiment), seed=0, folder=folder, callbacks=[watching])
    assert watching.steps == list(range(1, 41))
    assert outcome.path == "plain"


def test_generators_are_seeded_only_where_something_may_draw(study, data_of, make_layer, folder, tmp_path):
    def of(*layers):
        experiment = study(layers=(*layers, make_layer("Flatten"), make_layer("Linear", out_features="classes")))
        return uses_rng(make_module(experiment, data_of(experiment), seed=0, folder=folder).network, experiment)

    assert not of()
    assert not of(make_layer("Dropout", p=0.0))
    assert of(make_layer("Dropout", p=0.1))
    assert of(make_layer("RReLU"))
