"""What a folder of own data was found to hold, by names, sizes and times: known again without opening a file.

Imports neither torch nor numpy.
"""

import hashlib
import json
import os
from pathlib import Path

from repro.data.download.cache import cache_folder
from repro.disk.atomic_write import write_atomically
from repro.spec.class_folder import class_folder
from repro.spec.experiment import Dataset
from repro.spec.manifest import read_manifest
from repro.spec.own_folder import is_folder, manifest_file

READING = 2
"""Raised with every change of how a folder is read that may give other items."""

MAX_BYTES = 4096


def signature(dataset: Dataset, folder: Path) -> str | None:
    """The sha256 of the manifest, and of the name, size and times of each file, of own data below a study's ``folder``.

    None where the data set is no folder, is not there, or cannot be listed.
    """
    data = folder / dataset.name
    if not is_folder(dataset.name) or not data.is_dir():
        return None
    digest = hashlib.sha256(f"folder {READING}\0{dataset.model_dump_json()}\0".encode())
    try:
        file = manifest_file(folder, dataset)
        if file is not None:
            manifest, problems = read_manifest(file)
            if manifest is None or problems:
                return None
            digest.update(hashlib.sha256(file.read_bytes()).digest())
            names = [row.path for row in manifest.rows]
        elif "manifest" in dataset.args:
            return None
        else:
            names = [name for _, name in class_folder(data).files]
        for name in names:
            facts = os.stat(f"{data}/{name}")  # noqa: PTH116 (ten thousand of them, at every start)
            digest.update(f"{name}\0{facts.st_size} {facts.st_mtime_ns} {facts.st_ctime_ns}\0".encode())
    except (OSError, ValueError):
        return None
    return digest.hexdigest()


def remember(dataset: Dataset, folder: Path, data_sha256: str) -> None:
    """Note what the items of a folder have as their sha256; where that cannot be written it is worked out again."""
    current = signature(dataset, folder)
    if current is None:
        return
    try:
        write_atomically(_memory(dataset, folder), json.dumps({"signature": current, "data_sha256": data_sha256}))
    except OSError:
        return


def remembered(dataset: Dataset, folder: Path) -> str | None:
    """The sha256 of the items that a folder holds, where nothing in it has changed since it was read here."""
    path = _memory(dataset, folder)
    try:
        if not path.is_file() or path.stat().st_size > MAX_BYTES:
            return None
        noted = json.loads(path.read_text(encoding="utf-8"))
        data_sha256, stored_signature = str(noted["data_sha256"]), noted["signature"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return data_sha256 if stored_signature == signature(dataset, folder) else None


def ids_folder() -> Path:
    """Where what tells items from each other is kept beside what was remembered of folders."""
    return cache_folder() / "scanned"


def _memory(dataset: Dataset, folder: Path) -> Path:
    place = hashlib.sha256(os.fsencode(folder.resolve()) + f"\0{dataset.model_dump_json()}".encode()).hexdigest()[:24]
    return ids_folder() / f"folder-{place}.json"
