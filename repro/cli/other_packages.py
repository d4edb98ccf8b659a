"""Whether another package of our name is about: reproducible-science installs one."""

import sys
from pathlib import Path

FIRST_WORDS = '"""repro: does the paper hold up?'
"""How the first file of our package begins, wherever it is installed."""


def other_packages(folder: Path) -> list[Path]:
    """First files of packages and modules named ``repro`` on Python's path that are not ours, in its order.

    Args:
        folder: that of our package.

    """
    files = (Path(entry) / name for entry in sys.path for name in ("repro/__init__.py", "repro.py"))
    others = (file for file in files if file.parent != folder and file.is_file() and not is_ours(file))
    return list(dict.fromkeys(others))


def is_ours(file: Path) -> bool:
    """Whether this file begins as our package does, here or in another copy of it."""
    try:
        with file.open(encoding="utf-8", errors="replace") as opened:
            return opened.read(len(FIRST_WORDS)) == FIRST_WORDS
    except OSError:
        return False
