"""A study in YAML alone that is no classification: a linear net with squared error, from spec to table."""

from pathlib import Path

import numpy as np
import pytest

import repro

SPEC = """\
paper: {title: Least squares, authors: [A. Student], year: 2024}
question: Does gradient descent find least squares?
dataset: {name: diabetes}
labels: {progression: {column: progression, kind: number, standardize: true}}
splits: {train: 300, test: 142}
features: [Standardize: {per: feature}]
architecture:
  linear: [Linear: {out_features: 1}]
  ridge: {estimator: [Ridge: {alpha: 1e-6}]}
optimizer: {Adam: {lr: 3e-2}}
loss: MSELoss
metric: {error: MeanAbsoluteError, r2: R2Score}
training: {batch_size: 300, epochs: 800, evaluate_every: 400 epochs}
seeds: [0, 1, 2]
baseline: ridge
experiments:
  linear: {model: linear, title: gradient descent}
  ridge: {model: ridge, title: least squares}
reported:
  - {where: Table 1, metric: error, unit: points of progression, values: {linear: 45, ridge: 45}}
claims:
  - {same: [linear, ridge], within: 1, metric: error, where: Table 1}
"""


def test_a_linear_net_finds_least_squares(tmp_path: Path) -> None:
    (tmp_path / "paper.yaml").write_text(SPEC)
    results = repro.run(tmp_path, jobs=2)
    rows = {row.experiment: row for row in results.rows if row.reported is not None}
    assert len(rows["linear"].values) == 3
    assert len(set(rows["ridge"].values)) == 1, "least squares has one answer, whatever the seed"
    assert rows["linear"].mean == pytest.approx(rows["ridge"].mean, abs=0.5)
    assert 30 < rows["ridge"].mean < 60, "in the label's own unit, not in standard deviations"
    assert results.claims[0].verdict == "HOLDS"


def test_its_error_is_what_numpy_says(tmp_path: Path) -> None:
    from repro.data.prepare import prepare
    from repro.spec.load import load_spec

    (tmp_path / "paper.yaml").write_text(SPEC)
    results = repro.run(tmp_path, only=["ridge"])
    spec = load_spec(tmp_path)
    data = prepare(spec.experiments["ridge"], seed=0, folder=tmp_path)
    train, test = data.parts["train"], data.parts["test"]
    x = np.c_[train.inputs["input"].numpy(), np.ones(300)]
    weights, *_ = np.linalg.lstsq(x, train.targets["progression"].numpy(), rcond=None)
    guess = np.c_[test.inputs["input"].numpy(), np.ones(142)] @ weights
    scale = data.labels["progression"].std or 1.0
    expected = scale * np.abs(guess - test.targets["progression"].numpy()).mean()
    assert results.rows[0].experiment in ("linear", "ridge")
    row = next(r for r in results.rows if r.experiment == "ridge" and r.values)
    assert row.values[0] == pytest.approx(expected, rel=1e-3)
