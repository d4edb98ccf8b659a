"""A folder that takes too long, or ends the process that reads it, is one row; the others have theirs."""

import threading
import time
from pathlib import Path

import pytest

from repro.publish.grade import grade_all
from repro.publish.grade.grade_row import GradeRow
from repro.publish.grade.submitted_folders import SubmittedFolder
from repro.publish.sandbox import child


def folders(home: Path) -> list[SubmittedFolder]:
    for name in ("a", "b", "c"):
        (home / name).mkdir()
    return [SubmittedFolder(home / name, name) for name in ("a", "b", "c")]


def stub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """A worker that does ``what`` at folder b, and answers at others."""
    code = (
        "import json, os, sys, time\nfrom dataclasses import asdict\n"
        "from repro.publish.grade.grade_row import GradeRow\n"
        "print('ready', flush=True)\n"
        "for line in sys.stdin:\n"
        "    job = json.loads(line)\n"
        f"    if job['shown'] == 'b': {what}\n"
        "    print(json.dumps(asdict(GradeRow(job['shown'], title=str(os.getpid())))), flush=True)\n"
    )
    (tmp_path / "stub.py").write_text(code)
    start = child.subprocess.Popen
    monkeypatch.setattr(
        child.subprocess, "Popen", lambda command, **how: start([command[0], str(tmp_path / "stub.py")], **how)
    )


def test_one_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stub(tmp_path, monkeypatch, "time.sleep(3600)")
    since = time.monotonic()
    a, b, c = grade_all.rows(folders(tmp_path), None, workers=1, seconds=10)
    assert time.monotonic() - since < 600
    assert b == GradeRow(
        "b", first="not read: it took longer than 10 seconds", ungraded=("it took longer than 10 seconds",)
    )
    assert (a.folder, c.folder) == ("a", "c")
    assert a.title != c.title  # another process went on


def test_one_that_ends_the_process_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stub(tmp_path, monkeypatch, "os._exit(3)")
    before = set(threading.enumerate())  # other tests of this process may have left some
    a, b, c = grade_all.rows(folders(tmp_path), None, workers=1, seconds=3600)
    assert b.ungraded == ("the process that read it died",)
    assert (a.folder, c.folder) == ("a", "c")
    for thread in set(threading.enumerate()) - before:  # the clock of a folder ends with it, not after its hour
        thread.join(600)
        assert not thread.is_alive()


def test_a_worker_that_cannot_start_is_a_fault_and_no_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "stub.py").write_text("raise SystemExit(1)\n")
    start = child.subprocess.Popen
    monkeypatch.setattr(
        child.subprocess, "Popen", lambda command, **how: start([command[0], str(tmp_path / "stub.py")], **how)
    )
    with pytest.raises(RuntimeError, match="cannot be started"):
        grade_all.rows(folders(tmp_path), None, workers=1)


def test_the_worker_can_write_no_file(tmp_path: Path) -> None:
    """Also where something in it would: the system refuses."""
    pytest.importorskip("resource")
    import subprocess
    import sys

    code = (
        "from repro.publish.sandbox.job_loop import limit_resources\nlimit_resources()\n"
        "from pathlib import Path\n"
        f"try:\n    Path({str(tmp_path / 'x')!r}).write_text('x')\nexcept OSError:\n    print('refused')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "refused\n", done.stderr
