"""What workers had in the folder for temporary files is removed, also where they were killed."""

import os
import signal
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


@pytest.mark.slow
def test_a_killed_worker_leaves_nothing(place: Path, make_experiment: Any, make_layers: Any, make_spec: Any) -> None:
    net = make_layers(("Flatten", {}), ("own.py:Same", {}), ("Linear", {"out_features": "classes"}))
    spec = make_spec(make_experiment("long", model=net, training={"steps": 50_000}, seeds=(0,)))
    (spec.folder / "own.py").write_text(OWN)
    seen: list[str] = []

    def kill(event: object) -> None:
        if isinstance(event, Progress) and not seen:
            seen.extend(left(place))
            os.kill(engine.workers[0].process.pid or 0, signal.SIGKILL)

    with LocalEngine(1) as engine:
        (record,) = run_plan(make_plan(spec), engine=engine, on_event=kill)
    assert record.state == "failed"
    assert any(name.startswith("repro-own-") for name in seen)
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
