"""The server: on this machine's own address, a thread for each request, and nothing that a request can change."""

import contextlib
import errno
import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

from repro.publish.serve.catalogue import HOME, Catalogue, Response
from repro.publish.serve.guard import METHODS, refusal
from repro.publish.serve.headers import ALWAYS, EVENTS, HTML, TEXT, policy

ADDRESS = "127.0.0.1"
STREAMS = "events"
"""Where a page hears that there is a newer one: ``/events?page=NAME``."""

ICON = "favicon.ico"
"""Browsers ask for it unasked; that there is none is no fault of a page."""

MOST_STREAMS = 64
MOST_CONNECTIONS = 160
"""Requests that are answered at a time, the streams among them."""

BEAT_SECONDS = 5.0
"""So often a stream without news says that it lives, which is also how it learns that nobody listens any more."""

SLOW_SECONDS = 20.0
"""After so long a request that does not come to its end is given up."""

MARK = b'<main id="main"'
"""Where a page's version is written into it."""


class Server(ThreadingHTTPServer):
    """Serves a catalogue. Close it with :meth:`stop`."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128  # with the usual 5 a burst of pages waits a second for its second try
    allow_reuse_address = os.name != "nt"  # there a second server could take the port over

    def __init__(self, catalogue: Catalogue, port: int) -> None:
        self.catalogue = catalogue
        self.streams = threading.BoundedSemaphore(MOST_STREAMS)
        self.heads: dict[socket.socket, float] = {}
        self._answering = threading.BoundedSemaphore(MOST_CONNECTIONS)
        super().__init__((ADDRESS, port), _Handler)

    @property
    def port(self) -> int:
        """The port, also where the system chose it."""
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        """What to type."""
        return f"http://{ADDRESS}:{self.port}/"

    def stop(self) -> None:
        """End the streams and the loop of :meth:`serve_forever`, then let the port go."""
        self.catalogue.close()
        self.shutdown()
        self.server_close()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread of its own, of which there are not more than so many; who comes after is sent away."""
        if self._answering.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """What such a thread does."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.heads.pop(request, None)
            self._answering.release()

    def service_actions(self) -> None:
        """Give up requests whose head does not come to its end, however it drips; called twice a second."""
        late = time.monotonic() - SLOW_SECONDS
        for connection, since in list(self.heads.items()):
            if since < late:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a browser that goes away in the middle is no error."""


class _Handler(BaseHTTPRequestHandler):
    server: Server
    timeout: ClassVar[float] = SLOW_SECONDS
    protocol_version = "HTTP/1.1"

    def handle_one_request(self) -> None:
        """Read and answer a request; its head has to come within :data:`SLOW_SECONDS`."""
        self.server.heads[self.connection] = time.monotonic()
        super().handle_one_request()

    def parse_request(self) -> bool:
        """Read the head of a request, and refuse here what is refused: before any method is looked up."""
        try:
            if not super().parse_request():
                return False
        finally:
            self.server.heads.pop(self.connection, None)
        if self.request_version == "HTTP/0.9":  # an answer without headers
            self.send_error(505)
            return False
        headers: dict[str, list[str]] = {}
        for name, value in self.headers.items():
            headers.setdefault(name.lower(), []).append(value.strip())
        refused = refusal(self.command, headers, self.server.port)
        if refused is not None or "content-length" in headers or "transfer-encoding" in headers:
            self.close_connection = True  # what is sent along is not read
        if refused is None:
            return True
        self._answer(refused.status, refused.text.encode(), TEXT)
        return False

    def do_GET(self) -> None:
        """Give a page, a file or the stream of news."""
        url = urlsplit(self.path)
        name = unquote(url.path).removeprefix("/") or HOME
        if name == STREAMS:
            page = parse_qs(url.query).get("page", [HOME])[0]
            self._stream(page or HOME)
            return
        response = self.server.catalogue.find(name)
        if response is None and name == ICON:
            self._answer(204, b"", TEXT)
        elif response is None:
            self._answer(404, b"There is no such page.\n", TEXT)
        else:
            self._answer(200, _marked(response), response.kind)

    do_HEAD = do_GET

    def _answer(self, status: int, content: bytes, kind: str) -> None:
        self.send_response(status)
        for name, value in ALWAYS.items():
            self.send_header(name, value)
        self.send_header("Content-Security-Policy", policy(kind))
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        if status == 405:
            self.send_header("Allow", ", ".join(METHODS))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _stream(self, page: str) -> None:
        """Say the version of a page, and again each time it changes, until nobody listens."""
        self.close_connection = True
        if not self.server.streams.acquire(blocking=False):
            self._answer(503, b"Too many pages are open.\n", TEXT)
            return
        try:
            self.send_response(200)
            for name, value in {**ALWAYS, "Content-Type": EVENTS, "Connection": "close"}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                for text in self._news(page):
                    self.wfile.write(text.encode())
        finally:
            self.server.streams.release()

    def _news(self, page: str) -> Iterator[str]:
        yield "retry: 1000\n\n"
        catalogue = self.server.catalogue
        state: tuple[str, str] | None = catalogue.state(page)
        previous = None
        while state is not None:
            if state != previous:
                yield f"data: {json.dumps({'version': state[0], 'problem': state[1]})}\n\n"
            else:
                yield ":\n\n"
            previous = state
            state = catalogue.wait(page, state, BEAT_SECONDS)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """A request that is none, in the standard library's words, with our headers."""
        self.close_connection = True
        self.command = getattr(self, "command", "") or "GET"
        self._answer(code, f"{message or HTTPStatus(code).phrase}\n".encode("ascii", "replace"), TEXT)

    def version_string(self) -> str:
        """No versions for whoever asks."""
        return "repro"

    def log_message(self, format: str, *args: Any) -> None:
        """The terminal shows what matters, not each request."""


def _marked(response: Response) -> bytes:
    """A page with the version that it is of, so that it knows whether there is a newer one."""
    if response.kind != HTML:
        return response.content
    return response.content.replace(MARK, MARK + f' data-version="{response.version}"'.encode(), 1)


def why_not(error: OSError, port: int) -> str | None:
    """Why a server could not start on this port, and what to do; None where it was not for the port."""
    if error.errno == errno.EACCES:
        return f"permission denied for port {port}; use a port from 1024 up, such as --port 8000"
    if error.errno not in (errno.EADDRINUSE, getattr(errno, "WSAEADDRINUSE", -1)):
        return None
    other = _free_port(port + 1)
    return f"port {port} is in use{f'; say --port {other}' if other else ''}"


def _free_port(first: int, tries: int = 20) -> int | None:
    """The first port from ``first`` on that is free; None where none of so many is."""
    for port in range(first, min(first + tries, 65536)):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind((ADDRESS, port))
            return port
    return None
