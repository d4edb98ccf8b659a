"""Changes on the tree: where they land, what they replace, and what they say when they land nowhere."""

import pytest

from repro.spec.overrides import CannotChange, Change, apply, find
from repro.spec.place import Place
from repro.spec.tree import TextNode
from repro.spec.yaml import read_tree, read_value

BASE = """
dataset: mnist1d
splits: official
features: {clip: [Rescale: {low: 0, high: 1}, augment, ShufflePositions], other: [clip]}
architecture:
  plain:
    [Flatten, Linear: {out_features: 5, name: fc1}, ReLU, Linear: {out_features: 9}, Identity: {name: sparse}, Tanh]
  lenet5: {from: clip, layers: [Conv2d: {out_channels: 6, name: c3}, model.py:Squash: {scale: 2}]}
  deep: [Residual: {layers: [Linear: {out_features: 3}]}]
weights: {all: {bias: 0}}
optimizer: {Adam: {lr: 1e-2}}
loss: {model.py:Mine: {alpha: 1}}
metric: {f1: {F1Score: {average: macro}}}
training: {batch_size: 10, steps: 100}
seeds: [0, 1]
sources: {guess: {training.batch_size: "", seeds: ""}}
"""


def changed(path, value, base=BASE):
    return apply(
        read_tree(base, "base.yaml"), Change(TextNode(path, Place("x.yaml", 7, 3)), read_value(value, "x.yaml"))
    )


def at(path, value, look=None):
    found = find(changed(path, value), look or path)
    return found


@pytest.mark.parametrize(
    ("path", "value", "look", "found"),
    [
        ("training.steps", "5", "training.steps", "5"),
        ("optimizer.Adam.lr", "1e-4", "optimizer.Adam.lr", "1e-4"),
        ("optimizer", "{SGD: {lr: 1}}", "optimizer", {"SGD": {"lr": "1"}}),
        ("optimizer.Adam.weight_decay", "1", "optimizer.Adam", {"lr": "1e-2", "weight_decay": "1"}),
        ("dataset.subset", "esc50", "dataset", {"name": "mnist1d", "subset": "esc50"}),
        ("splits.train", "2000", "splits", {"from": "official", "train": "2000"}),
        ("weights.all.l2", "1e-4", "weights", {"all": {"bias": "0", "l2": "1e-4"}}),
        ("weights.conv1.l2", "1", "weights.conv1", {"l2": "1"}),
        ("weights.Linear.l2", "1", "weights.Linear", {"l2": "1"}),
        ("scheduler", "{StepLR: {step_size: 3, every: step}}", "scheduler.StepLR.step_size", "3"),
        ("loss.Mine.alpha", "-1", "loss", {"model.py:Mine": {"alpha": "-1"}}),
        ("metric.f1.F1Score.average", "micro", "metric", {"f1": {"F1Score": {"average": "micro"}}}),
        ("features.clip.Rescale.low", "3", "features.clip.Rescale", {"low": "3", "high": "1"}),
        ("features.clip.ShufflePositions.seed", "3", "features.clip.ShufflePositions", {"seed": "3"}),
        ("architecture.plain.fc1.out_features", "7", "architecture.plain.fc1.out_features", "7"),
        ("architecture.lenet5.layers.c3.out_channels", "7", "architecture.lenet5.layers.c3.out_channels", "7"),
        ("architecture.lenet5.layers.Squash.scale", "3", "architecture.lenet5.layers.Squash", {"scale": "3"}),
        ("architecture.lenet5.from", "other", "architecture.lenet5.from", "other"),
        ("architecture.deep.Residual.layers.Linear.out_features", "9", "architecture.deep", None),
        ("architecture.new", "[Flatten]", "architecture.new", ["Flatten"]),
        ("evaluation.rotated", "{of: test}", "evaluation", {"rotated": {"of": "test"}}),
        ("sources.different", "{dataset: other}", "sources.different", {"dataset": "other"}),
        ("sources.guess.training.batch_size", "x", "sources.guess", {"training.batch_size": "x", "seeds": ""}),
    ],
)
def test_a_change_lands(path, value, look, found):
    there = at(path, value, look)
    if found is None:
        found = [{"Residual": {"layers": [{"Linear": {"out_features": "9"}}]}}]
    assert there == found


