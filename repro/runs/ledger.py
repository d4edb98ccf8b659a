"""The ledger: where records lie, which of them count, and how they are found again. Imports neither torch nor numpy
until predictions are asked for.
"""

import errno
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import ValidationError

from repro.disk.atomic_write import write_atomically
from repro.disk.untrusted_files import is_file_inside, is_folder_inside, names_inside, read_inside, text_inside
from repro.runs.current import Current
from repro.runs.lease import LIVE
from repro.runs.plan import Plan, Run
from repro.runs.plausible import unsound
from repro.runs.record import SCHEMA, Record

if TYPE_CHECKING:
    import numpy as np

Source = Literal["runs", "results"]

TRACKING = "tracking"
"""The folder under ``runs/`` of what trackers are fed with."""

NO_RECORDS = ("splits", LIVE, TRACKING)
"""Folders under ``runs/`` that hold something else."""

MAX_BYTES = 64 * 2**20
"""No record is larger, whatever its history; what is, is not read."""

NEWER = "holds a record of a newer version of repro, which is not overwritten; update repro, or move the file away"

MAX_PREDICTIONS = 2**31
"""Bytes of a file of predictions, as it is packed."""


@dataclass(frozen=True)
class Damage:
    """A file that is no record, an ``edited`` one, whose hash is not that of its content, or a file of ``predictions``
    that cannot be used. It counts for nothing; the record beside damaged predictions counts.
    """

    path: Path
    why: str
    kind: Literal["broken", "edited", "predictions"] = "broken"

    @property
    def said(self) -> str:
        """What it costs, and why."""
        return f"{'predictions ' if self.kind == 'predictions' else ''}not counted: {self.why}"


