"""What workers had in the folder for temporary files is removed, also where they were killed."""

import json
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path
from typing import Any

import psutil
import pytest

from repro.disk.temporary import PREFIXES, sweep
from repro.runs.engine.fork_server import CAN_FORK
from repro.runs.engine.local import LocalEngine
from repro.runs.events import Progress
from repro.runs.make_plan import make_plan
from repro.runs.run import run_plan

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="own code is kept apart where processes can fork")

OWN = "import torch\nclass Same(torch.nn.Identity): pass\n"


def left(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir() if path.name.startswith((*PREFIXES, "repro-worker")))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "t"
    made.mkdir()
    monkeypatch.setenv("TMPDIR", str(made))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return made


SPEC = """\
paper: {title: One long run, authors: [Somebody], year: 2024}
question: Does a worker that is killed leave anything?
dataset: {name: digits, why: "It comes with a package."}
labels: digit
splits: {train: 1000, test: 797, group: none, why: "Nobody knows who wrote them."}
architecture: {net: [Flatten, "own.py:Same", Linear: {out_features: classes}]}
optimizer: {SGD: {lr: 0.01}}
loss: CrossEntropyLoss
metric: Accuracy
training: {batch_size: 100, steps: 50000}
seeds: [0]
baseline: net
experiments: {net: {model: net}}
"""
KILLED = """
    import json
    import os
    import signal
    import sys
    from repro.runs.engine.local import LocalEngine
    from repro.runs.events import Progress
    from repro.runs.make_plan import make_plan
    from repro.runs.run import run_plan
    from repro.spec.load import load_spec
    if __name__ == "__main__":
        seen = []
        def kill(event):
            if isinstance(event, Progress) and not seen:
                seen.extend(os.listdir(os.environ["TMPDIR"]))
                os.kill(engine.workers[0].process.pid, signal.SIGKILL)
        with LocalEngine(1) as engine:
            (record,) = run_plan(make_plan(load_spec(sys.argv[1])), engine=engine, on_event=kill)
        print(json.dumps({"seen": seen, "state": record.state}))
"""


@pytest.mark.slow
def test_a_killed_worker_leaves_nothing(place: Path, tmp_path: Path) -> None:
    """In a process of its own: the server that workers come from keeps the folder for temporary files it began with."""
    folder = tmp_path / "long"
    folder.mkdir()
    (folder / "paper.yaml").write_text(SPEC)
    (folder / "own.py").write_text(OWN)
    (tmp_path / "killed.py").write_text(textwrap.dedent(KILLED))
    done = subprocess.run(
        [sys.executable, tmp_path / "killed.py", folder], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["state"] == "failed"
    assert any(name.startswith("repro-own-") for name in told["seen"])
    assert left(place) == []


def test_an_engine_that_is_killed_leaves_what_the_next_one_removes(place: Path) -> None:
    program = """
        import sys
        from repro.runs.engine.local import LocalEngine
        if __name__ == "__main__":
            with LocalEngine(1) as engine:
                engine.start()
                print(engine.workers[0].process.pid, flush=True)
                sys.stdin.read()
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        worker = psutil.Process(int(process.stdout.readline()))
        assert len(left(place)) == 1
        process.kill()
    psutil.wait_procs([worker], timeout=60)
    assert len(left(place)) == 1
    with LocalEngine(1):
        assert left(place) == []
    sweep()


def test_without_own_code_no_child_is_started(make_experiment: Any, make_spec: Any, engine: LocalEngine) -> None:
    """The server for children is there and does nothing."""
    seen: list[int] = []

    def look(event: object) -> None:
        if isinstance(event, Progress):
            for worker in engine.workers:
                servers = psutil.Process(worker.process.pid).children()
                seen.extend(len(server.children()) for server in servers)

    plan = make_plan(make_spec(make_experiment("plain", training={"steps": 2000}, seeds=(0,))))
    (record,) = run_plan(plan, engine=engine, on_event=look)
    assert record.state == "done"
    assert seen, "the server is looked at"
    assert max(seen) == 0
