"""What a process that works on strangers' folders does: answer jobs, a line each, until there are no more.

It can write no file and take no more than :data:`MEMORY` where the system has such limits.
"""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

from repro.spec.data_links import leave

MEMORY = 4 * 2**30

READY = "ready\n"
"""What is said before the first answer, when all is imported."""


def answer_jobs(make: Callable[[dict[str, Any]], str]) -> None:
    """Answer the jobs on standard input; ``make`` gives a job's answer, one line of text without its end."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints never stands among the answers
    sys.dont_write_bytecode = True
    leave()
    limit_resources()
    answers.write(READY)
    answers.flush()
    for line in sys.stdin:
        answers.write(make(json.loads(line)) + "\n")
        answers.flush()


def limit_resources() -> None:
    """Take the right to write files from this process, and bound its memory."""
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    for what, most in (
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, MEMORY),
    ):
        try:
            resource.setrlimit(what, (most, most))
        except (OSError, ValueError):  # a system that has the name and not the limit
            continue
