"""A study that trains in seconds, a W&B server on loopback, and the command line as a user starts it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))
from wandb_server import CANARY, Wandb

SPEC = """\
paper: {title: "Digits <b>by</b> nets", authors: [A. Student], year: 2024}
question: Does a hidden layer help?
dataset: {name: digits}
labels: digit
splits: {train: 700, validation: 200, test: 300, seed: 0}
architecture:
  line: [Flatten, Linear: {out_features: classes}]
  net: [Flatten, Linear: {out_features: 64}, ReLU, Dropout: {p: 0.2}, Linear: {out_features: classes}]
optimizer: {Adam: {lr: 1e-2}}
scheduler: {StepLR: {step_size: 5, gamma: 0.5, every: epoch}}
loss: CrossEntropyLoss
metric: Accuracy
training:
  batch_size: 50
  steps: STEPS
  evaluate_every: EVERY steps
  select: best_validation
  checkpoint_every: 200 steps
seeds: [0, 1]
baseline: line
experiments: {line: {model: line}, net: {model: net}}
reported:
  - {where: Table 1, metric: Accuracy, unit: percent, values: {line: 90, net: 95.1}}
claims:
  - {method: net, other: line, by: 1, metric: Accuracy, where: Table 1}
"""

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def server() -> Iterator[Wandb]:
    made = Wandb()
    yield made
    made.close()


def study_in(folder: Path, *, steps: int = 200, every: int = 20, more: str = "") -> Path:
    folder.mkdir()
    text = SPEC.replace("STEPS", str(steps)).replace("EVERY", str(every)) + more
    (folder / "paper.yaml").write_text(text)
    return folder


@pytest.fixture
def make_study(tmp_path: Path) -> Callable[..., Path]:
    return lambda name="digits-study", **how: study_in(tmp_path / name, **how)


@pytest.fixture(scope="session")
def offline_study(
    tmp_path_factory: pytest.TempPathFactory, environment: Callable[..., dict[str, str]], repro: Command
) -> tuple[Path, str]:
    """A study that was run with ``--wandb offline``, and what was printed."""
    study = study_in(tmp_path_factory.mktemp("offline") / "digits-study")
    done = repro("run", study, "--wandb", "offline", env=environment())
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return study, done.stdout


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., dict[str, str]]:
    """A user's environment: a home of its own, no W&B settings but those of ``server``, with a key."""

    home = tmp_path_factory.mktemp("home")

    def make(server: Wandb | None = None, **further: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("WANDB_", "XDG_"))}
        own = {"HOME": str(home), "COLUMNS": "200"}
        online = {} if server is None else {"WANDB_BASE_URL": server.url, "WANDB_API_KEY": CANARY}
        return {**kept, **own, **online, **further}

    return make


@pytest.fixture(scope="session")
def repro() -> Command:
    def run(*words: object, env: dict[str, str], timeout: float = 240) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "repro", *map(str, words)]
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=timeout, check=False)

    return run
