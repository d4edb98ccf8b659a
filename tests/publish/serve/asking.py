"""A served catalogue, and requests to it word by word, as no browser or library would write them."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from repro.publish.serve.catalogue import Catalogue
from repro.publish.serve.server import Server


@dataclass(frozen=True)
class Heard:
    """An answer: its status, its headers by name in small letters, and what follows them."""

    status: int
    headers: dict[str, str]
    body: bytes


@contextlib.contextmanager
def served(catalogue: Catalogue) -> Iterator[Server]:
    server = Server(catalogue, 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()


def say(server: Server, text: bytes, seconds: float = 10) -> bytes:
    """Send these bytes and give all that comes back until the server closes or the time is over."""
    until = time.monotonic() + seconds
    with socket.create_connection(("127.0.0.1", server.port), timeout=seconds) as line:
        line.sendall(text)
        heard = b""
        with contextlib.suppress(TimeoutError, ConnectionResetError):
            while time.monotonic() < until and (part := line.recv(65536)):
                heard += part
        return heard


def ask(
    server: Server, path: str = "/", method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes = b""
) -> Heard:
    """One request on a connection of its own, with our own Host where none is given."""
    given = {"Host": f"127.0.0.1:{server.port}", "Connection": "close", **(headers or {})}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items() if value is not None)]
    return read(say(server, "\r\n".join([*lines, "", ""]).encode("latin-1") + body))


def read(heard: bytes) -> Heard:
    head, _, body = heard.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return Heard(int(first.split()[1]), {name.lower(): value.strip() for name, _, value in pairs}, body)
