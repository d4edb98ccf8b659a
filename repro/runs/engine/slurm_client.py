"""Asking Slurm. Each call has a time-out, and no answer is never taken for "there is nothing"."""

import contextlib
import re
import subprocess
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass

CALL_SECONDS = 20.0
"""How long one call of a Slurm client may take."""

SUBMIT_SECONDS = 120.0
"""How long it may take to submit an array, with the imports of submitit."""

SILENT_SECONDS = 900.0
"""After so long without an answer of Slurm, nor a sign of any run, it is not waited for any longer."""

_QUEUE_FORMAT = "%j|%F|%K|%T|%r"


@dataclass(frozen=True)
class Job:
    """A job that Slurm has not finished with: one task of an array, or a job of its own, whose ``task`` is 0.

    ``array`` is the number that ``scancel`` takes; ``state`` and ``reason`` are Slurm's words.
    """

    name: str
    array: int
    task: int
    is_lone: bool
    state: str
    reason: str

    @property
    def id(self) -> str:
        """The job's name for Slurm's commands."""
        return str(self.array) if self.is_lone else f"{self.array}_{self.task}"


@dataclass(frozen=True)
class End:
    """How a job ended, as far as Slurm still knows: ``state`` such as FAILED, and the command's exit code."""

    state: str = ""
    code: int | None = None

    @property
    def is_cancelled(self) -> bool:
        """Whether someone took it back."""
        return self.state == "CANCELLED"

    def __str__(self) -> str:
        code = f", exit code {self.code}" if self.code else ""
        return f"{self.state or 'gone, and Slurm does not know how'}{code}"


class AsyncCommand:
    """A client at work, which nobody has to wait for. One that says nothing in time is ended."""

    def __init__(self, *command: str) -> None:
        self.asked = time.monotonic()
        self._said = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115 - read later
        self._process: subprocess.Popen[bytes] | None = None
        with contextlib.suppress(OSError):
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=self._said, stderr=subprocess.DEVNULL
            )

    @property
    def is_over(self) -> bool:
        """Whether there is an answer, or will be none."""
        if self._process is None or self._process.poll() is not None:
            return True
        if time.monotonic() - self.asked > CALL_SECONDS:
            self._end()
        return False

    def take(self) -> str | None:
        """What it printed, once it is over; None when it failed or was ended. To be called once."""
        with self._said:
            if self._process is None or self._process.poll() != 0:
                return None
            self._said.seek(0)
            return self._said.read()

    def drop(self) -> None:
        """Nobody wants its answer any more."""
        self._end()
        self._said.close()

    def _end(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()


def ask_queue(names: Iterable[str]) -> AsyncCommand:
    """Ask for the unfinished jobs of these names; :func:`parse_queue` reads the answer."""
    job_names = ",".join(sorted(names))
    return AsyncCommand("squeue", "--noheader", "--array", f"--name={job_names}", f"--format={_QUEUE_FORMAT}")


def queue(names: Iterable[str]) -> list[Job] | None:
    """The unfinished jobs of these names; None when Slurm does not answer."""
    job_names = sorted(names)
    return parse_queue(_waited(ask_queue(job_names))) if job_names else []


def parse_queue(text: str | None) -> list[Job] | None:
    r"""Read what squeue printed; None when it printed nothing for us, or a line of it cannot be read.

    >>> [job.id for job in parse_queue("repro-x|17|3|RUNNING|None\nrepro-y|18|N/A|PENDING|Resources\n")]
    ['17_3', '18']
    """
    if text is None:
        return None
    jobs = []
    for line in text.splitlines():
        words = line.strip().split("|")
        if len(words) != 5 or not words[1].isdigit() or not (words[2].isdigit() or words[2] == "N/A"):
            return None
        lone = words[2] == "N/A"
        jobs.append(Job(words[0], int(words[1]), 0 if lone else int(words[2]), lone, words[3], words[4]))
    return jobs


def job_end(job_id: str) -> End:
    """What Slurm knows of a job that has left the queue. It forgets after some minutes, and then says nothing."""
    return parse_end(_waited(AsyncCommand("scontrol", "--oneliner", "show", "job", job_id)) or "")


def parse_end(text: str) -> End:
    """Read what ``scontrol show job`` printed; the code is the exit code, or 128 and the signal.

    >>> str(parse_end("JobId=3 JobState=FAILED Reason=NonZeroExitCode ExitCode=2:0"))
    'FAILED, exit code 2'
    """
    state, code = re.search(r"\bJobState=(\w+)", text), re.search(r"\bExitCode=(\d+):(\d+)", text)
    if state is None:
        return End()
    number = None if code is None else int(code[1]) or (128 + int(code[2]) if int(code[2]) else 0)
    return End(state[1], number)


def requeue(job_id: str) -> bool:
    """Put a running job back into the queue; False when Slurm would not."""
    return _waited(AsyncCommand("scontrol", "requeue", job_id)) is not None


def _waited(question: AsyncCommand) -> str | None:
    while not question.is_over:
        time.sleep(0.02)
    return question.take()
