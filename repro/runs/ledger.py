"""The ledger: where records lie, which of them count, and how they are found again. Imports neither torch nor numpy
until predictions are asked for.
"""

import stat
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import ValidationError

from repro.disk.write import write_atomically
from repro.runs.claim import LIVE
from repro.runs.plan import Plan, Run
from repro.runs.record import Record

if TYPE_CHECKING:
    import numpy as np

Source = Literal["runs", "results"]

TRACKING = "tracking"
"""The folder under ``runs/`` of what trackers are fed with."""

NO_RECORDS = ("splits", LIVE, TRACKING)
"""Folders under ``runs/`` that hold something else."""

MAX_BYTES = 64 * 2**20
"""No record is larger, whatever its history; what is, is not read."""


@dataclass(frozen=True)
class Damage:
    """A file that is no record, or whose hash is not that of its content. It counts for nothing."""

    path: Path
    why: str


class Ledger:
    """The records of one study's folder: of ``runs/RUNG/`` or of ``results/records/``.

    A record is ``ID.json``, its predictions ``ID.npz``, its journal ``ID.jsonl``, what it printed ``ID.log``, with
    the run's id (:attr:`repro.runs.plan.Run.id`). Files are read when they are first asked for, once.
    """

    def __init__(self, folder: Path, source: Source) -> None:
        self.folder = folder
        self.source: Source = source
        self._answer: tuple[Plan, list[Record]] | None = None  # the last one given; naming records again takes time

    @classmethod
    def open(cls, folder: Path, source: Source | None = None) -> "Ledger":
        """The ledger of ``source``; without one, ``runs/`` where there is any record, else ``results/``."""
        if source is not None:
            return cls(folder, source)
        runs = cls(folder, "runs")
        return runs if runs.records or runs.damaged else cls(folder, "results")

    @property
    def root(self) -> Path:
        """The folder under which the records lie."""
        return self.folder / ("runs" if self.source == "runs" else "results/records")

    @property
    def records(self) -> tuple[Record, ...]:
        """All whole records, by the names of their files."""
        return tuple(record for _, record in self._scanned[0])

    @property
    def whole(self) -> tuple[tuple[Path, Record], ...]:
        """All whole records with the files they lie in."""
        return tuple(self._scanned[0])

    @property
    def damaged(self) -> tuple[Damage, ...]:
        """Files that look like records and cannot be trusted. Say them, never drop them in silence."""
        return tuple(self._scanned[1])

    def find(self, identity: str) -> Record | None:
        """The record of this identity; a finished one before a failed one."""
        found = [record for _, record in self._scanned[0] if record.identity == identity]
        return min(found, key=lambda record: record.state != "done", default=None)

    def of(self, plan: Plan) -> list[Record]:
        """The records that answer the plan's runs, in its order, under the names that its experiments have now.

        A run is found by its identity, so an experiment that was renamed, or that is the same at another rung, keeps
        its records.
        """
        if self._answer is None or self._answer[0] is not plan:
            self._answer = (plan, self._of(plan))
        return list(self._answer[1])

    def _of(self, plan: Plan) -> list[Record]:
        found = ((run, self.find(run.identity)) for run in plan.runs)
        return [_named(record, run, plan) for run, record in found if record is not None]

    def write(self, run: Run, rung: str, record: Record, predictions: bytes | None) -> None:
        """Write a record and, before it, its predictions, so that a record never lacks them."""
        path = self.path(run, rung)
        if predictions is not None:
            write_atomically(path.with_suffix(".npz"), predictions)
        else:
            path.with_suffix(".npz").unlink(missing_ok=True)
        write_atomically(path, record.to_json())
        self.__dict__.pop("_scanned", None)
        self._answer = None

    def read(self, run: Run, rung: str) -> Record | None:
        """The record of a run as it stands on the disk now, under the run's own name; None without a whole one."""
        try:
            record = Record.from_json(self.path(run, rung).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, ValidationError):
            return None
        return record if record.is_intact() and record.identity == run.identity else None

    def over_since(self, run: Run, rung: str, since: float) -> Record | None:
        """The run's record if it was written at ``since`` (seconds of the clock) or later, done or failed."""
        record = self.read(run, rung)
        return record if record is not None and self.path(run, rung).stat().st_mtime >= since else None

    def path(self, run: Run, rung: str) -> Path:
        """Where the record of a run lies."""
        return (self.root / rung if self.source == "runs" else self.root) / f"{run.id}.json"

    def predictions_path(self, run: Run, rung: str) -> Path:
        """Where the predictions of a run lie."""
        return self.path(run, rung).with_suffix(".npz")

    def log_path(self, run: Run, rung: str) -> Path:
        """Where that goes which a run prints, and the traceback of its error."""
        return self.path(run, rung).with_suffix(".log")

    def weights_path(self, run: Run, rung: str) -> Path:
        """Where the final weights of a run lie, where somebody wanted them kept."""
        return self.path(run, rung).with_suffix(".pt")

    def journal_path(self, run: Run, rung: str) -> Path:
        """Where :mod:`repro.runs.journal` notes how the run goes while it trains."""
        return self.path(run, rung).with_suffix(".jsonl")

    def predictions(
        self, record: Record, *, label: str | None = None, view: str = "test"
    ) -> "dict[str, np.ndarray[Any, Any]] | None":
        """The kept arrays of one label and view of a record (``predicted``, ``target``, ``items`` ...), None without.

        Raises:
            ValueError: the file's content is not what the record's ``predictions_sha256`` says.

        """
        from repro.runs.predictions_file import arrays_sha256, unpack

        path = self._predictions_path(record)
        if path is None or record.predictions_sha256 is None:
            return None
        try:
            arrays = unpack(path.read_bytes())
        except Exception as error:
            raise ValueError(f"{path}: not a file of predictions: {error}") from error
        if arrays_sha256(arrays) != record.predictions_sha256:
            raise ValueError(f"{path}: not the predictions that the record was written with")
        label = label if label is not None else next(iter(record.metrics))
        prefix = f"{label}.{view}."
        return {n.removeprefix(prefix): a for n, a in arrays.items() if n.startswith(prefix)} or None

    def has_predictions(self, record: Record) -> bool:
        """Whether the predictions of a record are there; whether they are whole shows where they are read."""
        return record.predictions_sha256 is not None and self._predictions_path(record) is not None

    def save(self, plan: Plan) -> int:
        """Copy the plan's finished records and their predictions to ``results/records``; returns how many.

        Records there of experiments of the plan which the plan does not hold any more are removed.
        """
        shipped = Ledger(self.folder, "results")
        kept: set[Path] = set()
        saved = 0
        for run in plan.runs:
            record = self.find(run.identity)
            if record is None:
                continue
            source = self._predictions_path(record)
            content = source.read_bytes() if source is not None else None
            shipped.write(run, plan.spec.rung, _named(record, run, plan), content)
            kept.add(shipped.path(run, plan.spec.rung))
            saved += 1
        names = {run.experiment.name for run in plan.runs}
        for path, record in shipped._scanned[0]:
            if record.experiment in names and record.spec == plan.spec.name and path not in kept:
                path.unlink()
                path.with_suffix(".npz").unlink(missing_ok=True)
        return saved

    def _predictions_path(self, record: Record) -> Path | None:
        for path, known in self._scanned[0]:
            if known.identity == record.identity and known.predictions_sha256 == record.predictions_sha256:
                file = path.with_suffix(".npz")
                if file.is_file():
                    return file
        return None

    @cached_property
    def _scanned(self) -> tuple[list[tuple[Path, Record]], list[Damage]]:
        good: list[tuple[Path, Record]] = []
        bad: list[Damage] = []
        for path in _files(self.root, deep=self.source == "runs"):
            try:
                if why := _unfit(path):
                    bad.append(Damage(path, why))
                    continue
                record = Record.from_json(path.read_text(encoding="utf-8"))
            except (OSError, UnicodeDecodeError, ValidationError) as error:
                bad.append(Damage(path, _first_line(error)))
                continue
            if record.is_intact():
                good.append((path, record))
            else:
                bad.append(Damage(path, "its sha256 is not that of its content"))
        return good, bad


