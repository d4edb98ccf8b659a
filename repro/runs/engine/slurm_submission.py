"""One array that was submitted: which runs its tasks train, noted in the study's folder before Slurm hears of it.

Whoever comes later, after a Ctrl-C or from another machine, finds the jobs again by this note and the job's name. It
lies in ``runs/live/`` and may be deleted while nothing trains. submitit's own files, pickles among them, lie in the
user's state folder, which nobody else can read or write.
"""

import contextlib
import hashlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from repro.disk.atomic_write import write_atomically
from repro.disk.untrusted_files import text_inside
from repro.runs.engine.engine import EngineError
from repro.runs.engine.slurm_client import SUBMIT_SECONDS, Job
from repro.runs.lease import LIVE

_SUFFIX = ".slurm"
NOTE_BYTES = 2**22
"""Bytes of a note on a submission that are read."""


@dataclass(frozen=True)
class Submission:
    """An array of jobs: task number i trains the run of ``identities[i]``. ``array`` is Slurm's number, once known."""

    name: str
    identities: tuple[str, ...]
    array: int | None = None

    @classmethod
    def new(cls, study: Path, identities: Sequence[str]) -> "Submission":
        """One that nothing is known of yet; its name says which study it is of, and is used once."""
        folder = hashlib.sha256(os.fsencode(study.resolve())).hexdigest()
        return cls(f"repro-{folder[:10]}-{secrets.token_hex(4)}", tuple(identities))

    @property
    def folder(self) -> Path:
        """Where submitit keeps its files of this array."""
        return state_folder() / self.name

    def id(self, task: int) -> str:
        """What Slurm's commands call a task; one alone is no array."""
        return f"{self.array}" if len(self.identities) == 1 else f"{self.array}_{task}"

    def note(self, study: Path) -> None:
        """Write it down in the study's folder."""
        write_atomically(_notes(study) / f"{self.name}{_SUFFIX}", json.dumps(asdict(self)) + "\n")

    def forget(self, study: Path) -> None:
        """Remove the note and submitit's files."""
        (_notes(study) / f"{self.name}{_SUFFIX}").unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def submit(
        self, study: Path, calls: Sequence[tuple[Sequence[str], str]], parameters: Mapping[str, object]
    ) -> "Submission":
        """Note it, hand it to Slurm and note its number.

        Args:
            study: the study's folder.
            calls: the arguments of :func:`repro.runs.engine.slurm_job.train`, one pair for each task.
            parameters: of submitit's executor.

        Raises:
            EngineError: Slurm or submitit refused it, or gave no answer in time.

        """
        self.note(study)
        request = {
            "folder": str(self.folder),
            "parameters": {**parameters, "job_name": self.name},
            "words": [list(words) for words, _ in calls],
            "checkpoints": [checkpoint for _, checkpoint in calls],
        }
        try:
            array = _submitted(json.dumps(request))
        except EngineError as error:
            if not isinstance(error, NoAnswer):
                self.forget(study)
            raise
        submitted = replace(self, array=array)
        submitted.note(study)
        return submitted

    def last_words(self, task: int) -> str:
        """The end of what a job printed; empty without anything."""
        for end in ("err", "out"):
            with contextlib.suppress(OSError):
                path = self.folder / f"{self.id(task)}_0_log.{end}"
                lines = [line for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if line]
                remaining = [line for line in lines if "submitit" not in line]
                if remaining:
                    return " / ".join(remaining[-3:])
        return ""


class NoAnswer(EngineError):
    """Slurm did not say in time whether it took the jobs."""


def noted(study: Path) -> list[Submission]:
    """All submissions that the study's folder knows of."""
    submissions = []
    for path in sorted(_notes(study).glob(f"*{_SUFFIX}")):
        with contextlib.suppress(OSError, ValueError, TypeError):
            read = json.loads(text_inside(path, path.parent, NOTE_BYTES))
            submissions.append(Submission(read["name"], tuple(read["identities"]), read["array"]))
    return submissions


def numbered(submission: Submission, jobs: Sequence[Job]) -> Submission:
    """The submission with its array's number, which is unknown where its submitter died too early."""
    array = next((job.array for job in jobs if job.name == submission.name), submission.array)
    return replace(submission, array=array)


def state_folder() -> Path:
    """The user's own folder for submitit's files. Nobody else may write there, as jobs unpickle what lies in it.

    Raises:
        EngineError: it belongs to someone else, or is a link.

    """
    state = os.environ.get("XDG_STATE_HOME")
    folder = (Path(state) if state else Path.home() / ".local" / "state") / "repro" / "slurm"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise EngineError(f"{folder}: not a folder of your own; remove it, or set XDG_STATE_HOME")
    folder.chmod(0o700)
    return folder


def _notes(study: Path) -> Path:
    return study / "runs" / LIVE


def _submitted(request: str) -> int:
    """Have a process of its own submit, which can be ended when sbatch does not answer; gives the array's number."""
    command = [sys.executable, "-m", "repro.runs.engine.slurm_submit"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, env=_environment(), start_new_session=True, **pipes) as process:  # type: ignore[call-overload]
        try:
            output, errors = process.communicate(request, timeout=SUBMIT_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise NoAnswer(
                f"sbatch gave no answer in {SUBMIT_SECONDS:.0f} s; the same command finds out whether it took the jobs"
            ) from None
    if process.returncode != 0 or not output.strip().isdigit():
        raise EngineError(
            f"the jobs were not submitted: {' '.join(errors.strip().splitlines()[-1:]) or output.strip()}"
        )
    return int(output)


def _environment() -> dict[str, str]:
    """What jobs get: ours, without what an enclosing job or array would leave in it, and with our modules only."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("SLURM_", "SUBMITIT_"))}
    variables = {"SLURM_CONF": os.environ["SLURM_CONF"]} if "SLURM_CONF" in os.environ else {}
    return {**inherited, **variables, "PYTHONSAFEPATH": "1", "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
