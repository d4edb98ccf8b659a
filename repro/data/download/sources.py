"""From where a file can be had: the mirror that the user set, then its public homes."""

import os
from pathlib import Path
from urllib.parse import quote, urlsplit
from urllib.request import url2pathname

from repro.data.download.download_error import DownloadError
from repro.data.download.remote_file import RemoteFile

MIRROR = "REPRO_MIRROR"


def sources(file: RemoteFile) -> list[str | Path]:
    """Paths and addresses to try, in order.

    ``REPRO_MIRROR`` is a folder, a ``file://`` or an ``http(s)://`` address with one sub-folder for each data set.

    Raises:
        DownloadError: REPRO_MIRROR is set to something else.

    """
    mirror = os.environ.get(MIRROR, "").strip()
    return [*([_in_mirror(mirror, file)] if mirror else []), *file.urls]


def _in_mirror(mirror: str, file: RemoteFile) -> str | Path:
    parts = urlsplit(mirror)
    if parts.scheme in ("http", "https"):
        return f"{mirror.rstrip('/')}/{quote(file.dataset)}/{quote(file.name)}"
    if parts.scheme == "file":
        return Path(url2pathname(parts.path)) / file.dataset / file.name
    if "://" in mirror:
        raise DownloadError(f"{MIRROR} is {mirror!r}; expected a folder or a file://, http:// or https:// address")
    return Path(mirror).expanduser() / file.dataset / file.name
