"""Files that own code names are part of a run's identity: weights, tables, whatever it reads from the folder."""

from pathlib import Path

import pytest

from repro.data.own_code import code_sha256
from repro.data.own_reads import files_read
from repro.runs.failed_record import Context, failed_record
from repro.runs.ledger import Ledger
from repro.runs.make_plan import make_plan
from repro.runs.record import Environment
from repro.runs.status import why_stale
from repro.spec.load import load_spec

SPEC = """paper: {title: Digits, authors: [A B], year: 2024}
question: Can it be told?
dataset: digits
labels: digit
splits: {from: all, train: 200, test: 100}
architecture:
  own: ["model.py:Net"]
  flat: [Flatten, Linear: {out_features: classes}]
optimizer: {Adam: {lr: 1e-2}}
loss: CrossEntropyLoss
metric: Accuracy
training: {batch_size: 50, steps: 4, select: last}
seeds: [0]
baseline: flat
experiments:
  flat: {model: flat}
  own: {model: own}
reported:
  - {where: "Table 1", metric: Accuracy, unit: percent, values: {flat: 50, own: 60}}
sources: {guess: [architecture, optimizer, training, seeds]}
"""
CODE = """from pathlib import Path
import torch
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        here = Path(__file__).parent
        self.inside = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 10))
        self.scale = float(READ)
    def forward(self, x):
        return self.inside(x) * self.scale
"""
WAYS = {
    "by name": ('(here / "scale.txt").read_text()', "scale.txt"),
    "by a path": ('open("/".join([str(here), "tables/scale.txt"])).read()', "tables/scale.txt"),
    "by its folder": ('next((here / "tables").iterdir()).read_text()', "tables/scale.txt"),
    "in a folder": ('(here / "tables" / "scale.txt").read_text()', "tables/scale.txt"),
    "by its ending": ('(here / f"sca{chr(108)}e.txt").read_text()', "scale.txt"),
    "by a pattern": ('next(here.glob("*.txt")).read_text()', "scale.txt"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "paper.yaml").write_text(SPEC)
    (tmp_path / "tables").mkdir()
    return tmp_path


@pytest.mark.parametrize("way", WAYS)
def test_another_content_is_another_run_of_what_reads_it_alone(folder, way):
    read, name = WAYS[way]
    (folder / "model.py").write_text(CODE.replace("READ", read))
    (folder / name).write_text("1.0")
    (folder / "notes.pdf").write_text("nobody reads this")
    before = {run.experiment.name: run.identity for run in make_plan(load_spec(folder)).runs}
    (folder / "notes.pdf").write_text("nobody")
    assert {run.experiment.name: run.identity for run in make_plan(load_spec(folder)).runs} == before
    (folder / name).write_text("2.0")
    after = {run.experiment.name: run.identity for run in make_plan(load_spec(folder)).runs}
    assert after["flat"] == before["flat"]
    assert after["own"] != before["own"]
    assert list(files_read(folder, ["model.py"])) == [name]


def test_a_stale_record_says_which_file_changed(folder):
    (folder / "model.py").write_text(CODE.replace("READ", '(here / "scale.txt").read_text()'))
    (folder / "scale.txt").write_text("1.0")
    plan = make_plan(load_spec(folder))
    (run,) = [run for run in plan.runs if run.experiment.name == "own"]
    code = code_sha256(folder, ["model.py"])
    context = Context(plan.spec.name, plan.terms, "full", folder)
    where = Environment(
        device="made", accelerator="cpu", threads=1, precision="32-true", deterministic=True, python="3.11",
        platform="made", capability="AVX2", versions={},
    )  # fmt: skip
    failed = failed_record(run, context, "diverged", where, 1.0)
    record = failed.model_copy(update={"code_sha256": code}).sealed_with_hash()
    Ledger(folder, "runs").write(run, "full", record, None)
    (folder / "scale.txt").write_text("2.0")
    (run,) = [run for run in make_plan(load_spec(folder)).runs if run.experiment.name == "own"]
    assert Ledger(folder, "runs").answer(run) is None
    assert why_stale(record, run, folder) == "a file that its own code names has changed since (scale.txt)"


def test_what_this_program_writes_and_data_sets_hold_is_not_read(folder):
    (folder / "model.py").write_text(CODE.replace("READ", '(here / "scale.txt").read_text()'))
    for name in ("runs", "results", "recordings"):
        (folder / name).mkdir()
        (folder / name / "scale.txt").write_text("1.0")
    assert files_read(folder, ["model.py"], without=["recordings/"]) == {}


def test_a_link_out_of_the_folder_is_not_followed(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("other") / "scale.txt"
    other.write_text("secret")
    (folder / "model.py").write_text(CODE.replace("READ", '(here / "scale.txt").read_text()'))
    (folder / "scale.txt").symlink_to(other)
    assert files_read(folder, ["model.py"]) == {}


@pytest.mark.parametrize(
    "code",
    [
        'Path(__file__).with_name("scale.txt").touch()',
        'open(Path(__file__).with_name("scale.txt"), "w").write("1")',
        '(Path(__file__).parent / "scale.txt").open(mode="a").write("1")',
        'np.savetxt(Path(__file__).with_name("scale.txt"), [1.0])',
        '(Path(__file__).parent / "scale.txt").write_text("1")',
    ],
)
def test_what_own_code_only_writes_is_no_part_of_it(folder, code):
    """A log that own code leaves in the folder would make every record of it stale."""
    (folder / "model.py").write_text(f"from pathlib import Path\nimport numpy as np\n{code}\n")
    (folder / "scale.txt").write_text("1")
    assert files_read(folder, ["model.py"]) == {}
    (folder / "model.py").write_text(
        f'from pathlib import Path\nimport numpy as np\n{code}\nopen("scale.txt").read()\n'
    )
    assert list(files_read(folder, ["model.py"])) == ["scale.txt"]
