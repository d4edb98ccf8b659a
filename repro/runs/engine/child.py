"""A child of a worker: a process of its own for a folder's code, and what the two tell each other.

The worker hands over a function with its arguments. What comes back are plain values
(:mod:`repro.runs.engine.wire`), so that nothing which own code puts into a message is executed where test labels are.
"""

import contextlib
import os
import pickle
import queue
import signal
import threading
import traceback
from collections.abc import Callable, Collection
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, NoReturn

from repro.data.data_error import DataError, OwnCodeNeeded
from repro.data.gate import GateError
from repro.data.own_code import OwnCodeError
from repro.runs.engine.fork_server import ForkServer
from repro.runs.engine.messages import Stop
from repro.runs.engine.wire import MAX_BYTES, pack, unpack
from repro.runs.identity import own_files
from repro.spec.experiment import STALL_SECONDS, Experiment
from repro.spec.place import Place
from repro.spec.problem import Problem, SpecError
from repro.spec.scalars import limit_words
from repro.training.device import NoSuchDevice
from repro.training.ranks import lost_the_others
from repro.training.stop import StopFlag, Stopped

_LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class Patience:
    """How long own code may show no progress, and which code that is, as messages name it."""

    seconds: int = STALL_SECONDS
    code: str = "own code"

    @classmethod
    def of(cls, experiment: Experiment, files: Collection[str] | None = None) -> "Patience":
        """An experiment's, for those ``files`` of its own code that take part; all of them where that is None."""
        names = own_files(experiment) if files is None else sorted(files)
        return cls(experiment.training.stall_limit, f"own code ({', '.join(names)})" if names else "own code")


class Stalled(OwnCodeError):
    """Own code showed no progress for longer than it may, and was ended."""

    def __init__(self, patience: Patience) -> None:
        limit = limit_words(patience.seconds)
        super().__init__(
            f"{patience.code} showed no progress for {limit} and was ended; if it needs longer, write training: "
            f"{{stall_limit: ...}} (now {limit})"
        )


_KNOWN: dict[str, type[Exception]] = {
    error.__name__: error for error in (DataError, OwnCodeNeeded, OwnCodeError, NoSuchDevice, ValueError)
}


class ChildEnded(Exception):
    """A child ended before it was done; ``code`` is its exit code, or minus the number of a signal."""

    def __init__(self, code: int) -> None:
        super().__init__(f"the process that runs own code ended with {code}")
        self.code = code

    def end_alike(self) -> NoReturn:
        """End this process as the child ended, so that whoever looks after workers sees how. Does not return."""
        if self.code < 0:
            with contextlib.suppress(ValueError, OSError):
                signal.signal(-self.code, signal.SIG_DFL)
            os.kill(os.getpid(), -self.code)
        os._exit(self.code)


class OwnCodeRaised(Exception):
    """An exception of a child, of a class that this process does not know; ``reason`` names it.

    ``follows`` says of one of several ranks that it only lost the others, so the reason is one of theirs.
    """

    def __init__(self, kind: str, text: str, *, follows: bool = False) -> None:
        super().__init__(text)
        self.reason = f"{kind}: {text}"
        self.follows = follows


def reason_of(error: BaseException) -> str:
    """An exception in a line: its class and its text."""
    if isinstance(error, OwnCodeRaised):
        return " ".join(error.reason.split())
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


# in the worker


@dataclass(frozen=True)
class ChildResult:
    """What the function of a child returned."""

    value: Any


