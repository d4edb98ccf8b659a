"""Runs on several devices through the engine: real processes, killed, failing, stopped."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from repro.runs.engine import rank_processes, several
from repro.runs.engine.world import World
from repro.runs.events import Progress
from repro.runs.make_plan import make_plan
from repro.runs.run import RunOptions, RunRefused, run_plan
from repro.spec.experiment import Duration
from repro.study import load

pytestmark = pytest.mark.skipif(os.name != "posix", reason="several devices need Linux or macOS")

TWO = RunOptions(devices=2, accelerator="cpu")
LONG = {"steps": 10**7, "evaluate_every": Duration(number=1000, unit="steps")}  # as many looks as may be
FAILS = """
import torch

class Fails(torch.nn.Module):
    def forward(self, x):
        if self.training and torch.distributed.is_initialized() and torch.distributed.get_rank() == 1:
            raise ValueError("rank 1 has had enough")
        return x
"""


def ranks_of(engine):
    """The rank processes below an engine's workers, in the order in which they were started."""
    below = [p for worker in engine.workers for p in psutil.Process(worker.process.pid).children(recursive=True)]
    below = [p for p in below if "repro.runs.engine.rank" in p.cmdline()]
    return sorted(below, key=lambda p: p.create_time())


@pytest.mark.parametrize("number", [1, pytest.param(0, marks=pytest.mark.slow)])
def test_a_killed_rank_fails_the_run_within_seconds_and_takes_the_others_along(
    number, make_experiment, make_spec, engine
):
    plan = make_plan(make_spec(make_experiment("long", training=LONG, seeds=(0,))))
    killed = []

    def kill(event):
        if isinstance(event, Progress) and not killed:
            both = ranks_of(engine)
            assert len(both) == 2
            killed.extend([time.monotonic(), *both])
            both[number].kill()

    (record,) = run_plan(plan, engine=engine, on_event=kill, how=TWO)
    began, *both = killed
    assert time.monotonic() - began < 300  # without the kill it would be days
    assert record.state == "failed"
    assert record.reason.startswith(f"RankEnded: rank {number} of 2 ended: killed by SIGKILL")
    assert record.environment.devices == 2
    assert record.training_path == "plain"
    assert not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in both)
    assert all(worker.process.is_alive() for worker in engine.workers)


@pytest.mark.slow
def test_an_error_on_another_rank_is_the_reason(make_experiment, make_spec, make_layers, engine):
    net = make_layers(("Flatten", {}), ("Linear", {"out_features": "classes"}), ("model.py:Fails", {}))
    spec = make_spec(make_experiment("fails", model=net, seeds=(0,)))
    (spec.folder / "model.py").write_text(FAILS)
    (record,) = run_plan(make_plan(spec), engine=engine, how=TWO)
    assert record.reason == "RankEnded: rank 1 of 2: ValueError: rank 1 has had enough"


@pytest.mark.slow
def test_a_stopped_run_goes_on_from_its_checkpoint(make_experiment, make_spec, engine):
    plan = make_plan(make_spec(make_experiment("stopped", training={"steps": 200}, seeds=(0,))))
    said, asked = [], []

    def stop(event):
        said.append(event)
        if isinstance(event, Progress) and event.step and not asked:  # a second signal would end it as it is
            asked.append(event.step)
            os.kill(os.getpid(), signal.SIGINT)

    assert run_plan(plan, engine=engine, on_event=stop, how=TWO) == []
    assert said[-1].saved[plan.runs[0]] < 200
    (record,) = run_plan(plan, engine=engine, how=TWO)
    assert (record.state, record.steps, record.environment.devices) == ("done", 200, 2)
    assert record.resumed_from == f"checkpoint at step {said[-1].saved[plan.runs[0]]}"
    (unbroken,) = run_plan(plan, engine=engine, how=RunOptions(devices=2, accelerator="cpu", force=True))
    assert unbroken.resumed_from is None
    assert unbroken.weights_sha256 == record.weights_sha256


def test_devices_that_are_not_there_are_refused(make_experiment, make_spec, engine, monkeypatch):
    plan = make_plan(make_spec(make_experiment("short", seeds=(0,))))
    with pytest.raises(RunRefused, match="accelerator mps was asked for"):
        run_plan(plan, engine=engine, how=RunOptions(devices=2, accelerator="mps"))


def test_as_many_processes_as_were_asked_for(make_experiment, make_spec):
    class Task:
        run = make_plan(make_spec(make_experiment("short"))).runs[0]

        class study:
            devices, nodes = 2, 2

    with pytest.raises(
        several.WrongWorld, match="3 processes were started, but 2 devices on each of 2 machines need 4"
    ):
        several.fit_as_rank(Task, World(0, 3, 0, "env://"), None, None)
    with pytest.raises(several.WrongWorld, match="2 machines need 4 processes, started by srun or torchrun"):
        several.fit_on_several(Task, None, None, None)


@pytest.mark.parametrize(
    ("seen", "own"), [(None, ["0", "1"]), ("", ["", ""]), ("GPU-a, GPU-b", ["GPU-a", "GPU-b"]), ("3", ["3", ""])]
)
def test_each_rank_sees_one_gpu(seen, own, monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if seen is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", seen)
    assert [rank_processes.gpu_of(number) for number in range(2)] == own


@pytest.mark.parametrize(
    "agents", [pytest.param(2, marks=pytest.mark.slow), pytest.param(1, marks=pytest.mark.exhaustive)]
)
def test_ranks_that_torchrun_has_started(agents, make_experiment, tmp_path):
    """One machine with two devices, and two "machines" on this one with one device each."""
    folder = tmp_path / "x"
    folder.mkdir()
    (folder / "paper.yaml").write_text(SPEC)
    run_id = load(folder).plan.runs[0].id
    how = ["--worker", run_id, "--devices", str(2 // agents), "--nodes", str(agents)]
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", str(2 // agents)]
    port = str(29500 + os.getpid() % 1000)
    meet = ["--standalone"] if agents == 1 else ["--nnodes", "2", "--rdzv-backend", "c10d", "--rdzv-endpoint"]
    meet += [f"127.0.0.1:{port}", "--local-addr", "127.0.0.1"] if agents == 2 else []
    command = [*torchrun, *meet, "-m", "repro", "run", "x", *how]
    started = [
        subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for _ in range(agents)
    ]
    try:
        said = [process.communicate(timeout=600)[0] for process in started]
    finally:
        for process in started:
            process.kill()
    assert [process.returncode for process in started] == [0] * agents, said
    (kept,) = (folder / "runs/full").glob("*.json")
    assert '"devices": 2' in kept.read_text()
    again = subprocess.run(
        [*torchrun, "--standalone", "-m", "repro", "run", "x", *how],
        cwd=tmp_path, capture_output=True, text=True, timeout=300,
    ) if agents == 1 else None  # fmt: skip
    assert again is None or again.returncode == 0, again.stderr  # it is done: nobody waits for anybody


SPEC = """\
paper: {title: Small digits, authors: [A. Student], year: 2024}
question: Does it train?
dataset: {name: digits}
labels: digit
splits: {train: 601, test: 401}
architecture: {linear: [Flatten, Linear: {out_features: classes}]}
optimizer: {Adam: {lr: 1e-2}}
loss: CrossEntropyLoss
metric: Accuracy
training: {batch_size: 50, epochs: 3}
seeds: [0]
baseline: linear
experiments: {linear: {model: linear}}
"""
