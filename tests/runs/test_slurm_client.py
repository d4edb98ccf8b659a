"""Asking Slurm: what is read from its answers, and clients that hang, fail or are not there."""

import os
import time

import pytest

from repro.runs.engine import slurm_client
from repro.runs.engine.slurm_client import End, Job, job_end, parse_end, parse_queue, queue, requeue


@pytest.fixture
def fake(monkeypatch, tmp_path):
    """Put a shell script in place of a client; gives the file in which it notes its arguments."""

    def be(name: str, script: str):
        path = tmp_path / name
        heard = tmp_path / f"{name}.heard"
        path.write_text(f'#!/bin/sh\necho "$@" >> {heard}\n{script}\n')
        path.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
        return heard

    return be


def test_the_queue_is_read_by_names(fake):
    heard = fake("squeue", "echo 'repro-a|17|3|RUNNING|None'; echo 'repro-b|18|N/A|PENDING|Resources'")
    assert queue(["repro-b", "repro-a"]) == [
        Job("repro-a", 17, 3, False, "RUNNING", "None"),
        Job("repro-b", 18, 0, True, "PENDING", "Resources"),
    ]
    assert "--name=repro-a,repro-b" in heard.read_text()
    assert "--array" in heard.read_text()


def test_nothing_is_asked_about_nothing(fake):
    heard = fake("squeue", "exit 1")
    assert queue([]) == []
    assert not heard.exists()


def test_an_empty_queue_is_no_failure_and_a_failure_is_no_empty_queue(fake):
    fake("squeue", "exit 0")
    assert queue(["x"]) == []
    fake("squeue", "echo 'slurm_load_jobs error' >&2; exit 1")
    assert queue(["x"]) is None
    fake("squeue", "echo 'garbled'")
    assert queue(["x"]) is None


def test_a_client_that_hangs_is_ended_in_time(fake, monkeypatch):
    monkeypatch.setattr(slurm_client, "CALL_SECONDS", 0.3)
    fake("squeue", "exec sleep 3600")
    began = time.monotonic()
    assert queue(["x"]) is None
    assert time.monotonic() - began < 600
    assert parse_queue(None) is None


def test_a_client_that_is_not_there_answers_nothing(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert queue(["x"]) is None
    assert job_end("7") == End()
    assert not requeue("7")


@pytest.mark.parametrize(
    ("said", "end"),
    [
        ("JobId=3 JobState=FAILED Reason=NonZeroExitCode ExitCode=2:0", End("FAILED", 2)),
        ("JobId=3 JobState=FAILED Reason=RaisedSignal:9 ExitCode=0:9 DerivedExitCode=0:0", End("FAILED", 137)),
        ("JobId=3 JobState=CANCELLED Reason=None ExitCode=0:15", End("CANCELLED", 143)),
        ("JobId=3 JobState=COMPLETED ExitCode=0:0", End("COMPLETED", 0)),
        ("", End()),
    ],
)
def test_how_a_job_ended_is_read(said, end):
    assert parse_end(said) == end


def test_a_job_is_put_back_by_its_own_name(fake):
    heard = fake("scontrol", "exit 0")
    assert requeue("17_3")
    assert heard.read_text() == "requeue 17_3\n"
    fake("scontrol", "exit 1")
    assert not requeue("17_3")
