"""The file from which a stopped run goes on: whole and hashed, or not used at all."""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from lightning.fabric.plugins import CheckpointIO

from repro.disk.atomic_write import atomic_file

_HEAD = b"repro checkpoint 2 "
_HASH_DIGITS = 64
BELONGS = "repro_belongs"
"""Where a checkpoint holds what it belongs to: a run's identity, its data and the environment that made it."""


class UnusableCheckpoint(ValueError):
    """A file that is no checkpoint, is damaged, or belongs to something else; the message says which."""


@dataclass(frozen=True)
class Checkpoint:
    """What is known of a file from which a run can go on."""

    path: Path
    step: int


class CheckpointFiles(CheckpointIO):
    """Lightning's checkpoints as files that are written atomically and read without running anything.

    A file is one line, ``repro checkpoint 2 SHA256``, and what ``torch.save`` makes. It is read with
    ``weights_only=True``, after its hash was checked. ``belongs`` is put into every checkpoint that is written.
    """

    def __init__(self, belongs: Mapping[str, str] | None = None) -> None:
        self._belongs = dict(belongs or {})

    def save_checkpoint(self, checkpoint: dict[str, Any], path: Any, storage_options: Any | None = None) -> None:
        """Write a checkpoint; OSError when the disk does not take it, and then the old file stays."""
        buffer = io.BytesIO()
        torch.save({**checkpoint, BELONGS: self._belongs}, buffer)
        content = buffer.getbuffer()
        with atomic_file(Path(path)) as file:
            file.write(_HEAD + hashlib.sha256(content).hexdigest().encode() + b"\n")
            file.write(content)

    def load_checkpoint(self, path: Any, map_location: Any = None, weights_only: bool | None = None) -> dict[str, Any]:
        """Read a checkpoint. UnusableCheckpoint when it is damaged; never unpickles, whatever ``weights_only`` says."""
        content = Path(path).read_bytes()
        head, _, rest = content.partition(b"\n")
        if not head.startswith(_HEAD) or len(head) != len(_HEAD) + _HASH_DIGITS:
            raise UnusableCheckpoint("it is no checkpoint of this program")
        if hashlib.sha256(rest).hexdigest() != head[len(_HEAD) :].decode("ascii", "replace"):
            raise UnusableCheckpoint("its sha256 is not that of its content")
        read: dict[str, Any] = torch.load(io.BytesIO(rest), map_location=map_location or "cpu", weights_only=True)
        return read

    def remove_checkpoint(self, path: Any) -> None:
        """Remove a checkpoint, if it is there."""
        Path(path).unlink(missing_ok=True)


def look_into(path: Path, belongs: Mapping[str, str]) -> Checkpoint | None:
    """What a file offers to go on from; None where there is no file.

    Raises:
        UnusableCheckpoint: damaged, or made by another run, on other data or in another environment; which, it says.

    """
    if not path.is_file():
        return None
    try:
        read = CheckpointFiles().load_checkpoint(path)
        made_by = read[BELONGS]
        checkpoint = Checkpoint(path, int(read["global_step"]))
    except UnusableCheckpoint:
        raise
    except (OSError, KeyError, TypeError, RuntimeError, ValueError, UnpicklingError) as error:
        raise UnusableCheckpoint(f"it cannot be read ({type(error).__name__})") from error
    for word, expected in belongs.items():
        if made_by.get(word) != expected:
            raise UnusableCheckpoint(f"its {word} is {made_by.get(word)}, here it is {expected}")
    return checkpoint
