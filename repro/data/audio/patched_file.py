"""A file read with some of its bytes replaced; the file itself stays as it is."""

import os
from pathlib import Path
from types import TracebackType

from repro.data.audio.container_check import ContainerCheck


class PatchedFile:
    """What ``soundfile.SoundFile`` needs of a file to read: ``read``, ``seek`` and ``tell``."""

    def __init__(self, path: Path, judgement: ContainerCheck) -> None:
        self._file = path.open("rb")
        self._patch = judgement.patch
        self._lead = judgement.lead
        self._shift = len(judgement.lead) - judgement.lead_over
        self._size = os.fstat(self._file.fileno()).st_size + self._shift
        self._at = 0

    def __enter__(self) -> "PatchedFile":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def read(self, size: int = -1) -> bytes:
        """The next bytes, with the patch in place."""
        first, last = self._at, self._size if size < 0 else min(self._size, self._at + size)
        content = bytearray(self._lead[first:last])
        at = max(first, len(self._lead)) - self._shift
        self._file.seek(at)
        content += self._file.read(max(0, last - self._shift - at))
        for offset, some in self._patch:
            start, end = max(at, offset), min(last - self._shift, offset + len(some))
            if start < end:
                content[start - at : end - at] = some[start - offset : end - offset]
        self._at = first + len(content)
        return bytes(content)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a byte; returns where that is."""
        self._at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        return self._at

    def tell(self) -> int:
        """Where the next byte is read."""
        return self._at
