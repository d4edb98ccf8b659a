"""A file is there whole or not at all."""

import os
import subprocess
import sys

import pytest

from repro.disk.atomic_write import write_atomically


def test_it_writes_text_and_bytes_and_makes_folders(tmp_path):
    write_atomically(tmp_path / "a" / "b.txt", "é\n")
    write_atomically(tmp_path / "a" / "c.bin", b"\x00\xff")
    assert (tmp_path / "a" / "b.txt").read_bytes() == "é\n".encode()
    assert (tmp_path / "a" / "c.bin").read_bytes() == b"\x00\xff"
    assert sorted(p.name for p in (tmp_path / "a").iterdir()) == ["b.txt", "c.bin"]


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_failure_leaves_the_old_file_and_nothing_else(failing, tmp_path, monkeypatch):
    path = tmp_path / "record.json"
    write_atomically(path, "old")

    def fail(*_, **__):
        raise OSError("No space left on device")

    monkeypatch.setattr(os, failing, fail)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(path, "new")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["record.json"]


def test_content_is_on_the_disk_before_the_name_is(tmp_path, monkeypatch):
    done = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (done.append("fsync"), fsync(handle))[1])
    monkeypatch.setattr(os, "replace", lambda *a, **k: (done.append("replace"), replace(*a, **k))[1])
    write_atomically(tmp_path / "x", "y")
    assert done == (["fsync", "replace", "fsync"] if sys.platform != "win32" else ["fsync", "replace"])


@pytest.mark.skipif(sys.platform == "win32", reason="rights are of POSIX")
def test_rights_are_those_of_a_plain_file_and_are_kept(tmp_path):
    (tmp_path / "plain").write_text("")
    write_atomically(tmp_path / "made", "x")
    assert (tmp_path / "made").stat().st_mode == (tmp_path / "plain").stat().st_mode
    (tmp_path / "made").chmod(0o640)
    write_atomically(tmp_path / "made", "y")
    assert (tmp_path / "made").stat().st_mode & 0o777 == 0o640


def test_a_killed_writer_leaves_a_whole_file(tmp_path):
    """A process writes versions without end and is killed: what stands there is one of them, whole."""
    path = tmp_path / "record.json"
    code = (
        "import sys, itertools; from pathlib import Path; from repro.disk.atomic_write import write_atomically\n"
        "for n in itertools.count():\n"
        "    write_atomically(Path(sys.argv[1]), str(n % 10) * 300000)\n"
        "    print(n, flush=True)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in range(5):
            process.stdout.readline()
        process.kill()
    text = path.read_text()
    assert len(text) == 300000
    assert len(set(text)) == 1
