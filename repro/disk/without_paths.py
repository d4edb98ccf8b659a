"""Text for files that are committed and handed on: without where things lie on the machine that wrote them."""

import os
import re
from pathlib import Path

_ABSOLUTE = re.compile(r"(?<![\w./:~\\<])(?:[A-Za-z]:[\\/]|/)(?:[^\s:;,'\"<>()|/\\]+[/\\])+(?=[^\s:;,'\"<>()|/\\])")
"""The folders of an absolute path, with the last ``/``; no part of a web address, and no fraction such as ``a/b``."""


def without_paths(text: str, folder: Path) -> str:
    """A text in which paths begin at the study's folder, or are cut to the name of the file.

    >>> without_paths("/home/ada/x/runs/a.json: damaged; see /var/log/y.txt and https://a.org/b/c", Path("/home/ada/x"))
    'runs/a.json: damaged; see …/y.txt and https://a.org/b/c'
    """
    for home in dict.fromkeys((os.path.abspath(folder), os.path.realpath(folder))):  # noqa: PTH100 - links are shown
        text = text.replace(f"{home}{os.sep}", "").replace(home, folder.name or "the study's folder")
    return _ABSOLUTE.sub("…/", text)