class Ledger:
    """The records of one study's folder: of ``runs/RUNG/`` or of ``results/records/``.

    A record is ``ID.json``, its predictions ``ID.npz``, its journal ``ID.jsonl``, what it printed ``ID.log``, with
    the run's id (:attr:`repro.runs.plan.Run.id`). Files are read when they are first asked for, once.
    """

    def __init__(self, folder: Path, source: Source) -> None:
        self.folder = folder
        self.source: Source = source
        self.current = Current(folder)
        self._opened: dict[Path, Damage | None] = {}  # files of predictions, with what is wrong with them
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

    @cached_property
    def damaged_anywhere(self) -> tuple[Damage, ...]:
        """The same, of ``runs/`` and of ``results/``."""
        other = Ledger(self.folder, "results" if self.source == "runs" else "runs")
        return (*self.damaged, *other.damaged)

    def find(self, identity: str) -> Record | None:
        """The record of this identity; a finished one before a failed one."""
        records = [record for _, record in self._scanned[0] if record.identity == identity]
        return min(records, key=lambda record: record.state != "done", default=None)

    def answer(self, run: Run) -> Record | None:
        """The record that answers a run: of its identity, and of the data that lie in the folder now."""
        known = [r for _, r in self._scanned[0] if r.identity == run.identity and self.current.answers(r, run)]
        return min(known, key=lambda record: record.state != "done", default=None)

    def of(self, plan: Plan) -> list[Record]:
        """The records that answer the plan's runs, in its order, under the names that its experiments have now.

        A run is found by its identity, so an experiment that was renamed, or that is the same at another rung, keeps
        its records.
        """
        if self._answer is None or self._answer[0] is not plan:
            self._answer = (plan, self._of(plan))
        return list(self._answer[1])

    def pairs(self, plan: Plan) -> list[tuple[Run, Record]]:
        """Each run of the plan that has a record, with it, as :meth:`of` gives them."""
        by_identity = {record.identity: record for record in self.of(plan)}
        return [(run, by_identity[run.identity]) for run in plan.runs if run.identity in by_identity]

    def _of(self, plan: Plan) -> list[Record]:
        answers = ((run, self.answer(run)) for run in plan.runs)
        return [_named(record, run, plan) for run, record in answers if record is not None]

    def write(self, run: Run, rung: str, record: Record, predictions: bytes | None) -> None:
        """Write a record and, before it, its predictions, so that a record never lacks them.

        Raises:
            OSError: also where a record of a newer version of this program lies there, which is never overwritten.

        """
        path = self.path(run, rung)
        if self.is_newer(run, rung):
            raise OSError(errno.EEXIST, NEWER, str(path))
        if predictions is not None:
            write_atomically(path.with_suffix(".npz"), predictions, within=self.folder)
        elif is_folder_inside(path.parent, self.folder):
            path.with_suffix(".npz").unlink(missing_ok=True)
        write_atomically(path, record.to_json(), within=self.folder)
        self.__dict__.pop("_scanned", None)
        self._opened.clear()
        self._answer = None

    def is_newer(self, run: Run, rung: str) -> bool:
        """Whether a record of a newer version of this program lies where that of this run belongs."""
        try:
            content = json.loads(text_inside(self.path(run, rung), self.folder, MAX_BYTES))
            return int(content["schema_version"]) > SCHEMA
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return False

    def read(self, run: Run, rung: str) -> Record | None:
        """The record of a run as it stands on the disk now, under the run's own name; None without a whole one."""
        try:
            record = Record.from_json(text_inside(self.path(run, rung), self.folder, MAX_BYTES))
        except (OSError, ValueError, RecursionError):
            return None
        return record if not _unfit(record) and record.identity == run.identity else None

    def read_current(self, run: Run, rung: str) -> Record | None:
        """The same, where it is of the data that lie in the folder now."""
        record = self.read(run, rung)
        return record if record is not None and self.current.answers(record, run) else None

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
            PredictionsError: the file's content is not what the record's ``predictions_sha256`` says.

        """
        from repro.runs.predictions_file import PredictionsError, arrays_sha256, unpack

        path = self._predictions_path(record)
        if path is None or record.predictions_sha256 is None:
            return None
        try:
            arrays = unpack(read_inside(path, self.folder, MAX_PREDICTIONS))
        except Exception as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise PredictionsError(f"{path}: not a file of predictions: {reason}") from error
        if arrays_sha256(arrays) != record.predictions_sha256:
            raise PredictionsError(f"{path}: not the predictions that the record was written with")
        label = label if label is not None else next(iter(record.metrics), None)
        if label is None:  # a run that failed has no scores, whatever somebody laid beside its record
            return None
        prefix = f"{label}.{view}."
        return {n.removeprefix(prefix): a for n, a in arrays.items() if n.startswith(prefix)} or None

    def whole_predictions(
        self, record: Record, *, label: str | None = None, view: str = "test"
    ) -> "dict[str, np.ndarray[Any, Any]] | None":
        """The same, None also where the file is damaged: :meth:`damaged_predictions` names it."""
        from repro.runs.predictions_file import PredictionsError

        try:
            return self.predictions(record, label=label, view=view)
        except PredictionsError:
            return None

    def damaged_predictions(self, records: Sequence[Record]) -> tuple[Damage, ...]:
        """The files of predictions of these records that cannot be used. Each is opened, once."""
        from repro.runs.predictions_file import PredictionsError

        bad: list[Damage] = []
        for record in records:
            path = self._predictions_path(record) if record.predictions_sha256 is not None else None
            if path is None:
                continue
            if path not in self._opened:
                try:
                    self.predictions(record)
                    self._opened[path] = None
                except PredictionsError as error:
                    self._opened[path] = Damage(path, str(error).removeprefix(f"{path}: "), "predictions")
            damage = self._opened[path]
            bad += [] if damage is None else [damage]
        return tuple(bad)

    def has_predictions(self, record: Record) -> bool:
        """Whether the predictions of a record are there; whether they are whole shows where they are read."""
        return record.predictions_sha256 is not None and self._predictions_path(record) is not None

    def save(self, plan: Plan) -> int:
        """Copy the plan's finished records and their predictions to ``results/records``; returns how many.

        They stay as they were sealed, under the names that they had then; only their files are named anew. Records
        there of experiments of the plan which the plan does not hold any more are removed.
        """
        shipped = Ledger(self.folder, "results")
        paths: set[Path] = set()
        identities: set[str] = set()
        saved = 0
        for run in plan.runs:
            record = self.answer(run)
            if record is None:
                continue
            source = self._predictions_path(record)
            content = read_inside(source, self.folder, MAX_PREDICTIONS) if source is not None else None
            shipped.write(run, plan.spec.rung, record, content)
            paths.add(shipped.path(run, plan.spec.rung))
            identities.add(run.identity)
            saved += 1
        from repro.data.frozen_splits import carried_files

        for path in carried_files(self.folder / "runs" / "splits"):
            write_atomically(shipped.root.parent / "splits" / path.name, path.read_bytes())
        names = {run.experiment.name for run in plan.runs}
        for path, record in shipped._scanned[0]:
            mine = record.experiment in names and record.spec == plan.spec.name
            if (mine or record.identity in identities) and path not in paths:
                path.unlink()
                path.with_suffix(".npz").unlink(missing_ok=True)
        return saved

    def _predictions_path(self, record: Record) -> Path | None:
        for path, known in self._scanned[0]:
            if known.identity == record.identity and known.predictions_sha256 == record.predictions_sha256:
                file = path.with_suffix(".npz")
                if is_file_inside(file, self.folder):
                    return file
        return None

    @cached_property
    def _scanned(self) -> tuple[list[tuple[Path, Record]], list[Damage]]:
        good: list[tuple[Path, Record]] = []
        bad: list[Damage] = []
        for path in _files(self.root, self.folder, deep=self.source == "runs"):
            try:
                record = Record.from_json(text_inside(path, self.folder, MAX_BYTES))
                why = _unfit(record)
            except (
                OSError,
                ValueError,
                RecursionError,
            ) as error:  # a ValidationError is a ValueError
                bad.append(Damage(path, _first_line(error)))
                continue
            if why:
                bad.append(Damage(path, why, "broken" if record.is_intact() else "edited"))
            else:
                good.append((path, record))
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
    """The record under the names that its experiment, study and rung have in this plan; its seal stays what it was."""
    from repro.runs.identity import same_promise

    now = {"spec": plan.spec.name, "experiment": run.experiment.name, "rung": plan.spec.rung}
    if all(getattr(record, field) == value for field, value in now.items()):
        return record
    if record.rung != plan.spec.rung and same_promise(record.terms, plan.terms):
        now["terms"] = plan.terms  # a rung has its own seeds; the numbers and claims are the same
    return record.shown_as(**now)


def _files(root: Path, within: Path, *, deep: bool) -> Iterator[Path]:
    """What could be records; nothing is looked for behind a link that leads out of the study's folder."""
    folders = [root]
    if deep and is_folder_inside(root, within):
        names = (name for name in names_inside(root, within) if name not in NO_RECORDS)
        folders = [root / name for name in names if is_folder_inside(root / name, within)]
    for folder in folders:
        if is_folder_inside(folder, within):
            names = (name for name in names_inside(folder, within) if name.endswith(".json"))
            yield from (folder / name for name in names if not name.startswith("."))


def _unfit(record: Record) -> str:
    """Why a record counts for nothing; empty where it is whole."""
    if reason := unsound(record):
        return f"not a run's record: {reason}"
    return "" if record.is_intact() else "its sha256 is not that of its content"


def _first_line(error: Exception) -> str:
    if isinstance(error, OSError):
        return str(error.strerror or error)
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        return f"not a record: {where + ': ' if where else ''}{first['msg']}"
    return str(error).splitlines()[0]
