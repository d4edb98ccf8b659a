"""What the tests of this room share: experiments made in Python, and servers on this machine."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from repro.spec.experiment import Dataset, Experiment, Input, Label, Splits, Training
from repro.spec.part import Entry

DIGIT = {"digit": Label(name="digit", column="digit")}


@pytest.fixture
def make_experiment() -> Callable[..., Experiment]:
    """An experiment on mnist1d; keywords replace its fields, ``features`` is the cached list of its one input."""

    def make(*, features: tuple[Entry, ...] = (), **fields: Any) -> Experiment:
        words: dict[str, Any] = {
            "name": "x",
            "dataset": Dataset(name="mnist1d", args={"seed": 42}),
            "labels": DIGIT,
            "splits": Splits(source="official"),
            "inputs": {"input": Input(name="input", cached=features)},
            "model": None,
            "metrics": {"Accuracy": Entry(name="Accuracy")},
            "training": Training(batch_size=100, epochs=1),
        }
        return Experiment(**(words | fields))

    return make


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[BaseHTTPRequestHandler], None]], str]]:
    """Starts a real http server on 127.0.0.1 that answers each GET with the given function; gives its address."""
    servers = []

    def start(answer: Callable[[BaseHTTPRequestHandler], None]) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer(self)

            def log_message(self, *args: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()
