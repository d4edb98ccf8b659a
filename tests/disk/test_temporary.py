"""Temporary folders: gone after use, and soon after a process that was killed."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from repro.disk.temporary import sweep, temporary_folder

pytestmark = pytest.mark.skipif(os.name != "posix", reason="locks are held on Linux and macOS")

PROGRAM = """
import sys
from repro.disk.temporary import temporary_folder
with temporary_folder("repro-own-") as folder:
    (folder / "sub").mkdir()
    (folder / "sub" / "data").write_text("x")
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def test_what_a_killed_process_left_is_removed_and_no_more(place: Path) -> None:
    other = place / "repro-own-by-another-program"
    other.mkdir()
    (place / "repro-own-file").write_text("x")
    elsewhere = place / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / ".alive").write_text("")
    (place / "repro-own-link").symlink_to(elsewhere)
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        assert folder.parent == place
        sweep()
        assert (folder / "sub" / "data").is_file(), "its process is alive"
        process.kill()
    assert folder.is_dir()
    sweep()
    assert not folder.exists()
    assert sorted(path.name for path in place.iterdir()) == [
        "elsewhere",
        "repro-own-by-another-program",
        "repro-own-file",
        "repro-own-link",
    ]
    assert (elsewhere / ".alive").is_file()


def test_it_is_gone_after_the_block_whatever_happened_there(place: Path) -> None:
    def fails() -> None:
        with temporary_folder("repro-own-") as folder:
            sweep()
            assert folder.is_dir(), "this process holds it"
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    assert list(place.iterdir()) == []
