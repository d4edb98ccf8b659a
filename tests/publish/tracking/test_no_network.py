"""Offline means offline: no process connects to anything beyond this machine."""

import re
import shutil
import subprocess
import sys

import pytest

ADDRESS = re.compile(r"sa_family=AF_INET6?, .*?(?:inet_addr\(|inet_pton\(AF_INET6, )\"([^\"]+)\"")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_no_process_connects_to_anywhere(make_study, environment, tmp_path):
    study = make_study(steps=40)
    trace = tmp_path / "trace"
    command = ["strace", "-f", "-qq", "-e", "trace=connect,sendto,sendmsg", "-e", "signal=none", "-o", str(trace)]
    done = subprocess.run(
        [*command, sys.executable, "-m", "repro", "run", str(study), "--wandb", "offline"],
        env=environment(WANDB_API_KEY="x" * 40),
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert list((study / "runs/tracking/wandb").glob("offline-run-*"))
    met = set(ADDRESS.findall(trace.read_text()))
    assert met <= {"127.0.0.1", "::1"}, met
    assert "connect(" in trace.read_text()
