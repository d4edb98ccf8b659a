"""Messages between the engine and its workers: pickled, each with its length before it, over a pipe."""

import pickle
import struct
from typing import IO, Any

_HEAD = struct.Struct(">Q")


def send(pipe: IO[bytes], message: Any) -> None:
    """Write one message and flush it. OSError (a broken pipe) when the other side is gone."""
    content = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.write(_HEAD.pack(len(content)))
    pipe.write(content)
    pipe.flush()


def receive(pipe: IO[bytes]) -> Any:
    """Read one message; EOFError when the other side is gone, also in the middle of a message."""
    (length,) = _HEAD.unpack(_exactly(pipe, _HEAD.size))
    return pickle.loads(_exactly(pipe, length))


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    parts = []
    while size:
        part = pipe.read(size)
        if not part:
            raise EOFError
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
