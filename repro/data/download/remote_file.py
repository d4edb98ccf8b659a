"""A file to be downloaded, with all that is known of it beforehand."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RemoteFile:
    """``dataset`` is its folder in the cache and in a mirror; ``urls`` are tried in order.

    ``size_bytes`` and ``sha256`` are known before anything is downloaded; nothing else is ever used.
    """

    dataset: str
    name: str
    sha256: str
    size_bytes: int
    urls: tuple[str, ...]
