"""``repro check``, seen from outside."""

import subprocess
import sys
from pathlib import Path

SPEC = """\
paper: {{title: Digits, authors: [A], year: 2024}}
question: Which is better?
dataset: {{name: digits}}
splits: {{train: 1000, test: rest}}
architecture:
  net: [Flatten, Linear: {{out_features: classes, name: out}}]
weights: {{all: {{bias: 0}}, {selector}: {{weight: 0.1}}}}
optimizer: {optimizer}
loss: CrossEntropyLoss
metric: Accuracy
training: {{batch_size: 50, epochs: 1}}
seeds: [0, 1, 2]
baseline: net
experiments:
  net: {{model: net}}
"""


def check(*paths: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "repro", "check", *paths], cwd=cwd, capture_output=True, text=True)


def write(folder: Path, selector: str = "out", optimizer: str = "{Adam: {lr: 1e-3}}") -> None:
    folder.mkdir()
    (folder / "paper.yaml").write_text(SPEC.format(selector=selector, optimizer=optimizer))


def test_problems_are_counted_and_exit_with_1(tmp_path: Path) -> None:
    write(tmp_path / "good")
    write(tmp_path / "bad", optimizer="{Adm: {lr: 1e-3}}")
    done = check("good", "bad", "nowhere", cwd=tmp_path)
    assert done.returncode == 1
    assert "good: fine. 1 experiment" in done.stdout
    assert "bad/paper.yaml:8:13: optimizer.Adm: unknown optimizer 'Adm'; did you mean 'Adam'?" in done.stdout
    assert "nowhere" in done.stdout
    assert "3 checked, 2 with problems: 2 problems in all" in done.stdout
    assert done.stderr == ""


def test_problems_of_one_spec_are_counted_too(tmp_path: Path) -> None:
    write(tmp_path / "bad", optimizer="{Adm: {lr: 1e-3}}")
    text = (tmp_path / "bad/paper.yaml").read_text()
    (tmp_path / "bad/paper.yaml").write_text(text.replace("Flatten", "Flaten"))
    assert "1 checked, 1 with problems: 2 problems in all" in check("bad", cwd=tmp_path).stdout


def test_a_line_of_weights_that_names_nothing_is_a_problem(tmp_path: Path) -> None:
    write(tmp_path / "x", selector="conv9")
    done = check("x", cwd=tmp_path)
    assert done.returncode == 1
    assert "x/paper.yaml:7:" in done.stdout
    assert "weights.conv9" in done.stdout


def test_nothing_of_the_folder_is_executed(tmp_path: Path) -> None:
    write(tmp_path / "x")
    text = (tmp_path / "x/paper.yaml").read_text().replace("[Flatten, ", "[Flatten, model.py:Trap, ")
    (tmp_path / "x/paper.yaml").write_text(text)
    (tmp_path / "x/model.py").write_text(
        "from pathlib import Path\nPath('sprung').write_text('')\n"
        "from torch import nn\nclass Trap(nn.Module):\n    pass\n"
    )
    assert check("x", cwd=tmp_path).returncode == 0
    assert not (tmp_path / "sprung").exists()
