"""Which commit of its repository a study's folder is at.

The repository may be a stranger's, and its ``.git/config`` may name programs (``core.fsmonitor``, hooks, filters,
pagers, ``textconv`` ...). What only reads names runs with those switched off; what looks at files, and would run
filters under names that nobody can foresee, does not read that configuration at all.
"""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

SECONDS = 20.0

_OFF = (
    *("-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}", "-c", "core.pager=cat"),
    *("-c", "core.sshCommand=false", "-c", "core.askPass=", "-c", "protocol.allow=never"),
    *("-c", "safe.bareRepository=explicit", "-c", "submodule.recurse=false", "-c", "gc.auto=0"),
)
"""Settings of the command line go before those of a repository."""

_USERS = ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_CEILING_DIRECTORIES", "GIT_EXEC_PATH")
"""What of git's environment is kept: the user's own settings, not which repository is meant."""

_PLAIN = r"^core\.(filemode|autocrlf|eol|ignorecase|symlinks|precomposeunicode|trustctime|checkstat)$"
"""Settings of a repository that say how files are compared, and execute nothing."""


def git_state(folder: Path) -> tuple[str | None, bool | None]:
    """The commit, and whether tracked files of the folder differ from it; (None, None) outside a repository.

    Submodules are left out. Nothing that the repository's configuration or attributes name is executed.
    """
    commit = ask_git(folder, "rev-parse", "--verify", "HEAD^{commit}")
    if commit is None or not re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", commit):
        return None, None
    return commit, _is_dirty(folder, commit)


def ask_git(folder: Path, *words: str, environment: dict[str, str] | None = None) -> str | None:
    """What git prints about the repository of a folder; None where it fails, is missing or is late.

    Only for words that look at names, objects and the index: settings that execute something there are switched off.

    Args:
        folder: from which git looks for the repository.
        words: of the command line.
        environment: what to set besides.

    """
    program = shutil.which("git")
    if program is None:
        return None
    users = {n: v for n, v in os.environ.items() if not n.startswith("GIT_") or n in _USERS}
    quiet = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1"}
    try:
        done = subprocess.run(
            [program, *_OFF, "-C", str(folder), *words],
            env={**users, **quiet, **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=SECONDS,
            check=True,
        )
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def _is_dirty(folder: Path, commit: str) -> bool | None:
    """Compare the folder's tracked files with the commit, by the index and objects of its repository alone.

    Git gets an empty repository of ours, at that commit, and looks through it at the index, objects and files there.
    """
    output = ask_git(folder, "rev-parse", "--path-format=absolute", "--git-dir", "--git-common-dir", "--show-toplevel")
    places = (output or "").splitlines()
    if len(places) != 3:
        return None
    git_dir, common, top = places
    plain = ask_git(folder, "config", "--no-includes", "--local", "--get-regexp", _PLAIN) or ""
    pairs = [line.split(" ", 1) for line in plain.splitlines()]
    settings = [f"{pair[0]}={pair[1]}" for pair in pairs if len(pair) == 2 and re.fullmatch(r"[a-zA-Z0-9]+", pair[1])]
    with tempfile.TemporaryDirectory(prefix="repro-git-") as empty:
        scratch = Path(empty)
        (scratch / "refs").mkdir()
        (scratch / "objects").mkdir()
        (scratch / "HEAD").write_text(f"{commit}\n", encoding="ascii")
        long = "\trepositoryformatversion = 1\n[extensions]\n\tobjectformat = sha256\n"
        kind = long if len(commit) == 64 else "\trepositoryformatversion = 0\n"
        (scratch / "config").write_text(f"[core]\n\tbare = false\n{kind}", encoding="ascii")
        changes = ask_git(
            folder,
            *(word for setting in settings for word in ("-c", setting)),
            *("status", "--porcelain", "--untracked-files=no", "--ignore-submodules=all", "--", "."),
            environment={
                "GIT_DIR": empty,
                "GIT_WORK_TREE": top,
                "GIT_INDEX_FILE": os.path.join(git_dir, "index"),  # noqa: PTH118 - as git wrote it
                "GIT_OBJECT_DIRECTORY": os.path.join(common, "objects"),  # noqa: PTH118
            },
        )
    return None if changes is None else bool(changes)