def is_over(record: Record | None, *, retry: bool = False) -> bool:
    """Whether a run need not be started again: it is done, or it diverged, as it would again.

    What failed otherwise (a worker that was killed, memory that ran out) is tried again; with ``retry`` so is what
    diverged.
    """
    if record is None:
        return False
    return record.state == "done" or (not retry and (record.reason or "").startswith("diverged"))


def _named(record: Record, run: Run, plan: Plan) -> Record:
    """The record under the names that its experiment, study and rung have in this plan."""
    from repro.runs.identity import same_promise

    now = {"spec": plan.spec.name, "experiment": run.experiment.name, "rung": plan.spec.rung}
    if all(getattr(record, field) == value for field, value in now.items()):
        return record
    if record.rung != plan.spec.rung and same_promise(record.terms, plan.terms):
        now["terms"] = plan.terms  # a rung has its own seeds; the numbers and claims are the same
    return record.model_copy(update=now).sealed_with_hash()


def _files(root: Path, *, deep: bool) -> Iterable[Path]:
    if not root.is_dir():
        return []
    folders = [p for p in sorted(root.iterdir()) if p.is_dir() and p.name not in NO_RECORDS] if deep else [root]
    return [path for folder in folders for path in sorted(folder.glob("*.json"))]


def _unfit(path: Path) -> str:
    """Why a file is not to be opened; empty where it may be. A pipe would never end."""
    facts = path.stat()
    if not stat.S_ISREG(facts.st_mode):
        return "not a file"
    return f"larger than {MAX_BYTES // 2**20} MB; no record is" if facts.st_size > MAX_BYTES else ""


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return f"not a record: {where + ': ' if where else ''}{first['msg']}"
    return str(error).splitlines()[0]