def test_a_layer_is_replaced_whole_by_name_or_by_a_class_that_stands_once():
    tree = changed("architecture.plain.sparse", "{model.py:KL: {target: 0.1}}")
    assert tree[TextNode("architecture")][TextNode("plain")][4] == {"model.py:KL": {"target": "0.1"}}
    tree = changed("architecture.plain.Tanh", "ReLU")
    assert tree[TextNode("architecture")][TextNode("plain")][5] == "ReLU"
    tree = changed("architecture.lenet5.layers.c3", "{Conv2d: {out_channels: 16}}")
    assert tree[TextNode("architecture")][TextNode("lenet5")][TextNode("layers")][0] == {
        "Conv2d": {"out_channels": "16"}
    }


def test_none_takes_away():
    assert "optimizer" not in changed("optimizer", "none")
    assert changed("training.batch_size", "none")[TextNode("training")] == {"steps": "100"}
    assert len(changed("architecture.plain.fc1", "none")[TextNode("architecture")][TextNode("plain")]) == 5


def test_steps_and_epochs_drop_each_other():
    assert changed("training.epochs", "3")[TextNode("training")] == {"batch_size": "10", "epochs": "3"}
    with_epochs = BASE.replace("steps: 100", "epochs: 9")
    assert changed("training.steps", "3", with_epochs)[TextNode("training")] == {"batch_size": "10", "steps": "3"}


def test_nothing_is_changed_in_place():
    base = read_tree(BASE, "base.yaml")
    again = read_tree(BASE, "base.yaml")
    for path, value in (("training.epochs", "3"), ("architecture.plain.fc1", "ReLU"), ("dataset.seed", "1")):
        apply(base, Change(TextNode(path), read_value(value, "")))
    assert base == again


def test_what_changed_stands_where_the_change_stands():
    tree = changed("training.steps", "5")
    assert str(tree[TextNode("training")].key_place("steps")) == "x.yaml:7:3"
    assert str(tree[TextNode("training")][TextNode("steps")].place) == "x.yaml:1:1"
    assert str(tree[TextNode("training")].key_place("batch_size")).startswith("base.yaml")


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("optimizer.lr", "1", "there is no 'lr' in optimizer; did you mean optimizer.Adam.lr?"),
        ("optimizer.SGD.lr", "1", "optimizer has Adam here, not SGD"),
        ("optimizer.Adm.lr", "1", "optimizer has Adam here, not Adm; did you mean 'Adam'?"),
        ("scheduler.StepLR.gamma", "1", "there is no scheduler in this experiment"),
        ("scheduler", "none", "there is no scheduler to take away"),
        ("training.stpes", "none", "there is no training.stpes to take away; did you mean 'steps'?"),
        ("architecture.plain.fc2", "ReLU", "there is no 'fc2' in architecture.plain; did you mean 'fc1'?"),
        (
            "architecture.plain.Linear",
            "ReLU",
            "architecture.plain holds 2 items Linear; give the one you mean a `name`",
        ),
        ("architecture.plain.0", "ReLU", "goes by its name or its class, never by number"),
        ("architecture.plain.layers.fc1", "ReLU", "architecture.plain is a plain list; write architecture.plain.fc1"),
        ("architecture.plain.from", "clip", "let the base write it as {from: ..., layers: [...]}"),
        ("architecture.lenet5.c3", "ReLU", "one step further in, as in architecture.lenet5.layers.c3"),
        ("architecture.lenet6.layers.c3", "ReLU", "there is no 'lenet6' in architecture; did you mean 'lenet5'?"),
        ("architecture.plain.fc1.Linear.out_features", "3", "leave Linear out of the path"),
        ("architecture.lenet5.layers.c3.Conv2d.out_channels", "3", "leave Conv2d out of the path"),
        ("features.other.clip.Rescale", "3", "clip stands for the named list beside it; change that one"),
        ("training", "{batch_size: 3}", "to change one field write training.batch_size: ..."),
        ("training", "{epochs: 3}", "to change one field write training.epochs: ..."),
        ("optimizer", "{lr: 3}", "to change one field write optimizer.Adam.lr: ..."),
        ("loss.model.py:Mine.alpha", "1", "own code goes by its class alone in a path; write loss.Mine.alpha"),
        ("seeds.0", "1", "goes by its name or its class, never by number"),
        ("training.steps.more", "1", "training.steps is '100'; there is nothing inside it to change"),
        ("training..steps", "1", "is no path"),
        ("question", "x", "a change cannot touch 'question'"),
        ("traning.steps", "1", "unknown word 'traning'; did you mean 'training'?"),
    ],
)
def test_a_change_that_lands_nowhere_says_why(path, value, said):
    with pytest.raises(CannotChange, match=said.replace("[", r"\[").replace("{", r"\{").replace("(", r"\(")):
        changed(path, value)
