"""Online, against a server on loopback: each row arrives once, whatever is killed; a sulking server delays nobody."""

import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
from wandb_server import CANARY

from repro.runs.ledger import Ledger
from repro.study import load

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kills processes of POSIX")


def started(study, env, *options):
    command = [sys.executable, "-m", "repro", "run", str(study), "--jobs", "1", "--wandb", *options]
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def until(condition, seconds=300.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def publisher_of(process):
    """The publisher, a child of the command."""
    for child in psutil.Process(process.pid).children(recursive=True):
        if "repro.publish.tracking.publisher" in " ".join(child.cmdline()):
            return child
    return None


def check_whole(server, study, ids=4):
    """Each of our runs is one run there, with each row once, as the record has it, and every artifact committed."""
    ledger = Ledger(study, "runs")
    records = {run.title: ledger.find(run.identity) for run in load(study).plan.runs}
    ours = {run.display: run for run in server.runs.values() if run.display in records}
    assert len(ours) == len(records) == ids
    assert len([run for run in server.runs.values() if run.display in records]) == ids
    for title, record in records.items():
        run = ours[title]
        assert set(run.sent.values()) == {1}, title
        rows = [row for row in run.rows if "validation/Accuracy" in row]
        assert [(r["step"], r["validation/Accuracy"], r["running/loss"]) for r in rows] == [
            (p.step, p.values["validation/Accuracy"], p.values["running/loss"]) for p in record.history
        ]
        sealed = [row for row in run.rows if "test/Accuracy" in row and "validation/Accuracy" not in row]
        assert [(r["step"], r["test/Accuracy"]) for r in sealed] == [
            (p.step, p.values["test/Accuracy"]) for p in record.sealed
        ]
        assert len(run.rows) == len(record.history) + len(record.sealed) + 1
        assert run.summary["test/Accuracy"] == record.metrics["digit"]["test"].values["Accuracy"]
        assert run.exit_code == 0
    assert not [one.name for one in server.artifacts if one.state != "COMMITTED"]
    assert {one.type for one in server.artifacts} >= {"report", "spec", "splits", "records"}


@pytest.mark.slow
def test_each_row_arrives_once_and_the_key_is_found_nowhere(make_study, environment, repro, server):
    study = make_study()
    done = repro("run", study, "--wandb", env=environment(server))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    assert f"tracked  {server.url}/somebody/digits-study" in done.stdout
    assert "pending" not in done.stdout
    check_whole(server, study)
    verdict = next(row.verdict for row in load(study).results("runs").rows if row.experiment == "net")
    tags = next(run.tags for run in server.runs.values() if run.display == "net seed 0")
    assert tags == ["digits-study", "rung full", str(verdict)]
    assert CANARY not in done.stdout
    for path in study.rglob("*"):
        assert path.is_dir() or CANARY.encode() not in path.read_bytes(), path
    sent = b"".join(server.bodies)
    assert CANARY.encode() not in sent
    for private in (os.uname().nodename, str(study)):
        assert private.encode() not in b"".join(b for b in server.bodies if b"upsertBucket" in b), private
    before = {name: len(run.rows) for name, run in server.runs.items()}
    again = repro("wandb", "sync", study, env=environment(server))
    assert again.returncode == 0, again.stdout
    assert again.stdout == "arrived  all 7 W&B runs of digits-study: rows, numbers, tables and artifacts\n"
    assert {name: len(run.rows) for name, run in server.runs.items()} == before


@pytest.mark.parametrize(
    "whom",
    [
        pytest.param("command", marks=pytest.mark.exhaustive),
        pytest.param("publisher", marks=pytest.mark.exhaustive),
        pytest.param("both", marks=pytest.mark.slow),
    ],
)
def test_a_kill_a_resume_and_a_sync_end_in_the_same_runs(whom, make_study, environment, repro, server):
    study = make_study(steps=12000, every=100)
    env = environment(server)
    with started(study, env) as process:
        seen = until(lambda: any(len(run.lines) >= 3 for run in server.runs.values()))
        assert seen or process.poll() is None
        publisher = publisher_of(process)
        core = publisher.children(recursive=True)
        if whom != "publisher":
            process.kill()
        if whom != "command":
            publisher.kill()
        out, _ = process.communicate(timeout=300)
        gone = [publisher, *core]
        assert until(lambda: not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in gone), 10), gone
        if whom == "publisher":
            assert process.returncode == 0
            assert "pending" in out
            assert f"repro wandb sync {study}" in out
    again = repro("run", study, "--jobs", "2", "--wandb", env=env)
    assert again.returncode == 0, again.stdout + again.stderr
    synced = repro("wandb", "sync", study, env=env)
    assert synced.returncode == 0, synced.stdout
    check_whole(server, study)


