"""Own code has no test label in its process: in a run, on several devices, in a plan, when ways are compared."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from repro.data.prepare import prepare
from repro.runs.determinism.find import find
from repro.runs.engine.fork_server import CAN_FORK
from repro.runs.forecast.probes import probe_all
from repro.runs.make_plan import make_plan
from repro.runs.plan import Plan
from repro.runs.run import RunOptions, run_plan

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="own code is kept apart where processes can fork")

TEST_ITEMS = 217
TWO = RunOptions(devices=2, accelerator="cpu")

SPY = """
import gc, os
from pathlib import Path
import torch
from torch import nn

class Spy(nn.Module):
    '''Writes down the labels of whatever it finds that looks like a test part.'''
    def forward(self, x):
        found = [o for o in gc.get_objects() if type(o).__name__ == "Part" and len(o) == 217]
        for number, part in enumerate(found):
            labels = [str(int(label)) for label in part.targets["digit"]]
            Path(__file__).with_name(f"seen-{os.getpid()}-{number}.txt").write_text(" ".join(labels))
        return x

class Share:
    higher_is_better = True
    proportion = True
    def reset(self): self.right, self.rows = 0, 0
    __init__ = reset
    def to(self, device): return self
    def update(self, output, target):
        self.right += int((output.argmax(1) == target).sum())
        self.rows += len(target)
    def compute(self): return torch.tensor(self.right / max(1, self.rows))
"""


def trained(plan: Plan, engine: Any) -> None:
    (record,) = run_plan(plan, engine=engine)
    assert record.state == "done", record.reason


def on_two_devices(plan: Plan, engine: Any) -> None:
    (record,) = run_plan(plan, engine=engine, how=TWO)
    assert record.state == "done", record.reason
    assert record.environment.devices == 2
    assert record.gate["checks"]["blind-labels"]["state"] == "ok"
    assert record.gate["checks"]["blind-recall"]["state"] == "ok"


def planned(plan: Plan, engine: Any) -> None:
    probes = probe_all(plan, lambda _: None, jobs=1)
    assert probes.failed == {}
    assert all(probe.memory > 10**8 for probe in probes.found.values())


def compared(plan: Plan, engine: Any) -> None:
    assert find(plan, lambda _: None, steps=6, jobs=1).holds


@pytest.mark.parametrize(
    "way",
    [
        trained,
        pytest.param(on_two_devices, marks=pytest.mark.slow),
        planned,
        pytest.param(compared, marks=pytest.mark.slow),
    ],
)
def test_what_own_code_finds_are_not_the_labels_of_test_items(
    way: Callable[[Plan, Any], None], make_experiment: Any, make_layers: Any, make_spec: Any, engine: Any
) -> None:
    """Before, a plan, a comparison and ranks held all of them."""
    net = make_layers(("Flatten", {}), ("spy.py:Spy", {}), ("Linear", {"out_features": "classes"}))
    splits = {"source": "all", "train": 300, "validation": 100, "test": TEST_ITEMS}
    base = make_experiment("spy")
    experiment = make_experiment("spy", model=net, seeds=(0,), splits=base.splits.model_copy(update=splits))
    spec = make_spec(experiment)
    (spec.folder / "spy.py").write_text(SPY)
    way(make_plan(spec), engine)
    truth = prepare(base.model_copy(update={"splits": experiment.splits}), seed=0, folder=spec.folder)
    labels = truth.parts["test"].targets["digit"]
    seen = [np.loadtxt(path) for path in Path(spec.folder).glob("seen-*.txt")]
    assert seen, "it was tried"
    assert max((row == np.asarray(labels)).mean() for row in seen) < 0.3


@pytest.mark.slow
def test_ranks_kept_apart_train_what_other_ranks_train(make_experiment: Any, make_spec: Any, engine: Any) -> None:
    """With nothing but an own metric more; weights, scores, history and predictions have the same bits."""
    plain = make_experiment("plain", seeds=(0,))
    entry = next(iter(plain.metrics.values()))
    metrics = {**plain.metrics, "share": entry.model_copy(update={"name": "spy.py:Share", "args": {}})}
    own = plain.model_copy(update={"name": "own", "metrics": metrics})
    spec = make_spec(plain, own)
    (spec.folder / "spy.py").write_text(SPY)
    records = {record.experiment: record for record in run_plan(make_plan(spec), engine=engine, how=TWO)}
    assert {record.state for record in records.values()} == {"done"}, records["own"].reason
    one, other = records["plain"], records["own"]
    assert one.weights_sha256 == other.weights_sha256
    for view in ("train", "validation", "test"):
        scores = one.metrics["digit"][view].values
        own_scores = dict(other.metrics["digit"][view].values)
        assert own_scores.pop("share") == pytest.approx(scores["Accuracy"], abs=1e-3)
        assert own_scores == scores

    def without_share(points: Any) -> list[dict[str, float]]:
        return [{k: v for k, v in point.values.items() if not k.endswith("share")} for point in points]

    assert without_share(other.history) == without_share(one.history)
    assert without_share(other.sealed) == without_share(one.sealed)
    assert other.training_path == one.training_path == "plain"
