"""The fork server has everything imported before it forks: else each worker takes seconds to import it by itself."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

WANTED = ("repro.runs.engine.run_task", "repro.runs.engine.prepare_task", "lightning")


def test_the_fork_server_imports_what_workers_need() -> None:
    code = (
        "import os, sys\nimport repro.runs.engine.warm\n"
        f"missing = [name for name in {WANTED!r} if name not in sys.modules]\n"
        "import torch\nmissing += ['a cold GPU'] if torch.cuda.is_initialized() else []\n"
        "os._exit(len(missing))\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork server")
@pytest.mark.slow
def test_a_folder_for_temporary_files_with_a_long_path_is_no_obstacle(tmp_path: Path) -> None:
    """A socket's path holds 107 bytes, and clusters give each job a folder with a long name."""
    long = tmp_path / ("x" * 120)
    long.mkdir()
    code = (
        "import tempfile\nfrom repro.runs.engine.local import LocalEngine\n"
        "with LocalEngine(1) as engine:\n    engine.start()\n    print(tempfile.gettempdir(), len(engine.workers))\n"
    )
    environment = {**os.environ, "TMPDIR": str(long)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(long)), "only the sockets lie elsewhere"
    assert not list(long.glob("pymp-*"))
