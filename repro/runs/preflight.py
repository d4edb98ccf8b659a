"""Before workers start: what a plan will take on the disk, whether there is room for it, and its steps."""

import math
import shutil
from collections.abc import Iterable
from pathlib import Path

from repro.disk.atomic_write import probe_writable
from repro.disk.untrusted_files import OutsideError
from repro.runs.cost import test_items, train_items
from repro.runs.lease import LIVE
from repro.runs.plan import Run
from repro.spec.experiment import Experiment
from repro.spec.read_dataset import facts_of

SPARE_BYTES = 100 * 2**20
"""What must be left on the disk beside the plan's own files."""

_RECORD_BYTES = 8_000
_POINT_BYTES = 300
_SHORT_BYTES_AN_ITEM = 6
_FULL_VALUES = 50_000


class DiskFull(RuntimeError):
    """There is not enough room for what a plan will write."""


class NotWritable(RuntimeError):
    """The study's folder does not take the files of a run."""

    exit_code = 1


def bytes_needed(runs: Iterable[Run]) -> int:
    """A generous guess of what records and predictions of these runs take on the disk."""
    return sum(_bytes_of(run.experiment) for run in runs)


def check_writable(folder: Path, rung: str) -> None:
    """NotWritable when the files of a study's runs cannot be written, before anything is read for them."""
    runs = folder / "runs"
    for name in (rung, "splits", LIVE):
        try:
            probe_writable(runs / name, folder)
        except OutsideError:
            raise
        except OSError as error:
            raise NotWritable(
                f"{runs / name}: {error.strerror or error}; records, splits and checkpoints of runs are written there. "
                "Nothing was read or trained. Change who may write there, or copy the study's folder to a place of "
                "your own"
            ) from error


def check_disk(folder: Path, needed: int) -> None:
    """DiskFull, with the numbers, when the disk of ``folder`` has no room for ``needed`` bytes and some to spare."""
    free = shutil.disk_usage(folder).free
    if free < needed + SPARE_BYTES:
        raise DiskFull(
            f"{folder}: {free / 2**20:.0f} MB are free on this disk; the runs need about "
            f"{needed / 2**20:.0f} MB and {SPARE_BYTES / 2**20:.0f} MB must be left"
        )


def steps_of(experiment: Experiment) -> int:
    """Updates that a run makes, as far as that is known before the data are read."""
    training = experiment.training
    if training.steps is not None:
        return training.steps
    return (training.epochs or 0) * math.ceil(batches_of(experiment) / training.accumulate_grad_batches)


def batches_of(experiment: Experiment) -> int:
    """Training batches of an epoch, as far as that is known before the data are read."""
    training = experiment.training
    items, size = train_items(experiment), training.batch_size or 1
    return items // size if training.drop_last else math.ceil(items / size)


def _bytes_of(experiment: Experiment) -> int:
    training, steps = experiment.training, steps_of(experiment)
    every = training.evaluate_every
    in_epoch = max(1, steps // training.epochs) if training.epochs else batches_of(experiment)
    points = 2 * math.ceil(steps / max(1, every.number * (in_epoch if every.unit == "epochs" else 1)))
    values = test_items(experiment) * _classes(experiment)
    views = 1 + len(experiment.views)
    prediction_bytes = 4 * values if values <= _FULL_VALUES else _SHORT_BYTES_AN_ITEM * test_items(experiment)
    return _RECORD_BYTES + points * _POINT_BYTES + views * prediction_bytes


def _classes(experiment: Experiment) -> int:
    label = next(iter(experiment.labels.values()))
    facts = facts_of(experiment.dataset)
    known = next((f.classes for f in facts.labels.values() if f.column == label.column), None) if facts else None
    return len(label.classes or known or ()) or 1
