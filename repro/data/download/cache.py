"""Where downloaded files are kept."""

import os
from pathlib import Path

import pooch

from repro.data.download.remote_file import RemoteFile


def cache_folder() -> Path:
    """``REPRO_DATA`` where it is set, else ``repro`` in the user's cache folder of this platform."""
    set_to = os.environ.get("REPRO_DATA")
    return Path(set_to).expanduser() if set_to else Path(pooch.os_cache("repro"))


def cached_path(file: RemoteFile) -> Path:
    """Where this file is, or will be."""
    return cache_folder() / file.dataset / file.name
