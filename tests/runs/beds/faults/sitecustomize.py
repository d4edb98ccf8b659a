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

EVENTS = {"tempfile.mkstemp": 0, "open": 0, "os.rename": 1, "os.remove": 0, "os.mkdir": 0, "os.chmod": 0}
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


def _hook(event: str, args: tuple) -> None:
    if event not in EVENTS or _seen["busy"]:
        return
    if event == "open" and (not isinstance(args[0], str) or not args[2] & WRITING):
        return
    _seen["busy"] = True
    try:
        text = Path(os.environ["FAULT_PLAN"]).read_text(encoding="utf-8")
        plan = json.loads(text)
        target = os.fspath(args[EVENTS[event]])
        if not isinstance(target, str) or _role() != plan["role"]:
            return
        if not str(Path(target).absolute()).startswith(plan["folder"]):
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
