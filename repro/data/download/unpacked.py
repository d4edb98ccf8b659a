"""Unpacked: the files of an archive, in a folder of the cache."""

from pathlib import Path

from repro.data.download.cache import cached_path
from repro.data.download.download_error import DownloadError
from repro.data.download.extract import extract
from repro.data.download.fetch import fetch
from repro.data.download.remote_file import RemoteFile

ENDINGS = (".tar.gz", ".tar.bz2", ".tgz", ".tar", ".zip")


def unpacked(file: RemoteFile) -> Path:
    """The folder with an archive's files. The first time it is fetched and unpacked; then the archive is not looked at.

    Raises:
        DownloadError: it cannot be had or unpacked.

    """
    folder = unpacked_folder(file)
    return folder if folder.is_dir() else extract(fetch(file), folder)


def unpacked_folder(file: RemoteFile) -> Path:
    """Where the archive's files are, or will be.

    >>> unpacked_folder(RemoteFile("x", "a-1.0.tar.gz", None, None, ())).name
    'a-1.0'
    """
    path = cached_path(file)
    ending = next(e for e in ENDINGS if path.name.endswith(e))
    return path.with_name(path.name.removesuffix(ending))


def first_unpacked(*files: RemoteFile) -> Path:
    """The files of the first of several archives that can be had; one that is there already comes first.

    Raises:
        DownloadError: none can be had; says why of each.

    """
    reasons = []
    for file in sorted(files, key=lambda file: not unpacked_folder(file).is_dir()):
        try:
            return unpacked(file)
        except DownloadError as error:
            reasons.append(str(error))
    raise DownloadError("\n".join(reasons))


def inside(folder: Path, marker: str) -> Path:
    """The folder, at most three levels down, in which ``marker`` lies: archives wrap their files in a folder or two.

    Raises:
        DownloadError: none.

    """
    for depth in range(4):
        for marker_path in sorted(folder.glob("*/" * depth + marker)):
            return Path(*marker_path.parts[: len(marker_path.parts) - len(Path(marker).parts)])
    raise DownloadError(f"{folder}: holds no {marker}; remove the folder, and it is unpacked again")
