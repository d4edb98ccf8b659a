"""Whether the data of a study may lie behind a link out of its folder.

Its owner may keep recordings elsewhere (``ln -s /data/takes recordings``), and commands that work on one's own study
follow that link. A process that reads strangers' folders says :func:`leave`: data behind such a link are not at hand.
"""

import os
from pathlib import Path

_FOLLOWED = [True]


def leave() -> None:
    """Follow no link to data out of a study's folder, from now on in this process."""
    _FOLLOWED[0] = False


def may_be_read(data: Path, folder: Path) -> bool:
    """Whether a data folder may be looked into: links to data are followed, or it and all in it lie in the study's."""
    return _FOLLOWED[0] or (is_inside(data, folder) and not _holds_links_out(data, folder))


def _holds_links_out(data: Path, folder: Path) -> bool:
    """Whether a class of the data is a link out of the study's folder."""
    try:
        with os.scandir(data) as entries:
            return any(
                entry.is_symlink() and entry.is_dir() and not is_inside(Path(entry.path), folder) for entry in entries
            )
    except OSError:
        return False


def is_inside(path: Path, folder: Path) -> bool:
    """Whether the real place of a path is in the folder."""
    try:
        return Path(os.path.realpath(path, strict=True)).is_relative_to(os.path.realpath(folder))
    except (OSError, RuntimeError, ValueError):  # not there, or a circle of links
        return True
