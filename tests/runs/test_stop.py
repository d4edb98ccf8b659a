"""Signals set a flag and nothing else; a run saves at its next step edge, and the same command goes on from there."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from kills import outcome
from recipes import make
from typer.testing import CliRunner

from repro.cli.main import app
from repro.runs.events import Finished, Interrupted, Progress
from repro.runs.ledger import Ledger
from repro.runs.make_plan import make_plan
from repro.runs.run import run_plan
from repro.runs.signals import listening
from repro.spec.experiment import Duration
from repro.spec.load import load_spec

LONG = {"steps": 10**7, "evaluate_every": Duration(number=1000, unit="steps")}  # as many looks as may be

pytestmark = pytest.mark.skipif(os.name != "posix", reason="sends POSIX signals")


def hear_ctrl_c():
    """A shell that starts tests in the background has them ignore Ctrl-C, and their children with them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture(scope="module")
def straight(tmp_path_factory, engine):
    """What the study leaves when nobody stops it."""
    study = make("own", tmp_path_factory.mktemp("straight") / "study", share=2.0)
    run_plan(make_plan(load_spec(study)), engine=engine)
    return outcome(study)


@pytest.mark.parametrize(
    "number",
    [
        signal.SIGINT,
        pytest.param(signal.SIGTERM, marks=pytest.mark.slow),
        pytest.param(signal.SIGUSR1, marks=pytest.mark.slow),
    ],
)
def test_a_signal_saves_and_the_same_command_goes_on(number, straight, tmp_path):
    study = make("own", tmp_path / "study", share=2.0)
    command = [sys.executable, "-m", "repro", "run", "--jobs", "1"]
    live = study / "runs/live"
    with subprocess.Popen(
        [*command, str(study)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=hear_ctrl_c
    ) as process:
        until = time.monotonic() + 120
        while not list(live.glob("*.checkpoint")) and time.monotonic() < until:
            time.sleep(0.01)
        process.send_signal(number)
        out, err = process.communicate(timeout=300)
    assert process.returncode == 128 + number, out + err
    assert err == ""
    assert "stopped: 0 finished runs kept, 1 left" in out
    assert "net seed 0 is saved at step" in out
    assert Ledger(study, "runs").records == ()
    assert "1 stopped" in CliRunner().invoke(app, ["status", str(study)]).output
    again = subprocess.run([*command, str(study)], capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    (record,) = Ledger(study, "runs").records
    assert record.resumed_from.startswith("checkpoint at step ")
    assert outcome(study) == straight


def test_a_worker_that_is_asked_by_itself_saves_too(make_experiment, make_spec, engine):
    """A scheduler sends its signal to every process of a job."""
    plan = make_plan(make_spec(make_experiment("long", training=LONG, seeds=(0,))))
    sent, events = [], []

    def listen(event):
        events.append(event)
        if isinstance(event, Progress) and event.step and not sent:
            sent.append(os.kill(next(w for w in engine.workers if w.ready).process.pid, signal.SIGTERM))
            os.kill(engine.workers[1].process.pid, signal.SIGTERM)

    run_plan(plan, engine=engine, on_event=listen)
    assert list((plan.spec.folder / "runs/live").glob("*.checkpoint"))
    assert not [e for e in events if isinstance(e, Finished)]


def test_a_stop_in_a_notebook_says_what_is_left(make_experiment, make_spec, engine):
    plan = make_plan(make_spec(make_experiment("long", training=LONG, seeds=(0, 1, 2))))
    events = []

    def listen(event):
        events.append(event)
        if isinstance(event, Progress) and event.step and not stopped:
            stopped.append(1)
            os.kill(os.getpid(), signal.SIGINT)

    stopped: list[int] = []
    before = signal.getsignal(signal.SIGINT)
    assert run_plan(plan, engine=engine, on_event=listen) == []
    assert signal.getsignal(signal.SIGINT) is before
    (said,) = [e for e in events if isinstance(e, Interrupted)]
    assert (said.signal, said.finished, len(said.left)) == (signal.SIGINT, 0, 3)
    assert 1 <= len(said.saved) <= 2
    assert all(step > 0 for step in said.saved.values())


def test_other_threads_hear_nothing():
    heard = []

    def look():
        with listening() as one:
            heard.append(signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)
            heard.append(one.is_set)

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert heard == [True, False]


def test_what_is_ignored_outside_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with listening() as heard:
            os.kill(os.getpid(), signal.SIGHUP)
            assert not heard.is_set
            os.kill(os.getpid(), signal.SIGUSR1)
            assert heard.signal == signal.SIGUSR1
            with pytest.raises(KeyboardInterrupt), heard.at_once():
                pass
    finally:
        signal.signal(signal.SIGHUP, before)


SERVER = """
import json, os, sys, time, psutil
from repro.runs.engine.local import LocalEngine
with LocalEngine(1) as engine:
    engine.start()
    engine.workers[0].hear()
    from multiprocessing import forkserver
    server = psutil.Process(forkserver._forkserver._forkserver_pid)
    worker = psutil.Process(engine.workers[0].process.pid)
    maps = {os.path.basename(m.path) for m in server.memory_maps() if m.path}
    print(json.dumps({"threads": server.num_threads(), "parent": worker.ppid() == server.pid,
                      "torch": any(m.startswith("libtorch_cpu") for m in maps),
                      "cuda": any(m.startswith("libcuda.so") for m in maps),
                      "stdout": os.readlink(f"/proc/{server.pid}/fd/1"), "session": os.getsid(worker.pid) == worker.pid,
                      "path": worker.environ().get("PYTHONSAFEPATH")}))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_the_fork_server_has_only_imported(tmp_path):
    """One thread, torch in memory, no CUDA driver opened, no hold of the terminal, no modules from where we stand."""
    (tmp_path / "torch.py").write_text("raise SystemExit('a stranger\\'s torch was imported')\n")
    (tmp_path / "go.py").write_text(SERVER)
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    ran = subprocess.run(
        [sys.executable, "-P", str(tmp_path / "go.py")], capture_output=True, text=True, cwd=tmp_path, env=environment
    )
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == {
        "threads": 1, "parent": True, "torch": True, "cuda": False, "stdout": "/dev/null", "session": True, "path": "1",
    }  # fmt: skip
