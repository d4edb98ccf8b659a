"""Several ``repro run`` on one folder: each run is trained by one of them, and none is lost."""

import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import asdict, replace

import psutil
import pytest
from filelock import FileLock

from repro.runs.events import Finished, Waiting
from repro.runs.lease import Holder, LeaseHeld, LiveFiles, acquire, boot_id
from repro.runs.ledger import Ledger
from repro.runs.make_plan import make_plan
from repro.runs.run import HeldByOthers, run_plan

STUDY = """\
paper: {title: Forty runs, authors: [A. Student], year: 2024}
question: Is each trained once?
dataset: {name: digits}
labels: digit
splits: {train: 200, test: 100}
architecture:
  net: [Flatten, Linear: {out_features: classes}]
optimizer: {Adam: {lr: 1e-2}}
loss: CrossEntropyLoss
metric: Accuracy
training: {batch_size: 50, steps: 10}
seeds: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
baseline: one
experiments:
  one: {model: net}
  two: {model: net, optimizer.Adam.lr: 2e-2}
  three: {model: net, optimizer.Adam.lr: 3e-2}
  four: {model: net, optimizer.Adam.lr: 4e-2}
"""


def shared(folder, processes, extra=()):
    """Start so many commands at once on one new folder of 40 runs; gives what they printed."""
    study = folder / "study"
    study.mkdir()
    (study / "paper.yaml").write_text(STUDY)
    command = [sys.executable, "-m", "repro", "run", str(study), "--jobs", "1", *extra]
    started = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(processes)
    ]
    said = [process.communicate() for process in started]
    for process, (out, err) in zip(started, said, strict=True):
        assert process.returncode == 0, out + err
        assert err == ""
    return study, [out for out, _ in said]


def check_shared(study, said):
    ledger = Ledger(study, "runs")
    assert len(ledger.records) == 40
    assert not ledger.damaged
    assert {record.state for record in ledger.records} == {"done"}
    own = sum(line.startswith("[") and "another process" not in line for out in said for line in out.splitlines())
    assert own == 40, f"{own} runs were trained"
    assert not list((study / "runs/live").glob("*.json"))
    assert not list((study / "runs").rglob("*.checkpoint"))
    tables = {out[out.index("reported number") :] if "reported number" in out else out[-400:] for out in said}
    assert len(tables) == 1, "all of them end with the same table"


@pytest.mark.slow
def test_two_share_the_work(tmp_path):
    check_shared(*shared(tmp_path, 2, ("--seeds", "10")))


@pytest.mark.slow
def test_four_share_the_work(tmp_path):
    check_shared(*shared(tmp_path, 4))


@pytest.mark.exhaustive
@pytest.mark.parametrize("time_of", range(20))
def test_eight_share_the_work_twenty_times(time_of, tmp_path):
    check_shared(*shared(tmp_path, 8))


@pytest.fixture
def files(tmp_path):
    return LiveFiles(tmp_path / "live", "0123456789abcdef" * 4)


def here(**fields):
    me = psutil.Process()
    base = Holder(os.getpid(), socket.gethostname(), boot_id(), 0.0, me.create_time(), time.time())
    return replace(base, **fields)


def leave(files, holder):
    files.folder.mkdir(parents=True, exist_ok=True)
    files.claim.write_text(json.dumps(asdict(holder)))


def test_a_claim_says_who_holds_it_and_is_gone_afterwards(files):
    with acquire(files) as mine:
        mine.at(3, 10)
        mine.beat()
        holder = files.holder()
        assert (holder.pid, holder.step, holder.steps) == (os.getpid(), 3, 10)
        assert holder.is_alive
        with pytest.raises(LeaseHeld) as held, acquire(files):
            pass
        assert held.value.holder.pid == os.getpid()
    assert files.holder() is None
    mine.beat()
    assert files.holder() is None, "a late sign of life brings no claim back"


