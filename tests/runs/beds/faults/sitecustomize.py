"""Ends a process, or makes it fail, at one of its writes. Python imports this at its start when it is on PYTHONPATH.

``FAULT_PLAN`` names a JSON file: ``folder`` (writes below it count), ``role`` (``worker`` or ``main``), ``at`` (which
of the process's writes, from 1; 0 for none), ``act`` (``kill``, or the name of an errno), ``log`` (where each write is
noted as ``EVENT NAME WRITER``). The file is read anew at each write. Nothing of the program knows of this: it listens
to Python's own audit events, which come before the deed.
"""

import contextlib
import errno
import json
import multiprocessing
import os
import signal
import sys
from pathlib import Path

EVENTS = {
    "tempfile.mkstemp": (0, None),
    "open": (0, None),
    "os.rename": (1, 3),
    "os.remove": (0, 1),
    "os.mkdir": (0, 2),
    "os.chmod": (0, 2),
}
"""Where the arguments of an event name the file, and the open folder in which that name lies."""

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_seen: dict = {"plan": None, "count": 0, "busy": False}


def _role() -> str:
    return "worker" if multiprocessing.current_process().name.startswith("repro-worker") else "main"


def _writer() -> str:
    frame = sys._getframe(2)
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module.startswith("repro.") and not module.startswith("repro.disk"):
            return f"{module}:{frame.f_code.co_name}"
        frame = frame.f_back
    return "-"


def _absolute(name: str, folder: "int | None") -> Path:
    """The file of a name that is read from an open folder: the one given, or of ``open`` the disk room's own."""
    path = Path(name)
    if path.is_absolute():
        return path
    if folder is not None and folder >= 0:
        return Path(f"/proc/self/fd/{folder}").readlink() / path
    frame = sys._getframe(2)
    while frame is not None:
        if frame.f_globals.get("__name__") == "repro.disk.atomic_write" and isinstance(
            frame.f_locals.get("path"), Path
        ):
            return frame.f_locals["path"].absolute().parent / path
        frame = frame.f_back
    return path.absolute()


def _hook(event: str, args: tuple) -> None:
    if event not in EVENTS or _seen["busy"]:
        return
    if event == "open" and (not isinstance(args[0], str) or not args[2] & WRITING):
        return
    _seen["busy"] = True
    try:
        text = Path(os.environ["FAULT_PLAN"]).read_text(encoding="utf-8")
        plan = json.loads(text)
        place, folder = EVENTS[event]
        target = os.fspath(args[place])
        if not isinstance(target, str) or _role() != plan["role"]:
            return
        target = str(_absolute(target, args[folder] if folder is not None and folder < len(args) else None))
        if not target.startswith(plan["folder"]):
            return
        if _seen["plan"] != (os.getpid(), text):
            _seen["plan"], _seen["count"] = (os.getpid(), text), 0
        _seen["count"] += 1
        with Path(plan["log"]).open("a", encoding="utf-8") as log:
            log.write(f"{event} {Path(target).name} {_writer()}\n")
        if _seen["count"] != plan["at"]:
            return
        if plan["act"] == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        number = getattr(errno, plan["act"])
        raise OSError(number, os.strerror(number), target)
    finally:
        _seen["busy"] = False


if "FAULT_PLAN" in os.environ:
    with contextlib.suppress(AttributeError):
        sys.addaudithook(_hook)