@pytest.mark.parametrize(
    ("mood", "when"),
    [
        pytest.param("hangs", "from the start", marks=pytest.mark.exhaustive),
        pytest.param("fails", "from the start", marks=pytest.mark.exhaustive),
        pytest.param("drops", "from the start", marks=pytest.mark.exhaustive),
        pytest.param("hangs", "later", marks=pytest.mark.slow),
        pytest.param("fails", "later", marks=pytest.mark.exhaustive),
        pytest.param("drops", "later", marks=pytest.mark.exhaustive),
    ],
)
def test_a_server_that_sulks_delays_nothing_and_what_is_pending_is_said(
    mood, when, make_study, environment, repro, server
):
    study = make_study(steps=3000 if when == "later" else 40)
    env = environment(server)
    if when == "from the start":
        server.mood = mood
    began = time.monotonic()
    with started(study, env) as process:
        if when == "later":
            until(lambda: any(run.display for run in server.runs.values()))
            server.mood = mood
        out, err = process.communicate(timeout=300)
    assert process.returncode == 0, out + err
    assert err == ""
    assert "W&B can't be reached" in out
    assert "pending  7 of 7 W&B runs did not arrive" in out, out[-1500:]
    assert len(Ledger(study, "runs").records) == 4
    assert time.monotonic() - began < 150
    server.mood = "well"
    synced = repro("wandb", "sync", study, env=env)
    assert synced.returncode == 0, synced.stdout
    check_whole(server, study)


@pytest.mark.exhaustive
def test_nobody_listens_at_all(make_study, environment, repro, server):
    study = make_study(steps=40)
    env = environment(server) | {"WANDB_BASE_URL": "http://127.0.0.1:9"}
    done = repro("run", study, "--wandb", env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "W&B can't be reached" in done.stdout
    assert "pending  7 of 7" in done.stdout, done.stdout[-1500:]
    still = repro("wandb", "sync", study, env=env)
    assert still.returncode == 1
    assert repro("wandb", "sync", study, env=environment(server)).returncode == 0
    check_whole(server, study)


@pytest.mark.slow
def test_ctrl_c_does_not_wait_for_wandb(make_study, environment, server):
    study = make_study(steps=30000)
    with started(study, environment(server)) as process:
        until(lambda: list(study.glob("runs/full/*.jsonl")) and any(server.runs.values()))
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=300)
    assert process.returncode == 130
    assert "The same command goes on from here" in out


@pytest.mark.slow
def test_a_run_that_came_out_otherwise_gets_a_run_of_its_own(make_study, environment, repro, server):
    study = make_study(steps=40)
    env = environment(server)
    assert repro("run", study, "--only", "line", "--seeds", "1", "--wandb", env=env).returncode == 0
    (path,) = study.glob("runs/full/line-seed0-*.json")
    record = json.loads(path.read_text())
    record["metrics"]["digit"]["test"]["values"]["Accuracy"] += 1  # as another machine might have found
    from repro.runs.record import Record

    path.write_text(Record.model_validate(record).sealed_with_hash().to_json())
    assert repro("wandb", "sync", study, "--only", "line", "--seeds", "1", env=env).returncode == 0
    named = [run for run in server.runs.values() if run.display == "line seed 0"]
    assert len(named) == 2
    assert len({run.summary["test/Accuracy"] for run in named}) == 2
