"""The files of a site put in place: all are written aside first, so that a full disk leaves the old site whole."""

import hashlib
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath

from repro.disk.atomic_write import write_atomically
from repro.disk.untrusted_files import is_folder_inside, make_inside
from repro.publish.site.manifest import ASIDE, Manifest, write_manifest
from repro.publish.site.site_error import SiteError


def publish_files(
    out: Path, before: Manifest, after: Manifest, new: Mapping[str, bytes]
) -> tuple[list[str], list[str]]:
    """Write what is new, take away what is gone, and the manifest last.

    Args:
        out: the site's folder.
        before: what the tool wrote earlier.
        after: what is to be there, ``new`` files and such as stand as they are.
        new: the content of files by name.

    Returns:
        The names of the files that were written, and of those that were removed.

    Raises:
        SiteError: a file is in the way that the tool did not write.
        OSError: the folder cannot be written, or the disk is full; what was there is then as it was.

    """
    changed = {name: data for name, data in new.items() if not is_published(out, name, _sha256(data))}
    for name in changed:
        if name not in before.files and os.path.lexists(out / name):
            raise SiteError(
                f"{out / name}: already exists and was not written by `repro site`; "
                "move it or pass another folder with -o"
            )
    gone = sorted(name for name in before.files if name not in after.files and _is_plain(name))
    if changed:
        _put(out, before, after, changed)
    for name in gone:
        with suppress(FileNotFoundError):
            if is_folder_inside((out / name).parent, out):
                (out / name).unlink()
    for folder in sorted({str(PurePosixPath(name).parent) for name in gone} - {"."}):
        with suppress(OSError):  # it holds something else
            (out / folder).rmdir()
    write_manifest(out, after)
    return sorted(changed), gone


def is_published(out: Path, name: str, sha256: str) -> bool:
    """Whether a file stands in the site with this content."""
    try:
        return not (out / name).is_symlink() and _sha256((out / name).read_bytes()) == sha256
    except OSError:
        return False


def _put(out: Path, before: Manifest, after: Manifest, changed: Mapping[str, bytes]) -> None:
    aside = out / ASIDE
    shutil.rmtree(aside, ignore_errors=True)  # of a build that was killed
    try:
        for name, data in changed.items():
            write_atomically(aside / name, data, within=out)
        # from here on an end in the middle leaves files of both: the manifest has to know all of them
        write_manifest(out, replace(before, files={**before.files, **{name: after.files[name] for name in changed}}))
        for name in changed:
            make_inside((out / name).parent, out)
            (aside / name).replace(out / name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _is_plain(name: str) -> bool:
    """Whether a name of the manifest leads to a file below the site's folder."""
    return bool(name) and not PurePosixPath(name).is_absolute() and ".." not in PurePosixPath(name).parts


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
