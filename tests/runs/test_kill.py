"""Real kills: of a worker, of the engine's process, and Ctrl-C."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from repro.runs.engine.local import describe_exit
from repro.runs.events import Failed, Progress, Started
from repro.runs.ledger import Ledger
from repro.runs.make_plan import make_plan
from repro.runs.run import run_plan
from repro.spec.experiment import Duration

LONG = {"steps": 10**7, "evaluate_every": Duration(number=1000, unit="steps")}  # as many looks as may be


def test_a_killed_worker_fails_its_run_and_is_replaced(make_experiment, make_spec, engine):
    spec = make_spec(make_experiment("short", seeds=(0, 1)), make_experiment("long", training=LONG, seeds=(0,)))
    plan = make_plan(spec)
    events = []

    def kill_long(event):
        events.append(event)
        if isinstance(event, Progress) and event.run.experiment.name == "long" and not killed:
            worker = next(e.worker for e in events if isinstance(e, Started) and e.run == event.run)
            killed.append(engine.workers[worker].process.pid)
            engine.workers[worker].process.kill()

    killed: list[int] = []
    by_name = {(r.experiment, r.seed): r for r in run_plan(plan, engine=engine, on_event=kill_long)}
    assert by_name["short", 0].state == by_name["short", 1].state == "done"
    long = by_name["long", 0]
    assert long.state == "failed"
    assert long.reason.startswith("the worker process ended: killed by SIGKILL" if os.name == "posix" else "the worker")
    assert long.environment.threads == 1
    assert long.is_intact()
    assert len([e for e in events if isinstance(e, Failed)]) == 1
    assert len(engine.workers) == 2
    assert all(w.process.is_alive() for w in engine.workers)
    assert killed[0] not in [w.process.pid for w in engine.workers]
    again = make_plan(make_spec(make_experiment("short", training={"steps": 30})))
    assert [r.state for r in run_plan(again, engine=engine)] == ["done", "done"]


SCRIPT = """
import sys
from pathlib import Path
sys.path.insert(0, {here!r})
from conftest import experiment, layer, model
from repro.runs.make_plan import make_plan
from repro.runs.run import run_plan
from repro.spec.experiment import Duration
from repro.spec.spec import Spec, Work

folder = Path({folder!r})
short = experiment("short", seeds=(0,))
net = model(layer("Flatten"), layer("Linear", out_features="classes"), layer("model.py:FallsAsleep"))
endless = {{"steps": 10**7, "evaluate_every": Duration(number=1000, unit="steps")}}
long = experiment("long", model=net, training=endless, seeds=(0, 1))
spec = Spec(kind="paper", path=folder / "paper.yaml", work=Work(title="t"), question="q", baseline="long",
            experiments={{"short": short, "long": long}})
def say(event):
    name = type(event).__name__
    left = [run.id[:10] for run in event.left] if name == "Interrupted" else ""
    print(name, getattr(getattr(event, "run", None), "seed", ""), getattr(event, "finished", ""), left, flush=True)
records = run_plan(make_plan(spec), jobs=1, on_event=say)
print("returned", [r.experiment for r in records], flush=True)
"""

MODEL = """
import time
from pathlib import Path
import torch

class FallsAsleep(torch.nn.Module):
    def forward(self, x):
        if (Path(__file__).parent / "sleep").exists():
            time.sleep(600)
        return x
"""


def hear_ctrl_c() -> None:
    """A shell that starts tests in the background has them ignore Ctrl-C, and their children with them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture(scope="module")
def training(tmp_path_factory):
    """Two processes in the middle of a plan, each with its worker: ``(process, workers, folder)``.

    The run sleeps once a file called ``sleep`` is there, so that a worker cannot notice by a pipe that broke.

    The script has no ``__main__`` guard, like a notebook. Both start at once, because their imports take seconds.
    """
    made = []
    for name in ("killed", "interrupted"):
        folder = tmp_path_factory.mktemp(name)
        script = folder / "go.py"
        (folder / "model.py").write_text(MODEL)
        script.write_text(SCRIPT.format(here=str(Path(__file__).parent), folder=str(folder)))
        command = [sys.executable, str(script)]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, start_new_session=True, preexec_fn=hear_ctrl_c
        )
        made.append((process, folder))
    running = {}
    for process, folder in made:
        assert process.stdout is not None
        finished = False
        for line in process.stdout:
            finished = finished or line.startswith("Finished")
            if finished and line.startswith("Progress"):
                break
        else:
            pytest.fail("it never trained")
        running[folder.name[:-1]] = (process, psutil.Process(process.pid).children(recursive=True), folder)
    yield running
    for process, _ in made:
        process.kill()
        process.communicate()


def gone(processes, seconds):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in processes):
            return True
        time.sleep(0.05)
    return False


def test_workers_end_when_the_engine_is_killed(training):
    process, workers, folder = training["killed"]
    assert workers
    (folder / "sleep").touch()
    time.sleep(1)  # it is silent by now
    process.kill()
    assert gone(workers, 120)
    assert [r.experiment for r in Ledger(folder, "runs").records] == ["short"]


@pytest.mark.skipif(os.name != "posix", reason="sends POSIX signals")
def test_ctrl_c_keeps_what_is_finished_and_says_what_is_left(training):
    process, workers, folder = training["interrupted"]
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the whole group
    said, _ = process.communicate(timeout=300)  # training would go on for hours; a busy machine is slow to tell
    assert process.returncode == 0
    assert said.splitlines()[-2:] == ["Interrupted  1 ['long-seed0', 'long-seed1']", "returned ['short']"]
    assert gone(workers, 120)
    assert [(r.experiment, r.state) for r in Ledger(folder, "runs").records] == [("short", "done")]
    assert not list(folder.rglob("*.tmp"))


def test_workers_that_cannot_start_are_an_error_and_no_endless_loop(tmp_path):
    (tmp_path / "torchmetrics.py").write_text("raise ImportError('no such library here')\n")
    code = (
        "from repro.runs.engine.engine import EngineError\nfrom repro.runs.engine.local import LocalEngine\n"
        "from repro.runs.signals import StopRequest\n"
        "try:\n    with LocalEngine(1) as engine: list(engine.work([object()], StopRequest()))\n"
        "except EngineError as error: print('said:', error)\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=300)
    assert "said: a worker cannot start (exit code 1): " in done.stdout, done.stderr
    assert "no such library here" in done.stdout
    assert done.stderr == ""


def test_ends_in_words():
    assert describe_exit(3) == "exit code 3"
    if os.name == "posix":
        assert describe_exit(-9) == "killed by SIGKILL; the system does this when memory runs out"
        assert describe_exit(-11) == "killed by SIGSEGV"