class Child:
    """A child at work on one function. Use it as a context manager: none outlives its block."""

    def __init__(
        self, server: ForkServer, function: Callable[..., Any], *args: Any, patience: Patience | None = None
    ) -> None:
        self._server = server
        self._patience = patience or Patience()
        self._silent, self._is_stalled = 0.0, False
        self._connection, self._pid = server.start()
        self._is_over = False
        self._has_heard = False
        self._send((function, args))

    @property
    def connection(self) -> Connection:
        """The line to it, to wait for several at once."""
        return self._connection

    def __enter__(self) -> "Child":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End it, whatever it does."""
        self._connection.close()
        if not self._is_over:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            self._end()

    def result(self, answer: Callable[[str, Any], Any] = lambda kind, value: None, stop: StopFlag | None = None) -> Any:
        """What the function returns.

        Args:
            answer: called with each message that it sends; what it returns is the answer where one is waited for.
            stop: asks it to stop.

        Raises:
            ChildEnded: its process ended before.
            Stalled: it said nothing for longer than it may.
            Stopped: it was asked to stop, and did.
            Exception: what the function raised; see :class:`OwnCodeRaised`.

        """
        while True:
            if stop is not None and stop.is_set:
                self.stop()
            if (returned := self.turn(answer)) is not None:
                return returned.value

    def stop(self) -> None:
        """Ask it to stop, once."""
        if not self._has_heard:
            self._send(Stop())
        self._has_heard = True

    def turn(self, answer: Callable[[str, Any], Any]) -> "ChildResult | None":
        """Take in its next message, if there is one within a moment; what the function returned, once it has.

        Arguments and errors are those of :meth:`result`.
        """
        heard = self._heard()
        if heard is None:
            return None
        kind, value = heard
        if kind == "result":
            return ChildResult(value)
        if kind == "raised":
            raise _error(value)
        if kind == "stopped":
            raise Stopped(value["step"], kept=value["kept"])
        if kind.startswith("ask "):
            self._send(answer(kind.removeprefix("ask "), value))
        else:
            answer(kind, value)
        return None

    def ask(self, request: Any) -> Any:
        """Of a function that serves requests: the answer to one."""
        self._send(request)
        while (heard := self._heard()) is None:
            pass
        kind, value = heard
        if kind == "raised":
            raise _error(value)
        return value

    def _heard(self) -> tuple[str, Any] | None:
        """Its next message; None where it said nothing for a moment.

        Moments are counted, not the time between messages: what passes while this process is stopped, or busy with an
        answer, is not the child's.
        """
        if self._is_stalled:
            raise Stalled(self._patience)
        try:
            if self._connection.poll(_LOOK_SECONDS):
                self._silent = 0.0
                kind, value = unpack(self._connection.recv_bytes(MAX_BYTES))
                return kind, value
        except (EOFError, OSError):
            raise ChildEnded(self._end()) from None
        self.was_silent(_LOOK_SECONDS)
        return None

    def was_silent(self, seconds: float) -> None:
        """It said nothing for so long.

        Raises:
            Stalled: that is more than it may; it is ended.

        """
        self._silent += seconds
        if self._silent > self._patience.seconds:
            self.close()
            self._is_stalled = True
            raise Stalled(self._patience)

    def _send(self, message: Any) -> None:
        """Hand something over. A child that is gone is noticed where it is heard.

        Pickled here: ``Connection.send`` would move tensors into shared memory, under the arrays that look at them.
        """
        with contextlib.suppress(OSError):
            self._connection.send_bytes(pickle.dumps(message))

    def _end(self) -> int:
        code = 0 if self._is_over else self._server.wait(self._pid)
        self._is_over = True
        return code


def _error(value: dict[str, Any]) -> Exception:
    kind, text = str(value["kind"]), str(value["text"])
    if kind == "SpecError":
        return SpecError(Problem(Place(*place), key, message) for place, key, message in value["problems"])
    if kind == "GateError":
        return GateError(text, value["gate"])
    return _KNOWN[kind](text) if kind in _KNOWN else OwnCodeRaised(kind, text, follows=bool(value["follows"]))


# in the child


class Channel:
    """A child's line to its worker. ``stop`` is set when the worker asks for it."""

    def __init__(self, connection: Connection) -> None:
        self.stop = StopFlag()
        self._connection = connection
        self._received: queue.SimpleQueue[Any] = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()

    def tell(self, kind: str, value: Any) -> None:
        """Send plain values."""
        self._connection.send_bytes(pack((kind, value)))

    def ask(self, kind: str, value: Any) -> Any:
        """Send plain values and wait for the answer."""
        self.tell(f"ask {kind}", value)
        return self._received.get()

    def receive(self) -> Any:
        """The next request."""
        return self._received.get()

    def raised(self, error: BaseException) -> None:
        """Send what was raised."""
        value: dict[str, Any] = {"kind": type(error).__name__, "text": str(error), "follows": lost_the_others(error)}
        if isinstance(error, SpecError):
            value["problems"] = [((p.place.file, p.place.line, p.place.column), p.key, p.text) for p in error.problems]
        if isinstance(error, GateError):
            value["gate"] = dict(error.gate)
        self.tell("raised", value)

    def _listen(self) -> None:
        while True:
            try:
                message = _received(self._connection)
            except (EOFError, OSError):
                os._exit(1)  # the worker is gone, or wants no more
            if isinstance(message, Stop):
                self.stop.set()
            else:
                self._received.put(message)


def _received(connection: Connection) -> Any:
    """What the worker sent, read in the child alone; the worker reads plain values only, by ``unpack``."""
    return pickle.loads(connection.recv_bytes())


def main(connection: Connection) -> None:
    """What a child does: run the one function that it is given."""
    try:
        function, args = _received(connection)
    except (EOFError, OSError):
        return
    channel = Channel(connection)
    try:
        result = function(channel, *args)
    except Stopped as stopped:
        channel.tell("stopped", {"step": stopped.step, "kept": stopped.kept})
    except Exception as error:  # noqa: BLE001 - the worker says it
        traceback.print_exc()
        channel.raised(error)
    else:
        channel.tell("result", result)
