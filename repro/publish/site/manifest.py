"""What the tool has written into a folder, so that it takes away nothing else and reads again only what changed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from repro.disk.atomic_write import write_atomically
from repro.publish.site.site_error import SiteError
from repro.publish.site.study_summary import StudySummary

FILE = ".repro-site.json"
FORMAT = 1

ASIDE = ".repro-site.new"
"""The folder in the site's in which new files wait until all are there; left there only by a build that was killed."""

LOCK = ".repro-site.lock"
"""Locked by whoever builds here; the system takes the lock away when that process dies."""


@dataclass(frozen=True)
class StoredSummary:
    """What an earlier build saw of a folder, without the page, and the key of all that the page came from."""

    key: str
    seen: StudySummary


@dataclass(frozen=True)
class Manifest:
    """``files`` are hashes of the site's files by name, ``kept`` what was seen of each folder, by its page's name.

    ``made`` are keys of what pages other than those of folders were made from.
    """

    files: Mapping[str, str] = field(default_factory=dict)
    kept: Mapping[str, StoredSummary] = field(default_factory=dict)
    made: Mapping[str, str] = field(default_factory=dict)
    format: int = FORMAT


_FORM = TypeAdapter(Manifest)


def read_manifest(out: Path) -> Manifest:
    """The manifest of a folder that may be written into.

    Raises:
        SiteError: the folder holds something that the tool did not write.

    """
    path = out / FILE
    if out.exists() and not out.is_dir():
        raise SiteError(f"{out}: is a file; say -o FOLDER")
    if not path.is_file():
        if out.is_dir() and any(entry.name not in (ASIDE, LOCK) for entry in out.iterdir()):
            raise SiteError(f"{out}: holds files that are not of a site; say -o with a new folder, or an empty one")
        return Manifest()
    try:
        text = path.read_bytes()
    except OSError as error:
        raise SiteError(f"{path}: cannot be read: {error.strerror}") from error
    try:
        return _FORM.validate_json(text)
    except ValidationError:
        return _files_alone(path, text)


def _files_alone(path: Path, text: bytes) -> Manifest:
    """The files of a manifest that another version of the tool wrote: they may be replaced, and are made anew."""
    try:
        files: Any = json.loads(text)["files"]
        return Manifest(files=TypeAdapter(dict[str, str]).validate_python(files, strict=True))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise SiteError(f"{path}: is damaged; remove the folder {path.parent} and build it anew") from error


def write_manifest(out: Path, manifest: Manifest) -> None:
    """Write it; nothing is written where the same stands there."""
    without = {name: replace(stored, seen=replace(stored.seen, page="")) for name, stored in manifest.kept.items()}
    data = _FORM.dump_json(replace(manifest, kept=without))
    path = out / FILE
    if not path.is_file() or path.read_bytes() != data:
        write_atomically(path, data)
