"""What to say when a file cannot be had."""

from collections.abc import Sequence
from pathlib import Path

from repro.data.data_error import DataError
from repro.data.download.remote_file import RemoteFile


class DownloadError(DataError):
    """A file that no source gave: what was tried, and what to do."""


def cannot_have(file: RemoteFile, target: Path, tried: Sequence[str]) -> DownloadError:
    """The error for a file for which every source failed."""
    lines = [f"{file.dataset}: {file.name} cannot be downloaded. Tried:"]
    lines += [f"  {attempt}" for attempt in tried]
    known = "nobody names a checksum for it" if file.checksum is None else " ".join(file.checksum)
    lines += [
        "What to do: connect to the network and run again; or set REPRO_MIRROR to a folder or an http address that "
        f"holds {file.dataset}/{file.name}; or put the file at {target} ({known}).",
    ]
    return DownloadError("\n".join(lines))
