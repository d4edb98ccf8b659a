"""Pins: the checksum of a file's first download, for files whose publisher names none."""

import logging
from dataclasses import replace
from pathlib import Path

from repro.data.download.cache import cached_path
from repro.data.download.remote_file import RemoteFile
from repro.disk.atomic_write import write_atomically

log = logging.getLogger(__name__)


def pin_path(file: RemoteFile) -> Path:
    """Where the pin lies: beside the file in the cache."""
    path = cached_path(file)
    return path.with_name(f"{path.name}.sha256")


def pinned(file: RemoteFile) -> RemoteFile:
    """The file with the checksum that was pinned here, where its publisher names none and there is a pin."""
    if file.checksum is not None:
        return file
    try:
        digits = pin_path(file).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return file
    is_sha256 = len(digits) == 64 and set(digits) <= set("0123456789abcdef")
    return replace(file, sha256=digits) if is_sha256 else file


def pin(file: RemoteFile, sha256: str) -> RemoteFile:
    """Keep this sha256 as the one that the file must have from now on, and say so."""
    write_atomically(pin_path(file), f"{sha256}\n")
    log.warning(
        "%s: nobody names a checksum for %s; this copy is pinned, sha256 %s, and no other will be used here",
        file.dataset,
        file.name,
        sha256,
    )
    return replace(file, sha256=sha256)
