"""Children of a worker: what they say, how they end, and that nothing of theirs is executed."""

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import psutil
import pytest

from repro.runs.engine.fork_server import CAN_FORK

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="children are forked")

PREFIX = """
import os, signal, sys, time, threading
import torch
from repro.data.data_error import DataError
from repro.runs.engine.child import Child, ChildEnded, OwnCodeRaised, main, reason_of
from repro.runs.engine.fork_server import ForkServer
from repro.spec.place import Place
from repro.spec.problem import Problem, SpecError
from repro.training.stop import StopFlag, Stopped

def twice(channel, tensor): return {"tensor": 2 * tensor, "pid": os.getpid()}
def asks(channel): return channel.ask("number", 20) + 1
def tells(channel):
    channel.tell("step", (1, {"loss": float("nan")}))
    return None
def spec(channel): raise SpecError([Problem(Place("x.yaml", 3, 4), "loss.A", "wrong")])
def data(channel): raise DataError("no data")
def other(channel): raise ZeroDivisionError("a  b")
def ends(channel, code): os._exit(code)
def killed(channel): os.kill(os.getpid(), signal.SIGKILL)
def harm(channel, path):
    class Harm:
        def __reduce__(self): return (os.mkdir, (path,))
    channel._connection.send(Harm())
    time.sleep(60)
def stops(channel):
    while not channel.stop.is_set: time.sleep(0.01)
    raise Stopped(7, kept=True)
def sleeps(channel):
    channel.tell("pid", os.getpid())
    time.sleep(600)

server = ForkServer(main)
def result(function, *args, **more):
    with Child(server, function, *args) as child:
        return child.result(**more)
"""


def run(text: str, *args: str) -> subprocess.CompletedProcess[str]:
    program = PREFIX + textwrap.dedent(text)
    return subprocess.run([sys.executable, "-c", program, *args], capture_output=True, text=True, timeout=300)


def test_what_children_say_and_how_they_end(tmp_path: Path) -> None:
    done = run(
        """
        tensor = torch.arange(3.0)
        view = tensor.numpy()
        made = result(twice, tensor)
        assert made["tensor"].tolist() == [0, 2, 4] and made["pid"] not in (os.getpid(), server.pid)
        assert view.tolist() == [0, 1, 2] and not tensor.is_shared()
        assert result(asks, answer=lambda kind, value: value * 2) == 41
        heard = []
        result(tells, answer=lambda kind, value: heard.append((kind, value)))
        assert heard[0][0] == "step" and heard[0][1][0] == 1 and heard[0][1][1]["loss"] != heard[0][1][1]["loss"]

        def raised(function, *args, **more):
            try: result(function, *args, **more)
            except BaseException as error: return error
            raise AssertionError

        assert str(raised(spec)) == "x.yaml:3:4: loss.A: wrong" and isinstance(raised(spec), SpecError)
        assert str(raised(data)) == "no data" and isinstance(raised(data), DataError)
        assert reason_of(raised(other)) == "ZeroDivisionError: a b"
        assert [raised(ends, code).code for code in (0, 3)] == [0, 3] and raised(killed).code == -9
        assert isinstance(raised(harm, sys.argv[1]), (ValueError, OSError, ChildEnded))
        stop = StopFlag(); stop.set()
        assert raised(stops, stop=stop).step == 7
        server.close()
        """,
        str(tmp_path / "harm"),
    )
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize("how", ["the block ends", "the worker is killed"])
def test_no_child_outlives_its_worker(how: str) -> None:
    program = PREFIX + textwrap.dedent("""
        def leave(kind, value):
            print(value, server.pid, flush=True)
            if sys.argv[1] == "the block ends": raise KeyError
            time.sleep(600)
        try: result(sleeps, answer=leave)
        except KeyError: print("left", flush=True); sys.stdin.read()
    """)
    with subprocess.Popen(
        [sys.executable, "-c", program, how], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdout is not None
        child, server = (psutil.Process(int(pid)) for pid in worker.stdout.readline().split())
        if how == "the block ends":
            assert worker.stdout.readline() == "left\n"
            _ended(child)
            assert server.is_running()
        worker.kill()
        for process in (child, server):
            _ended(process)


def test_a_worker_ends_as_its_child_did() -> None:
    for code in (0, 5, -signal.SIGKILL):
        done = run(f"ChildEnded({code}).end_alike()")
        assert done.returncode == code


def _ended(process: psutil.Process) -> None:
    """Wait until a process is gone; one that nobody has fetched yet counts as gone."""
    with contextlib.suppress(psutil.NoSuchProcess):
        while process.status() != psutil.STATUS_ZOMBIE:
            with contextlib.suppress(psutil.TimeoutExpired):
                process.wait(0.05)
    assert os.getpid() != process.pid
