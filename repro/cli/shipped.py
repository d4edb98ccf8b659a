"""Whether a folder's ``results/`` are shipped, that is committed, so that a run must not rewrite them unasked."""

import subprocess
from pathlib import Path


def is_shipped(results: Path) -> bool:
    """Whether git tracks anything in this folder. Without git, whatever lies there is taken to be kept on purpose."""
    if not results.is_dir():
        return False
    command = ["git", "-C", str(results), "ls-files", "--error-unmatch", "."]
    try:
        asked = subprocess.run(command, capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return (results / "records").is_dir()
    inside = subprocess.run(["git", "-C", str(results), "rev-parse"], capture_output=True, timeout=10, check=False)
    return asked.returncode == 0 if inside.returncode == 0 else (results / "records").is_dir()
