"""The journal says what the open history holds, once for each step, however often the run was stopped."""

import itertools
import math
import os
import signal
import subprocess
import sys
import time

import pytest
from recipes import make

from repro.runs.journal import Journal, read_journal
from repro.runs.ledger import Ledger


def journal_of(study):
    (path,) = study.glob("runs/full/*.jsonl")
    return read_journal(path)


@pytest.mark.skipif(os.name != "posix", reason="sends POSIX signals")
@pytest.mark.parametrize("number", [pytest.param(signal.SIGTERM, marks=pytest.mark.slow), signal.SIGKILL])
def test_it_is_the_records_open_history_after_a_stop_and_after_a_kill(number, tmp_path):
    study = make("own", tmp_path / "study", share=2.0)
    command = [sys.executable, "-m", "repro", "run", "--jobs", "1", str(study)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        until = time.monotonic() + 120
        while not list(study.glob("runs/live/*.checkpoint")) and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(0.3)  # looks after the checkpoint, which will come again
        process.send_signal(number)
        process.wait(300)
    subprocess.run(command, check=True, capture_output=True)
    (record,) = Ledger(study, "runs").records
    assert record.resumed_from is not None
    moments = journal_of(study)
    assert [(m.step, m.epoch, dict(m.values)) for m in moments] == [(p.step, p.epoch, p.values) for p in record.history]
    assert all(a.seconds <= b.seconds for a, b in itertools.pairwise(moments))
    assert all(rate > 0 for moment in moments for rate in moment.lr)
    assert not [key for moment in moments for key in moment.values if key.startswith("test")]


def test_what_comes_again_is_taken_out_and_time_goes_on(tmp_path):
    path = tmp_path / "runs/full/a.jsonl"
    journal = Journal(path)
    journal.begin(0)
    for step in (1, 2, 3):
        journal.note(step, step / 2, {"running/loss": float(step)}, (0.1, 0.2), step * 10.0)
    again = Journal(path)
    again.begin(2)
    again.note(3, 1.5, {"running/loss": math.nan}, (0.1, 0.2), 4.0)
    moments = read_journal(path)
    assert [(moment.step, moment.seconds) for moment in moments] == [(1, 10.0), (2, 20.0), (3, 24.0)]
    assert math.isnan(moments[-1].values["running/loss"])
    assert moments[0].lr == (0.1, 0.2)


@pytest.mark.parametrize("tail", ['{"step": 3, "epo', "null\n", '{"step": 3}\n', "[" * 9000 + "\n"])
def test_a_line_that_is_no_moment_ends_it(tail, tmp_path):
    path = tmp_path / "a.jsonl"
    journal = Journal(path)
    journal.begin(0)
    journal.note(1, 1.0, {}, (), 1.0)
    with path.open("a") as file:
        file.write(tail)
    assert [moment.step for moment in read_journal(path)] == [1]


def test_a_disk_that_does_not_take_it_is_said_once_and_stops_nothing(tmp_path, capfd):
    path = tmp_path / "a.jsonl"
    journal = Journal(path)
    journal.begin(0)
    path.unlink()
    path.mkdir()
    journal.note(1, 1.0, {}, (), 1.0)
    journal.note(2, 1.0, {}, (), 1.0)
    assert capfd.readouterr().err.count("no journal from here on") == 1
    assert read_journal(path) == ()
