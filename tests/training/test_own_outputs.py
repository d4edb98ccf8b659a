"""An own loss may want more outputs, or fewer, than there are classes: all that follows must live with it."""

import numpy as np
import pytest

import repro
from repro.publish.tracking.worst_mistakes import confusion, worst
from repro.results.class_names import OUTSIDE
from repro.results.figures.measurements import Measurements
from repro.results.runs_by_experiment import gather
from repro.results.study_runs import StudyRuns
from repro.spec.load import load_spec
from repro.spec.problem import SpecError
from repro.training.bind import bind_all

SPEC = """\
paper: {title: Other outputs than classes, authors: [A. Student], year: 2024}
question: Does an own loss on other outputs than classes end in a table?
dataset: {name: digits}
splits: {from: all, train: 1000, test: 300}
architecture: {net: [Flatten, Linear: {out_features: OUTPUTS}]}
optimizer: {Adam: {lr: 1e-2}}
loss: model.py:Mine
metric: METRIC
training: {batch_size: 100, steps: 20}
seeds: [0]
baseline: net
experiments: {net: {}}
figures:
  - {name: mistakes, kind: confusion, experiments: [net]}
"""
MODEL = """\
import torchmetrics
from torch import nn


class Mine(nn.Module):
    def forward(self, output, target):
        return nn.functional.cross_entropy(LOGITS, target % output.shape[1])


class Spread(torchmetrics.MeanMetric):
    higher_is_better = True

    def update(self, output, target):
        super().update(output.max(1).values - output.min(1).values)
"""


def study_of(folder, outputs, logits="output", metric="Accuracy"):
    (folder / "paper.yaml").write_text(SPEC.replace("OUTPUTS", str(outputs)).replace("METRIC", metric))
    (folder / "model.py").write_text(MODEL.replace("LOGITS", logits))
    return folder


@pytest.mark.parametrize(
    ("outputs", "logits", "metric"),
    [
        (16, "output[:, 6:]", "Accuracy"),
        pytest.param(
            4, "output", "{right: Accuracy, wrong: ErrorRate, spread: model.py:Spread}", marks=pytest.mark.slow
        ),
    ],
)
def test_it_ends_in_a_table_with_its_figures(outputs, logits, metric, tmp_path):
    study = repro.load(study_of(tmp_path, outputs, logits, metric))
    results = study.run(jobs=1)
    record = study.ledger("runs").records[0]
    assert record.state == "done", record.reason
    checks = record.gate["checks"]
    assert {checks[name]["state"] for name in ("blind-features", "blind-weights", "blind-predictions")} == {"ok"}
    study.save()
    written = study.write(results, tmp_path / "results", source="runs")
    assert "mistakes" in {path.stem for path in written}
    assert study.undrawn(results, written, source="runs") == ()
    arrays = study.ledger("runs").predictions(record)
    said = arrays["predicted"].argmax(1)
    runs, _ = gather(study.spec, study.plan, [record])
    counts = Measurements(StudyRuns(study.spec, runs, results), lambda record, view="test": arrays).counts(
        "net", "test"
    )
    assert counts.counts.shape == (10, 11 if (said > 9).any() else 10)
    assert counts.counts.sum() == 300
    for digit in range(10):
        assert (
            counts.counts[digit, :10].tolist()
            == np.bincount(said[(arrays["target"] == digit) & (said < 10)], minlength=10).tolist()
        )
    main = study.spec.experiments["net"].main_metric
    right = 100 * float((said == arrays["target"]).mean())
    assert record.metrics["digit"]["test"].values[main] == pytest.approx(right)
    shown = confusion(study.spec.experiments["net"], arrays)
    assert max(shown.said) < len(shown.classes)
    assert (OUTSIDE in shown.classes) == bool((said > 9).any())

    class Museum:
        def items(self, experiment):
            return None

        def show(self, items, number):
            return str(number), None, None

    assert all(np.isfinite(one.loss) for one in worst(study.spec.experiments["net"], arrays, Museum()))


@pytest.mark.slow
def test_a_figure_that_cannot_be_drawn_is_said(tmp_path):
    study = repro.load(study_of(tmp_path, 1, "output.expand(-1, 2)", "model.py:Spread"))
    results = study.run(jobs=1)
    written = study.write(results, tmp_path / "results", source="runs")
    (said,) = study.undrawn(results, written, source="runs")
    assert said.startswith("mistakes: of net no predictions")
    assert said.endswith("is not drawn")


@pytest.mark.parametrize(
    ("outputs", "metric", "text"),
    [
        (1, "Accuracy", "needs outputs along one axis, two or more"),
        (16, "AUROC", "10, one for each class"),
        (4, "AUROC", "10, one for each class"),
        (16, "{F1Score: {average: macro}}", "10, one for each class"),
        (16, "{Accuracy: {average: macro}}", "10, one for each class"),
        (16, "CohenKappa", "10, one for each class"),
    ],
)
def test_a_metric_that_cannot_be_taken_is_refused_before_training(outputs, metric, text, tmp_path):
    experiment = load_spec(study_of(tmp_path, outputs, metric=metric)).experiments["net"]
    with pytest.raises(SpecError, match=text) as caught:
        bind_all(experiment, tmp_path)
    assert caught.value.problems[0].place.line == 8
