"""Each loss gets its target in the one form it wants; a shape that does not fit is an error, never broadcast."""

import inspect

import numpy as np
import pytest
import torch
from sklearn.utils.class_weight import compute_class_weight
from torch import nn

from repro.data.prepared import Target
from repro.spec.index import index
from repro.spec.part import Entry
from repro.spec.problem import SpecError
from repro.training.loss import _ON_INDICES, _ON_ONE_HOT, LabelLoss, ShapeOfTarget

CLASSES = Target(name="y", kind="class", classes=("a", "b", "c"))
NUMBER = Target(name="y", kind="number", sizes=(1,))
OUTPUT = torch.tensor([[2.0, 0.0, -1.0], [0.5, 0.5, 0.0]])
INDEX = torch.tensor([0, 2])
ONE_HOT = torch.tensor([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])


def loss(folder, name, target=CLASSES, **args):
    return LabelLoss(Entry(name=name, args=args), target, folder)


def test_cross_entropy_takes_the_index(folder):
    expected = -torch.log_softmax(OUTPUT, 1)[[0, 1], [0, 2]].mean()
    assert loss(folder, "CrossEntropyLoss")(OUTPUT, INDEX) == pytest.approx(expected.item())


def test_mse_takes_one_hot(folder):
    assert loss(folder, "MSELoss")(OUTPUT, INDEX) == pytest.approx(((OUTPUT - ONE_HOT) ** 2).mean().item())


def test_bce_with_logits_takes_one_hot(folder):
    s = torch.sigmoid(OUTPUT)
    expected = -(ONE_HOT * s.log() + (1 - ONE_HOT) * (1 - s).log()).mean()
    assert loss(folder, "BCEWithLogitsLoss")(OUTPUT, INDEX) == pytest.approx(expected.item(), rel=1e-6)


def test_weights_of_classes_become_a_tensor(folder):
    weighted = loss(folder, "CrossEntropyLoss", weight=(1.0, 2.0, 3.0))
    expected = nn.functional.cross_entropy(OUTPUT, INDEX, weight=torch.tensor([1.0, 2.0, 3.0]))
    assert weighted(OUTPUT, INDEX) == pytest.approx(expected.item())


def test_numbers_of_one_column_are_not_broadcast(folder):
    output, target = torch.tensor([[1.0], [2.0]]), torch.tensor([1.0, 4.0])
    assert loss(folder, "MSELoss", NUMBER)(output, target) == 2.0
    assert loss(folder, "L1Loss", NUMBER)(output[:, 0], target[:, None]) == 1.0


@pytest.mark.parametrize(
    ("name", "target", "output", "truth"),
    [
        ("CrossEntropyLoss", CLASSES, torch.zeros(2), INDEX),
        ("CrossEntropyLoss", CLASSES, torch.zeros(3, 3), INDEX),
        ("MSELoss", CLASSES, torch.zeros(2, 1), INDEX),
        ("MSELoss", CLASSES, torch.zeros(2), INDEX),
        ("MSELoss", NUMBER, torch.zeros(2, 3), torch.zeros(2, 1)),
        ("MSELoss", NUMBER, torch.zeros(2), torch.zeros(3)),
        ("SmoothL1Loss", NUMBER, torch.zeros(2, 2), torch.zeros(2)),
    ],
)
def test_any_other_shape_is_an_error(name, target, output, truth, folder):
    with pytest.raises(ShapeOfTarget):
        loss(folder, name, target)(output, truth)


@pytest.mark.parametrize(
    ("name", "target", "text"),
    [
        ("NLLLoss", NUMBER, "is a loss for classes, and 'y' is a number"),
        ("CosineEmbeddingLoss", CLASSES, "takes neither class indices nor one-hot targets"),
    ],
)
def test_a_loss_that_does_not_fit_the_label_is_refused(name, target, text, folder):
    with pytest.raises(SpecError, match=text):
        loss(folder, name, target)