def test_a_lock_dies_with_its_process(files):
    code = (
        "import sys, time; from pathlib import Path; from repro.runs.lease import LiveFiles, acquire\n"
        "with acquire(LiveFiles(Path(sys.argv[1]), sys.argv[2])): print('held', flush=True); time.sleep(60)\n"
    )
    command = [sys.executable, "-c", code, str(files.folder), files.identity]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        with pytest.raises(LeaseHeld), acquire(files):
            pass
        process.kill()
    dead = files.holder()
    assert dead.pid == process.pid
    assert not dead.is_alive
    with acquire(files):
        assert files.holder().pid == os.getpid()


@pytest.mark.parametrize(
    ("fields", "alive"),
    [
        ({}, True),
        ({"boot": "before"}, False),
        ({"created": 1.0}, False),
        ({"pid": 2**22 + 1}, False),
        ({"host": "elsewhere"}, True),
        ({"host": "elsewhere", "beat": time.time() - 1000}, False),
    ],
)
def test_who_is_alive(fields, alive):
    assert here(**fields).is_alive is alive


def test_a_holder_on_another_machine_is_only_taken_over_from_when_that_is_said(files):
    leave(files, here(host="elsewhere", beat=0.0))
    with pytest.raises(LeaseHeld), acquire(files):
        pass
    with acquire(files, steal=True):
        assert files.holder().host == socket.gethostname()


def test_a_requeued_job_takes_its_own_run_back(files, monkeypatch):
    leave(files, here(host="elsewhere", job="Slurm job 12_3"))
    monkeypatch.setenv("SLURM_JOB_ID", "15")
    monkeypatch.setenv("SLURM_ARRAY_JOB_ID", "12")
    monkeypatch.setenv("SLURM_ARRAY_TASK_ID", "4")
    with pytest.raises(LeaseHeld), acquire(files):
        pass
    monkeypatch.setenv("SLURM_ARRAY_TASK_ID", "3")
    with acquire(files):
        assert files.holder().job == "Slurm job 12_3"


def test_half_a_claim_is_nobodys(files):
    files.folder.mkdir(parents=True)
    files.claim.write_text('{"pid": 1')
    assert files.holder() is None
    with acquire(files):
        assert files.holder().pid == os.getpid()


def test_what_a_killed_writer_left_is_swept(files):
    files.folder.mkdir(parents=True)
    left = files.folder / f".{files.checkpoint.name}.abc.tmp"
    left.write_text("half")
    with acquire(files):
        assert not left.exists()


def test_a_run_that_others_hold_is_waited_for(make_experiment, make_spec, engine):
    plan = make_plan(make_spec(make_experiment("a", seeds=(0,))))
    files = LiveFiles.of(plan.spec.folder, plan.runs[0])
    files.folder.mkdir(parents=True)
    lock = FileLock(files.lock)
    lock.acquire()
    leave(files, here())
    events = []

    def listen(event):
        events.append(event)
        if isinstance(event, Waiting):
            files.claim.unlink()
            lock.release()

    (record,) = run_plan(plan, engine=engine, on_event=listen)
    assert record.state == "done"
    (waiting,) = [e for e in events if isinstance(e, Waiting)]
    assert waiting.runs == {plan.runs[0]: here(beat=waiting.runs[plan.runs[0]].beat)}
    assert len([e for e in events if isinstance(e, Finished)]) == 1


def test_a_silent_holder_elsewhere_is_said_and_the_rest_is_done(make_experiment, make_spec, engine):
    plan = make_plan(make_spec(make_experiment("a", seeds=(0, 1))))
    leave(LiveFiles.of(plan.spec.folder, plan.runs[0]), here(host="elsewhere", beat=0.0))
    with pytest.raises(HeldByOthers, match=r"process \d+ on elsewhere.*--steal") as said:
        run_plan(plan, engine=engine)
    assert list(said.value.runs) == [plan.runs[0]]
    assert said.value.exit_code == 75
    assert [r.seed for r in Ledger(plan.spec.folder, "runs").records] == [1]
