"""Own code that sleeps for ever is ended: its run fails and says so, the others go on."""

from pathlib import Path

import pytest

import repro
from repro.runs.engine.fork_server import CAN_FORK
from repro.runs.forecast.probes import probe_all
from repro.runs.make_plan import make_plan
from repro.runs.run import RunRefused, run_plan

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="own code is ended where processes can fork")

LIMIT = 3

SPEC = """
paper: {title: Own code that sleeps, authors: [A. Student], year: 2024}
question: When does it end?
dataset: {name: DATASET}
labels: LABELS
splits: {train: 300, validation: 100, test: 200}
architecture: {net: [Flatten, Linear: {out_features: classes}]}
optimizer: {Adam: {lr: 1e-2}}
loss: CrossEntropyLoss
metric: Accuracy
training: {batch_size: 50, steps: 200, evaluate_every: 100 steps, stall_limit: 3 seconds}
seeds: [0]
baseline: plain
experiments:
  plain: {}
  sleeps: {CHANGES}
MORE"""

LAYER = """
import time, torch
class Slow(torch.nn.Module):
    def forward(self, x):
        time.sleep(0.02)
        return x
class Sleeps(torch.nn.Module):
    '''It trains for more steps than a short form has, and then no more.'''
    def __init__(self):
        super().__init__()
        self.steps = 0
    def forward(self, x):
        self.steps += self.training
        time.sleep(600 * (self.steps > 100))
        return x
"""

SLOW = "  slow: {architecture.net: [Flatten, 'own.py:Slow', Linear: {out_features: classes}]}\n"

METRIC = """
import time, torch
class Sleeps:
    higher_is_better = True
    def reset(self): self.rows = 0
    __init__ = reset
    def to(self, device): return self
    def update(self, output, target): self.rows += len(target)
    def compute(self):
        time.sleep(600 * (self.rows == 200))  # all test items, which a short form does not have
        return torch.tensor(0.5)
"""

DATA = """
import time
class Sleeps:
    def __init__(self, **_):
        time.sleep(600)
"""

IMPORT = """
import time, torch
time.sleep(600)
class Sleeps(torch.nn.Identity): pass
"""

FEATURE = """
import time
class Sleeps:
    def __call__(self, values):
        time.sleep(600)
        return values
"""


def study(folder: Path, changes: str, code: str, *, dataset: str = "digits", more: str = "") -> repro.Study:
    folder.mkdir(exist_ok=True)
    labels = "digit" if dataset == "digits" else "{digit: {column: digit, kind: class}}"
    text = SPEC.replace("DATASET", dataset).replace("CHANGES", changes).replace("LABELS", labels).replace("MORE", more)
    (folder / "paper.yaml").write_text(text)
    (folder / "own.py").write_text(code)
    return repro.load(folder)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ("architecture.net: [Flatten, 'own.py:Sleeps', Linear: {out_features: classes}]", LAYER),
        ("metric: {own: 'own.py:Sleeps', acc: Accuracy}", METRIC),
    ],
    ids=["layer", "metric"],
)
def test_a_run_that_sleeps_fails_and_the_others_go_on(changes, code, tmp_path, engine):
    made = study(tmp_path / "study", changes, code, more=SLOW if code == LAYER else "")
    records = {record.experiment: record for record in run_plan(make_plan(made.spec), engine=engine)}
    assert records["plain"].state == "done"
    if code == LAYER:
        assert records["slow"].state == "done"
        assert records["slow"].timings.fit > LIMIT, "it took longer than the limit, and showed progress"
    assert records["sleeps"].state == "failed"
    assert records["sleeps"].reason.startswith(
        "Stalled: own code (own.py) showed no progress for 3 seconds and was ended; if it needs longer, write training"
    )


@pytest.mark.parametrize(
    ("changes", "code", "dataset"),
    [
        ("architecture.net: [Flatten, 'own.py:Sleeps', Linear: {out_features: classes}]", IMPORT, "digits"),
        ("features: ['own.py:Sleeps']", FEATURE, "digits"),
        ("metric: 'own.py:Sleeps'", IMPORT, "digits"),
        ("seeds: [1]", DATA, "own.py:Sleeps"),
    ],
    ids=["import", "feature", "import of a metric", "data set"],
)
def test_what_sleeps_before_anything_trains_is_refused(changes, code, dataset, tmp_path, engine):
    made = study(tmp_path / "study", changes, code, dataset=dataset)
    with pytest.raises(RunRefused, match=r"own code \(own\.py\) showed no progress for 3 seconds and was ended"):
        run_plan(make_plan(made.spec), engine=engine)
    assert not list((tmp_path / "study").rglob("*.json")), "nothing was trained"


def test_a_plan_says_which_experiment_sleeps(tmp_path):
    changes = "architecture.net: [Flatten, 'own.py:Sleeps', Linear: {out_features: classes}]"
    made = study(tmp_path / "study", changes, LAYER.replace("100", "24"))  # a busy machine has no time for a hundred
    probes = probe_all(make_plan(made.spec), lambda _: None, jobs=1)
    assert list(probes.found) == ["plain"]
    assert "own code (own.py) showed no progress for 3 seconds" in probes.failed["sleeps"]


def test_the_limit_is_in_no_identity(tmp_path):
    made = study(tmp_path / "study", "seeds: [1]", LAYER)
    longer = repro.load(tmp_path / "study", changes=("training.stall_limit=2 hours",))
    assert made.experiment("plain").training.stall_limit == LIMIT
    assert longer.experiment("plain").training.stall_limit == 7200
    one, other = ([run.identity for run in make_plan(study.spec).runs] for study in (made, longer))
    assert one == other