def test_own_losses_get_the_index_and_what_they_ask_for(tmp_path):
    (tmp_path / "model.py").write_text(
        "import torch\n"
        "class Mine(torch.nn.Module):\n"
        "    def __init__(self, classes, label, scale=1.0):\n"
        "        super().__init__(); self.told = (classes, label, scale)\n"
        "    def forward(self, output, target): return self.told[2] * output[range(len(target)), target].sum()\n"
    )
    mine = LabelLoss(Entry(name="model.py:Mine", args={"scale": 2.0}), CLASSES, tmp_path)
    assert mine.loss.told == (3, "y", 2.0)
    assert mine(OUTPUT, INDEX) == 4.0


def test_the_loss_of_each_item_has_the_loss_as_its_mean(folder):
    for name in ("CrossEntropyLoss", "MSELoss", "BCEWithLogitsLoss", "MultiMarginLoss"):
        one = loss(folder, name)
        items = one.item_losses(OUTPUT, INDEX)
        assert items.shape == (2,)
        assert items.mean() == pytest.approx(one(OUTPUT, INDEX).item())
        assert one.loss.reduction == "mean"


@pytest.mark.filterwarnings("ignore:reduction")  # KLDivLoss's mean is not the divergence's
def test_every_loss_that_the_lists_name_is_in_the_index_and_takes_its_form(folder):
    names = sorted(_ON_INDICES | _ON_ONE_HOT)
    assert set(names) <= set(index().namespace("loss"))
    output = torch.rand(2, 3) * 0.8 + 0.1
    for name in names:
        args = {n: 1.0 for n, p in inspect.signature(getattr(nn, name)).parameters.items() if p.default is p.empty}
        assert loss(folder, name, **args)(output, INDEX).ndim == 0


COUNTED = Target(name="y", kind="class", classes=("a", "b", "c"), counts=(6, 3, 0))


@pytest.mark.parametrize("name", ["CrossEntropyLoss", "NLLLoss"])
def test_balanced_weights_are_those_of_scikit_learn(name, folder):
    sizes = np.repeat([0, 1], [6, 3])
    expected = compute_class_weight("balanced", classes=np.array([0, 1]), y=sizes) * 2 / 3  # of three classes
    made = loss(folder, name, COUNTED, weight="balanced").loss.weight
    assert made.tolist() == pytest.approx([*expected, 0.0])


def test_balanced_weights_of_the_positive(folder):
    made = loss(folder, "BCEWithLogitsLoss", COUNTED, pos_weight="balanced").loss.pos_weight
    assert made.tolist() == pytest.approx([3 / 6, 6 / 3, 0.0])


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("CrossEntropyLoss", {"weight": (1.0, 2.0)}),
        ("CrossEntropyLoss", {"weight": 2.0}),
        ("NLLLoss", {"weight": (1.0, 2.0, 3.0, 4.0)}),
        ("BCELoss", {"weight": (1.0,)}),  # torch would have broadcast it
        ("BCEWithLogitsLoss", {"pos_weight": (1.0, 2.0)}),
        ("MultiMarginLoss", {"weight": (1.0, 2.0)}),
    ],
)
def test_weights_of_another_length_are_refused_before_training(name, args, folder):
    with pytest.raises(SpecError, match="for 3 classes; write one for each of a, b, c, in this order, or"):
        loss(folder, name, **args)


def test_balanced_is_of_classes(folder):
    with pytest.raises(SpecError, match="balanced is of classes, and 'y' is a number"):
        loss(folder, "BCELoss", NUMBER, weight="balanced")


@pytest.mark.parametrize(
    ("name", "target", "args", "text"),
    [
        ("CrossEntropyLoss", CLASSES, {"label_smoothing": 1.5}, "label_smoothing must be between"),
        ("HuberLoss", NUMBER, {"delta": -1.0}, "HuberLoss"),
        ("SmoothL1Loss", NUMBER, {"beta": -1.0}, "SmoothL1Loss"),
        ("MultiMarginLoss", CLASSES, {"p": 3}, "MultiMarginLoss"),
    ],
)
def test_what_torch_refuses_only_when_it_is_called_is_said_at_once(name, target, args, text, folder):
    with pytest.raises(SpecError, match=text):
        loss(folder, name, target, **args)
