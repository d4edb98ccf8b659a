"""Forks children of a process that has imported everything and done nothing else.

A worker starts one before it has threads, so that each piece of own code gets a process of its own at once.
multiprocessing has such a server too, but gives children only to the process that started it, and a worker is itself
one of them.
"""

import contextlib
import os
import signal
import socket
import struct
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection

CAN_FORK = sys.platform != "win32"

_FORK, _WAIT = b"F", b"W"
_PID = struct.Struct("!q")


class ForkServer:
    """The server, and this process's end of the line to it. It ends with this process, and its children with it.

    Args:
        main: what a child does with its connection; its process ends when this returns.

    """

    def __init__(self, main: Callable[[Connection], None]) -> None:
        here, remote = socket.socketpair()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            here.close()
            _serve(remote, main)
        remote.close()
        self._line = here
        self.pid = pid

    def start(self) -> tuple[Connection, int]:
        """A new child, which prints where this process prints now: the connection to it, and its process id."""
        here, remote = socket.socketpair()
        with remote:
            socket.send_fds(self._line, [_FORK], [remote.fileno(), 1, 2])
            pid = _PID.unpack(_all(self._line, _PID.size))[0]
        return Connection(here.detach()), pid

    def wait(self, pid: int) -> int:
        """Wait for a child's end; its exit code, or minus the number of the signal that ended it."""
        self._line.sendall(_WAIT + _PID.pack(pid))
        return int(_PID.unpack(_all(self._line, _PID.size))[0])

    def close(self) -> None:
        """End the server and its children."""
        self._line.close()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


def _serve(line: socket.socket, main: Callable[[Connection], None]) -> None:
    """The server's loop; never returns."""
    for name in ("SIGINT", "SIGTERM", "SIGUSR1"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)  # the worker hears them, and tells its children
    children: set[int] = set()
    while True:
        word, handles, _, _ = socket.recv_fds(line, 1, 3)
        if not word:
            for pid in children:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            os._exit(0)
        if word == _WAIT:
            pid = _PID.unpack(_all(line, _PID.size))[0]
            children.discard(pid)
            line.sendall(_PID.pack(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])))
            continue
        connection, out, err = handles
        pid = os.fork()
        if pid == 0:
            line.close()
            _child(connection, out, err, main)
        for handle in handles:
            os.close(handle)
        children.add(pid)
        line.sendall(_PID.pack(pid))


def _child(connection: int, out: int, err: int, main: Callable[[Connection], None]) -> None:
    """What a child does; never returns."""
    code = 1
    try:
        os.dup2(out, 1)
        os.dup2(err, 2)
        os.close(out)
        os.close(err)
        main(Connection(connection))
        code = 0
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)


def _all(line: socket.socket, size: int) -> bytes:
    got = b""
    while len(got) < size:
        some = line.recv(size - len(got))
        if not some:
            raise EOFError("the server for children is gone")
        got += some
    return got
