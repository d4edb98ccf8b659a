"""A file to be downloaded, with all that is known of it beforehand."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RemoteFile:
    """``dataset`` is its folder in the cache and in a mirror; ``urls`` are tried in order.

    What its publisher or a mirror says of it is known before anything is downloaded, and nothing else is ever used:
    ``sha256``, or else ``md5``, and ``size_bytes``. Where no checksum is known (an archive that is packed anew for
    whoever asks) the first download is *pinned*: its sha256 is kept beside it in the cache, the log says so, and from
    then on nothing else is used. ``checked_inside``: no checksum is wanted, as whoever unpacks it knows what every
    file in it must be.
    """

    dataset: str
    name: str
    sha256: str | None
    size_bytes: int | None
    urls: tuple[str, ...]
    md5: str | None = None
    checked_inside: bool = False

    @property
    def checksum(self) -> tuple[str, str] | None:
        """The algorithm (``sha256`` or ``md5``) and the digits that the file must have; None where none is known."""
        if self.sha256 is not None:
            return "sha256", self.sha256
        return None if self.md5 is None else ("md5", self.md5)
