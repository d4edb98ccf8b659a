"""TensorBoard and CSV files of every run, through Lightning's own loggers."""

import math
import shutil
from pathlib import Path
from typing import Any

from repro.publish.tracking.run_snapshot import RunSnapshot


class MissingLogger(Exception):
    """The package that a logger needs is not installed; the message says which."""


class FileSink:
    """One kind of file, ``tensorboard`` or ``csv``, under ``root/KIND/RUNG/RUN``.

    A run's folder is written anew by the first process that sees it, and added to after that, so no line stands twice.
    """

    def __init__(self, kind: str, root: Path, rung: str) -> None:
        self.kind, self.folder = kind, root / kind / rung
        self._loggers: dict[str, Any] = {}
        self._sent: dict[str, int] = {}
        self._over: set[str] = set()
        self._make = _maker(kind)

    def see(self, snapshot: RunSnapshot) -> None:
        """Add what is new of a run."""
        key, rows = snapshot.run.id, snapshot.rows
        if key in self._over or not (rows or snapshot.is_over):
            return
        if key not in self._loggers:
            shutil.rmtree(self.folder / key, ignore_errors=True)
            self._loggers[key], self._sent[key] = self._make(self.folder / key), 0
        logger = self._loggers[key]
        for row in rows[self._sent[key] :]:
            logger.log_metrics({name: value for name, value in row.items() if name != "step"}, step=int(row["step"]))
        self._sent[key] = len(rows)
        if snapshot.is_over:
            numbers = {n: v for n, v in snapshot.summary.items() if isinstance(v, int | float) and math.isfinite(v)}
            if self.kind == "tensorboard":
                logger.log_hyperparams(dict(snapshot.config), {f"result/{n}": v for n, v in numbers.items()})
            else:
                logger.log_hyperparams({**snapshot.config, **{f"result/{n}": v for n, v in numbers.items()}})
            self._over.add(key)
            logger.finalize("success")
            del self._loggers[key]
        else:
            logger.save()

    def close(self) -> None:
        """Write out what is still held back."""
        for logger in self._loggers.values():
            logger.save()


def _maker(kind: str) -> Any:
    from lightning.pytorch.loggers import CSVLogger, TensorBoardLogger

    if kind == "csv":
        return lambda folder: CSVLogger(folder.parent, name="", version=folder.name)

    def make(folder: Path) -> Any:
        return TensorBoardLogger(folder.parent, name="", version=folder.name, default_hp_metric=False)

    try:
        make(Path()).log_dir  # noqa: B018 - the package is looked for when a logger is made
    except ModuleNotFoundError:
        raise MissingLogger("tracking.tensorboard needs the package tensorboard: pip install tensorboard") from None
    return make
