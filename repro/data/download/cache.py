"""Where downloaded files are kept."""

import os
from pathlib import Path

import platformdirs

from repro.data.download.remote_file import RemoteFile

CHOOSE = "set REPRO_DATA to a folder that can be written"


def cache_folder() -> Path:
    """``REPRO_DATA`` where it is set, else ``repro`` in the user's cache folder of this platform."""
    set_to = os.environ.get("REPRO_DATA")
    return Path(set_to).expanduser() if set_to else platformdirs.user_cache_path("repro")


def not_done(error: OSError, path: Path | str = "") -> str:
    """What the system refused, in words; where it was in the cache folder, how another is set.

    Args:
        error: of the system.
        path: what was to be read or written, where the error does not know it.

    """
    name = error.filename or path
    message = f"{name}: {error.strerror or error}" if name else str(error)
    if not name or isinstance(name, int | bytes):
        return message
    cache, place = cache_folder().absolute(), Path(name).absolute()
    above = cache.is_relative_to(place) and not (place.is_dir() and os.access(place, os.W_OK))
    near = place.is_relative_to(cache) or above
    return f"{message}. Downloads and what is made of data are kept there; {CHOOSE}" if near else message


def cached_path(file: RemoteFile) -> Path:
    """Where this file is, or will be."""
    return cache_folder() / file.dataset / file.name
