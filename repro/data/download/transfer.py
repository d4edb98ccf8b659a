"""One attempt: the bytes of one source into an open file, bounded and checked."""

import hashlib
import queue
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from repro.data.download.progress import OnProgress, Progress
from repro.data.download.remote_file import RemoteFile

CHUNK_BYTES = 2**17
MAX_BYTES = 2**36
"""Of a file whose length nobody names."""
CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0
"""Longest silence of a server."""
LOWEST_BYTES_PER_SECOND = 2000
"""Below this, over the whole transfer and after the first READ_SECONDS, a source is given up."""


class TransferError(Exception):
    """Why this source did not give the file."""


def transfer(
    file: RemoteFile,
    source: str | Path,
    out: BinaryIO,
    *,
    on_progress: OnProgress | None = None,
    read_seconds: float = READ_SECONDS,
) -> None:
    """Copy ``source`` into ``out`` and check length and checksum on the way, as far as they are known.

    Raises:
        TransferError: not there, no answer in time, too slow, too long, too short, or other bytes than expected.

    """
    algorithm, expected = file.checksum or ("sha256", None)
    digest = hashlib.new(algorithm, usedforsecurity=False)
    most = MAX_BYTES if file.size_bytes is None else file.size_bytes
    done = 0
    chunks = _from_path(source) if isinstance(source, Path) else _from_http(source, read_seconds)
    with Progress(file, on_progress) as progress:
        for chunk in chunks:
            done = progress.add(len(chunk))
            if done > most:
                raise TransferError(f"longer than the expected {most} bytes")
            digest.update(chunk)
            out.write(chunk)
    if file.size_bytes is not None and done != file.size_bytes:
        raise TransferError(f"ended after {done} of {file.size_bytes} bytes")
    if expected is not None and digest.hexdigest() != expected:
        raise TransferError(f"is another file: its {algorithm} is {digest.hexdigest()}, expected {expected}")
    if not done:
        raise TransferError("is empty")


def _from_path(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as opened:
            while chunk := opened.read(CHUNK_BYTES):
                yield chunk
    except FileNotFoundError:
        raise TransferError("no such file") from None
    except OSError as error:
        raise TransferError(f"cannot be read: {error.strerror}") from error


def _from_http(url: str, read_seconds: float) -> Iterator[bytes]:
    import requests  # slow to import
    from urllib3.exceptions import HTTPError, ReadTimeoutError

    try:
        with _answer(url, read_seconds) as answer:
            if answer.status_code != 200:
                raise TransferError(f"{answer.status_code} {answer.reason}")
            began, done = time.monotonic(), 0
            # read1 gives what has come; requests' own iter_content waits for whole chunks, however slowly bytes drip
            while chunk := answer.raw.read1(CHUNK_BYTES):
                done += len(chunk)
                seconds = time.monotonic() - began
                if seconds > read_seconds and done < LOWEST_BYTES_PER_SECOND * seconds:
                    raise TransferError(f"too slow: {done} bytes in {seconds:.0f} s")
                yield chunk
    except (requests.exceptions.Timeout, ReadTimeoutError) as error:
        raise TransferError(f"no answer within {read_seconds:g} s") from error
    except (requests.exceptions.RequestException, HTTPError) as error:
        raise TransferError(_plain(error)) from error


def _answer(url: str, read_seconds: float) -> Any:
    """The server's answer, its headers read, within a time that no dripping of single bytes makes longer."""
    import requests

    came: queue.SimpleQueue[Any] = queue.SimpleQueue()
    given_up = threading.Event()

    def ask() -> None:
        try:
            limits, words = (CONNECT_SECONDS, read_seconds), {"Accept-Encoding": "identity"}
            answer = requests.get(url, stream=True, timeout=limits, headers=words)
            if given_up.is_set():
                answer.close()
            came.put(answer)
        except Exception as error:  # noqa: BLE001 - raised again below
            came.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = came.get(timeout=CONNECT_SECONDS + read_seconds)
    except queue.Empty:
        given_up.set()
        raise TransferError(f"no whole answer within {CONNECT_SECONDS + read_seconds:g} s") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _plain(error: Exception) -> str:
    """The reason in a few words: requests wraps it several layers deep, with addresses of objects in it."""
    text = str(error)
    for sign, words in {
        "Name or service not known": "the name cannot be looked up (no network?)",
        "NameResolutionError": "the name cannot be looked up (no network?)",
        "Connection refused": "connection refused",
        "IncompleteRead": "broke off before the end",
        "Network is unreachable": "the network cannot be reached",
    }.items():
        if sign in text:
            return words
    return f"no connection ({type(error).__name__})"
