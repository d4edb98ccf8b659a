"""From the files of a data set to its clips."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from repro.data.audio.clips import Clips
from repro.data.audio.scan import ScanResult, scan
from repro.data.data_error import DataError

SHOWN = 20
"""How many files a message names."""


def index_clips(name: str, root: Path, names: Sequence[str]) -> Clips:
    """Clips of whole files, each decoded once to see that it can be.

    Args:
        name: of the data set, for messages.
        root: the folder.
        names: of the files in it, in the items' order.

    Raises:
        DataError: some files cannot be used; names them all (the first 20 by name).

    """
    scanned = scan(root, names)
    if bad := [f"  {file}: {result.error}" for file, result in zip(names, scanned, strict=True) if result.error]:
        more = [f"  and {len(bad) - SHOWN} more"] if len(bad) > SHOWN else []
        raise DataError("\n".join([f"{name}: {len(bad)} files in {root} cannot be used:", *bad[:SHOWN], *more]))
    return clips_of(root, names, scanned)


def clips_of(root: Path, names: Sequence[str], scanned: Sequence[ScanResult]) -> Clips:
    """Clips of whole files that have been scanned without an error."""
    return Clips(
        root=root,
        names=tuple(names),
        rates=np.array([result.rate for result in scanned], dtype=np.int64),
        channels=np.array([result.channels for result in scanned], dtype=np.int64),
        frames=np.array([result.frames for result in scanned], dtype=np.int64),
        files=tuple(result.sha256 for result in scanned),
    )


def content_sha256(clips: Clips) -> str:
    """The sha256 of names and contents of all files, in the order of their names: what a publisher's archive holds.

    Archives of one commit that a server packs anew differ in bytes and have the same content.
    """
    pairs = sorted(zip(clips.names, clips.files, strict=True))
    return hashlib.sha256("".join(f"{name}\0{sha256}\n" for name, sha256 in pairs).encode()).hexdigest()
