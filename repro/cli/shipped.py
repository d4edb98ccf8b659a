"""Whether a folder's ``results/`` are shipped, that is committed, so that a run must not rewrite them unasked."""

from pathlib import Path

from repro.runs.git_state import ask_git


def is_shipped(results: Path) -> bool:
    """Whether git tracks anything in this folder. Without git, whatever lies there is taken to be kept on purpose."""
    if not results.is_dir():
        return False
    if ask_git(results, "rev-parse", "--git-dir") is None:
        return (results / "records").is_dir()
    return ask_git(results, "ls-files", "--error-unmatch", ".") is not None
