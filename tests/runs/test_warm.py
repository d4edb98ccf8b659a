"""The fork server has everything imported before it forks: else each worker takes seconds to import it by itself."""

import subprocess
import sys

WANTED = ("repro.runs.engine.run_task", "repro.runs.engine.prepare_task", "lightning")


def test_the_fork_server_imports_what_workers_need() -> None:
    code = (
        "import os, sys\nimport repro.runs.engine.warm\n"
        f"missing = [name for name in {WANTED!r} if name not in sys.modules]\n"
        "import torch\nmissing += ['a cold GPU'] if torch.cuda.is_initialized() else []\n"
        "os._exit(len(missing))\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
