"""Every number against one worked out in another way."""

import numpy as np
import pytest
import sklearn.metrics
import torch
import torchmetrics

from repro.data.prepared import Target
from repro.spec.part import Entry
from repro.spec.problem import SpecError
from repro.training.metric import LabelMetric, in_own_unit

CLASSES = Target(name="y", kind="class", classes=("a", "b", "c"))
TWO = Target(name="y", kind="class", classes=("no", "yes"))
NUMBER = Target(name="y", kind="number", mean=100.0, std=20.0, standardized=True, sizes=(1,))


def metric(folder, name, target=CLASSES, positive=None, loss="CrossEntropyLoss", **args):
    return LabelMetric(Entry(name=name, args=args), target, folder, loss=loss, positive=positive)


def made(classes=3, items=97, seed=0):
    generator = torch.Generator().manual_seed(seed)
    output = torch.randn(items, classes, generator=generator)
    chances = torch.tensor([0.7, 0.2, 0.1])[:classes]
    return output, torch.multinomial(chances, items, replacement=True, generator=generator)


def read(metric, output, target):
    metric.update(output, target)
    return metric.read()


def test_accuracy_is_micro_and_in_percent(folder):
    output, target = made()
    ours = read(metric(folder, "Accuracy"), output, target)
    right = int((output.argmax(1) == target).sum())
    assert ours == pytest.approx(100 * right / 97, abs=1e-9)
    torch_ours = torchmetrics.Accuracy(task="multiclass", num_classes=3, average="micro")(output, target)
    assert ours == pytest.approx(100 * float(torch_ours), abs=1e-4)
    macro = read(metric(folder, "Accuracy", average="macro"), output, target)
    assert abs(macro - ours) > 1


def test_a_hand_worked_imbalanced_example(folder):
    """Nine of class a, one of b, all called a: 90 percent right, though b is never found."""
    output = torch.zeros(10, 3)
    output[:, 0] = 1.0
    target = torch.tensor([0] * 9 + [1])
    assert read(metric(folder, "Accuracy"), output, target) == 90.0
    assert read(metric(folder, "ErrorRate"), output, target) == 10.0


def test_accuracy_of_the_two_best_is_micro_too(folder):
    output = torch.tensor([[3.0, 2.0, 1.0]] * 5)
    target = torch.tensor([0, 0, 0, 1, 2])
    assert read(metric(folder, "Accuracy", top_k=2), output, target) == pytest.approx(80.0)


@pytest.mark.parametrize("batch", [1, 10, 97])
def test_batches_add_up(batch, folder):
    output, target = made()
    whole, parts = metric(folder, "F1Score", average="macro"), metric(folder, "F1Score", average="macro")
    expected = read(whole, output, target)
    for start in range(0, 97, batch):
        parts.update(output[start : start + batch], target[start : start + batch])
    assert parts.read() == expected


def test_reading_starts_anew(folder):
    one = metric(folder, "Accuracy")
    read(one, torch.eye(3), torch.tensor([0, 1, 2]))
    assert read(one, torch.eye(3), torch.tensor([1, 2, 0])) == 0.0


@pytest.mark.parametrize(
    ("name", "args", "theirs"),
    [
        ("F1Score", {"average": "macro"}, lambda t, p: sklearn.metrics.f1_score(t, p, average="macro")),
        ("Precision", {"average": "macro"}, lambda t, p: sklearn.metrics.precision_score(t, p, average="macro")),
        ("Recall", {"average": "weighted"}, lambda t, p: sklearn.metrics.recall_score(t, p, average="weighted")),
        ("JaccardIndex", {"average": "macro"}, lambda t, p: sklearn.metrics.jaccard_score(t, p, average="macro")),
    ],
)
def test_class_metrics_agree_with_scikit_learn(name, args, theirs, folder):
    output, target = made()
    expected = 100 * theirs(target.numpy(), output.argmax(1).numpy())
    assert read(metric(folder, name, **args), output, target) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("CohenKappa", sklearn.metrics.cohen_kappa_score),
        ("MatthewsCorrCoef", sklearn.metrics.matthews_corrcoef),
    ],
)
def test_correlations_are_no_percentages(name, theirs, folder):
    output, target = made()
    expected = theirs(target.numpy(), output.argmax(1).numpy())
    assert read(metric(folder, name), output, target) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("loss", ["CrossEntropyLoss", "BCEWithLogitsLoss"])
