"""``repro serve`` as a process: what it says, how it ends, and what it leaves behind."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.publish.serve import running

SERVE = [sys.executable, "-m", "repro", "serve"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return running.study(tmp_path / "papers/study")


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number = probe.getsockname()[1]
    return number


@contextlib.contextmanager
def started(*arguments: str, temporary: Path) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    temporary.mkdir(exist_ok=True)
    process = subprocess.Popen(
        [*SERVE, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(temporary)},
    )
    assert process.stdout is not None
    try:
        yield process, process.stdout.readline()
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_and_ends_quietly(folder, port, tmp_path, sign):
    before = sorted(folder.rglob("*"))
    with started(str(folder), "--port", str(port), temporary=tmp_path / "tmp") as (process, line):
        assert line == f"1 folder at http://127.0.0.1:{port}/ (Ctrl-C ends it)\n"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
            assert "Scaling down deep learning" in answer.read().decode()
        private = list((tmp_path / "tmp").iterdir())
        assert [oct(one.stat().st_mode & 0o777) for one in private] == ["0o700"]
        process.send_signal(sign)
        out, err = process.communicate(timeout=300)
        assert (process.returncode, out, err) == (0, "", "")
    assert list((tmp_path / "tmp").iterdir()) == []
    assert sorted(folder.rglob("*")) == before


def test_a_port_in_use_is_refused_with_one_that_is_free(folder, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        done = subprocess.run([*SERVE, str(folder), "--port", str(number)], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith(f"port {number} is in use; say --port ")
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["no-such-folder"], "no-such-folder: no such folder"),
        (["papers", "--course", "no.yaml"], "--course: no.yaml: no such file"),
        (["papers", "--port", "70000"], "--port"),
    ],
)
def test_what_cannot_be_served_is_refused(arguments, says, folder, tmp_path):
    done = subprocess.run([*SERVE, *arguments], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_for_temporary_files_in_what_is_shown_is_refused(folder, port, tmp_path):
    (folder / "tmp").mkdir()
    env = {**os.environ, "TMPDIR": str(folder / "tmp")}
    done = subprocess.run([*SERVE, str(folder), "--port", str(port)], capture_output=True, text=True, env=env)
    assert done.returncode == 2
    assert "set TMPDIR to another folder" in done.stderr
    assert list((folder / "tmp").iterdir()) == []


def test_it_needs_nothing_heavy(folder, port):
    code = (
        "import sys, threading, urllib.request\nfrom pathlib import Path\nfrom repro.cli.main import app\n"
        "import repro.cli.serve\nfrom repro.publish.serve.serving import serving\n"
        f"with serving([Path({str(folder)!r})], None, {port}, print) as (server, number):\n"
        "    threading.Thread(target=server.serve_forever, daemon=True).start()\n"
        "    urllib.request.urlopen(server.url).read()\n"
        "    server.shutdown()\n"
        "heavy = {'torch', 'lightning', 'pandas', 'matplotlib', 'sklearn', 'scipy.stats'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
