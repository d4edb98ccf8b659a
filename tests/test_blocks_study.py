"""A study whose models have several inputs and several blocks, from its spec to trained weights."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.ensemble import RandomForestClassifier
from torch import nn

from repro.data.on_the_fly import BatchTransform
from repro.data.prepare import prepare, read
from repro.models.model_size import multiply_adds, parameters
from repro.models.network import build
from repro.results.figures.spec_value import spec_value
from repro.runs.ledger import Ledger
from repro.runs.verify.verify import verify
from repro.spec.load import load_spec
from repro.study import Study
from repro.training.bind import bind_all
from repro.training.dry_step import fake_cuda_pass, meta_step
from repro.training.estimator import fit_estimator, make_pipeline
from repro.training.fit import fit
from repro.training.leakage_probe.probe import probe

FOLDER = Path(__file__).parent / "blocks"


@pytest.fixture(scope="module")
def spec():
    return load_spec(FOLDER)


@pytest.fixture(scope="module")
def data_of(spec):
    kept = {}

    def make(name):
        if name not in kept:
            kept[name] = prepare(spec.experiments[name], seed=0, folder=FOLDER)
        return kept[name]

    return make


@pytest.fixture
def network(spec, data_of):
    def make(name, **how):
        data = data_of(name)
        return build(spec.experiments[name], data.shapes, data.labels, seed=0, folder=FOLDER, **how)

    return make


def test_only_what_the_model_reads_is_computed(spec, data_of):
    wanted = {"one-way": ["mixed"], "two-ways": ["plain", "mixed"], "forest": ["mixed", "plain"]}
    for name, inputs in wanted.items():
        assert list(spec.experiments[name].inputs) == inputs
        assert list(data_of(name).parts["train"].inputs) == inputs


def test_blocks_are_what_torch_gives_by_hand(network):
    made = network("two-ways")
    plain, mixed = torch.randn(5, 1, 40), torch.randn(5, 1, 40)
    with torch.no_grad():
        got = made({"plain": plain, "mixed": mixed})["digit"]
        modules = {type(step.module).__name__: step.module for step in made.steps if step.block != "digit"}
        head = made.steps[-1].module
        conv, gru, body = modules["Conv1d"], next(m for m in made.modules() if isinstance(m, nn.GRU)), modules["Linear"]
        encoded = torch.relu(conv(plain)).mean(2)
        state = gru(mixed.transpose(1, 2))[:, -1]
        want = head(torch.sigmoid(body(torch.cat([encoded, state], 1))))
    torch.testing.assert_close(got, want)
    assert parameters(made) == 6 * 5 + 6 + 13 * 9 + 9 + 9 * 10 + 10  # the frozen block trains nothing
    assert multiply_adds(made) == 36 * 6 * 5 + 40 * 3 * 7 * (1 + 7) + 13 * 9 + 9 * 10
    assert multiply_adds(network("two-ways", meta=True)) == multiply_adds(made)


def test_selectors_name_models_blocks_and_lists(network):
    made = network("two-ways")
    by_block = {
        step.block: step.module for step in made.steps if step.module is not None and list(step.module.parameters())
    }
    assert by_block["encoder"].bias.unique().tolist() == [0.25]
    assert by_block["body"].weight.unique().tolist() == [0.5]
    assert not any(p.requires_grad for p in by_block["steps"].parameters())
    assert all(p.requires_grad for p in network("one-way").parameters())


def test_the_same_bytes_twice_and_a_frozen_block_stays(spec, data_of, network):
    experiment, data = spec.experiments["two-ways"], data_of("two-ways")
    once, again = (fit(experiment, data, seed=0, folder=FOLDER, accelerator="cpu") for _ in range(2))
    assert once.weights_sha256 == again.weights_sha256
    assert once.metrics == again.metrics
    assert once.history[0].values["running/loss"] != once.history[-1].values["running/loss"]
    other = fit(experiment, data, seed=1, folder=FOLDER, accelerator="cpu")
    assert other.weights_sha256 != once.weights_sha256


def test_augmentation_is_by_input(data_of):
    live = data_of("joined").live
    batch = {"mixed": torch.ones(4, 1, 40), "plain": torch.ones(4, 1, 40)}
    made = live(batch, 3)
    assert isinstance(live, BatchTransform)
    assert torch.equal(made["mixed"], batch["mixed"])
    assert not torch.equal(made["plain"], batch["plain"])


def test_an_estimator_gets_its_inputs_joined_in_order(spec, data_of):
    experiment, data = spec.experiments["forest"], data_of("forest")
    outcome = fit_estimator(experiment, data, seed=0, folder=FOLDER)
    pipeline, _ = make_pipeline(experiment, 0, FOLDER)
    forest: RandomForestClassifier = pipeline.steps[-1][1]

    def rows(part):
        inputs = data.parts[part].inputs
        return torch.cat([inputs["mixed"].flatten(1), inputs["plain"].flatten(1)], 1).numpy()

    forest.fit(rows("train"), data.parts["train"].targets["digit"].numpy())
    np.random.seed(0)
    predicted = forest.predict_proba(rows("test")).argmax(1)
    kept = outcome.predictions["digit"]["test"].arrays["predicted"].argmax(1)
    np.testing.assert_array_equal(kept, predicted)


@pytest.mark.parametrize("name", ["two-ways", "joined", "added"])
def test_a_step_without_data(spec, name):
    assert meta_step(spec.experiments[name], FOLDER) == (4, 10)
    bind_all(spec.experiments[name], FOLDER)
    if name == "joined":
        assert fake_cuda_pass(spec.experiments[name], FOLDER) == "cuda"


def test_own_code_of_several_inputs_is_probed(spec, data_of):
    experiment = spec.experiments["added"]
    items = read(experiment.dataset, FOLDER)
    found = probe(experiment, data_of("added"), items, seed=0, folder=FOLDER, accelerator="cpu")
    assert {check: one["state"] for check, one in found.items()} == {
        "blind-features": "ok", "blind-weights": "ok", "blind-predictions": "ok",
    }  # fmt: skip


def test_a_sweep_looks_into_its_own_block_and_input(spec):
    wider, forest = spec.experiments["wider"], spec.experiments["forest"]
    assert spec_value(wider, "architecture.two-ways.body.layers.Linear.out_features") == 11
    assert spec_value(wider, "architecture.two-ways.steps.layers.GRU.hidden_size") == 7
    with pytest.raises(KeyError):
        spec_value(wider, "architecture.two-ways.steps.layers.Linear.out_features")
    assert spec_value(forest, "features.mixed.ShufflePositions.seed") == 42
    with pytest.raises(KeyError):
        spec_value(forest, "features.plain.ShufflePositions.seed")


@pytest.mark.slow
def test_views_from_the_spec_to_the_table(tmp_path):
    """Trained by the engine, kept, shown, drawn, and worked out again from what was kept."""
    folder = tmp_path / "blocks"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("runs", "__pycache__"))
    study = Study(load_spec(folder), only=("two-ways", "forest"), seeds=[0, 1])
    results = study.run(jobs=1)
    rows = {(row.experiment, row.metric): row for row in results.rows}
    for experiment, metric in (("two-ways", "by-digit/Accuracy"), ("two-ways", "called-three/Accuracy")):
        assert len(rows[experiment, metric].values) == 2
    assert "each run is judged on the items that it picked itself: not the paper's test items" in (
        rows["two-ways", "called-three/Accuracy"].notes
    )
    ledger = study.ledger()
    record = next(record for record in ledger.records if record.experiment == "two-ways")
    views = record.metrics["digit"]
    assert {"by-digit", "called-three", "truly-low", "held"} <= set(views)
    assert (views["by-digit"].n, views["truly-low"].n, views["held"].n) == (10, 3, 10)
    kept = ledger.predictions(record)
    called = kept["predicted"].argmax(1) == 3
    assert views["called-three"].n == called.sum()
    written = study.write(results, tmp_path / "out")
    assert {"called-three.svg", "by-digit.svg"} <= {path.name for path in written}
    checked = verify(study.plan, Ledger(folder, "runs"), sample=0, seed=0, own_code=True)
    assert [row.state for row in checked.rows] == ["ok"] * 4, checked.rows