def test_auroc_looks_at_the_probabilities_that_the_loss_means(loss, folder):
    output, target = made()
    chances = torch.softmax(output, 1) if loss == "CrossEntropyLoss" else torch.sigmoid(output)
    one_hot = np.eye(3)[target.numpy()]
    expected = 100 * np.mean([sklearn.metrics.roc_auc_score(one_hot[:, k], chances[:, k].numpy()) for k in range(3)])
    found = read(metric(folder, "AUROC", loss=loss), output, target)
    assert found == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(("positive", "index"), [("yes", 1), ("no", 0)])
def test_with_two_classes_the_positive_one_decides(positive, index, folder):
    output, target = made(classes=2)
    predicted = output.argmax(1).numpy()
    for name, theirs in [("Recall", sklearn.metrics.recall_score), ("F1Score", sklearn.metrics.f1_score)]:
        found = read(metric(folder, name, TWO, positive=positive), output, target)
        assert found == pytest.approx(100 * theirs(target.numpy(), predicted, pos_label=index), abs=1e-4)
    chances = torch.softmax(output, 1)[:, index].numpy()
    expected = 100 * sklearn.metrics.roc_auc_score(target.numpy() == index, chances)
    assert read(metric(folder, "AUROC", TWO, positive=positive), output, target) == pytest.approx(expected, abs=1e-3)


def test_numbers_are_scored_in_their_own_unit(folder):
    output = torch.tensor([[0.0], [1.0], [-1.0]])
    target = torch.tensor([[0.5], [1.0], [-2.0]])
    assert read(metric(folder, "MeanAbsoluteError", NUMBER), output, target) == pytest.approx(20 * (0.5 + 0 + 1) / 3)
    assert read(metric(folder, "MeanSquaredError", NUMBER), output, target) == pytest.approx(400 * (0.25 + 0 + 1) / 3)
    values, truth = in_own_unit(output, target, NUMBER)
    assert values.tolist() == [100.0, 120.0, 80.0]
    assert truth.tolist() == [110.0, 120.0, 60.0]
    r2 = sklearn.metrics.r2_score(truth.numpy(), values.numpy())
    assert read(metric(folder, "R2Score", NUMBER), output, target) == pytest.approx(r2, abs=1e-6)


def test_numbers_are_never_broadcast(folder):
    with pytest.raises(ValueError, match=r"one shape; they are \(3, 2\) and \(3, 1\)"):
        metric(folder, "MeanSquaredError", NUMBER).update(torch.zeros(3, 2), torch.zeros(3, 1))


@pytest.mark.parametrize(
    ("name", "target", "args", "text"),
    [
        ("F1Score", CLASSES, {}, "would be plain accuracy by torchmetrics' default; say `average`"),
        ("Recall", TWO, {}, "say which class is `positive`, or `average`"),
        ("MeanSquaredError", CLASSES, {}, "is a metric for numbers; 'y' is a class"),
        ("Accuracy", NUMBER, {"average": "macro"}, "is a metric for classes; 'y' holds numbers"),
        ("Acuracy", CLASSES, {}, "did you mean 'Accuracy'"),
        ("Recall", CLASSES, {"average": "none"}, "several numbers"),
    ],
)
def test_what_cannot_be_taken_is_refused(name, target, args, text, folder):
    with pytest.raises(SpecError, match=text):
        metric(folder, name, target, **args)


def test_own_metrics_get_output_and_target_as_they_are(tmp_path):
    (tmp_path / "model.py").write_text(
        "class Half:\n"
        "    def __init__(self): self.seen = 0\n"
        "    def update(self, output, target): self.seen += len(target) * output.shape[1]\n"
        "    def compute(self): return self.seen / 2\n"
        "    def reset(self): self.seen = 0\n"
    )
    own = LabelMetric(Entry(name="model.py:Half"), CLASSES, tmp_path, loss="CrossEntropyLoss")
    own.update(torch.zeros(4, 3), torch.zeros(4, dtype=torch.long))
    assert (own.read(), own.read()) == (6.0, 0.0)
