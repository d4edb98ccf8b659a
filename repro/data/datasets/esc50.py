"""esc50: ESC-50, 2,000 environmental sounds of 50 classes, and its subset ESC-10, 400 of ten.

Source    https://github.com/karolpiczak/ESC-50 (600 MB). Nobody publishes a lasting checksum of that archive: the first
          one that comes is pinned, and this is said; its number of recordings is checked. ``subset: esc10`` comes from
          https://github.com/karolpiczak/ESC-10 (40 MB), where name and content of every recording are checked, and
          only where that cannot be had from the archive of ESC-50
Licence   ESC-50: CC BY-NC 3.0; ESC-10: CC BY 3.0 (clips CC0, CC BY and two Sampling+)
Citation  K. J. Piczak: ESC: Dataset for Environmental Sound Classification. Proc. ACM Multimedia 2015, pp. 1015-1018
Parts     none official; 5 official folds, one recording's slices always in one of them
Item      signal C 1 x T any, 44.1 kHz, 5 s; six of ESC-10 are not exactly so. ESC-10 is ogg, ESC-50 the same sounds as
          wav: decoded, the two differ in the last bits, and so do the hashes of the data
Label     ``category``: names as in ESC-50, ordered by its class numbers
Groups    ``source``: the Freesound recording that a clip was cut from
Columns   ``fold`` 1 .. 5, ``take``: the letter that tells clips of one recording apart
"""

import csv
import re
from pathlib import Path

from repro.data.data_error import DataError
from repro.data.datasets.audio_set import Row, audio_items, check_complete
from repro.data.download.remote_file import RemoteFile
from repro.data.download.unpacked import first_unpacked, inside, unpacked
from repro.data.items import Items
from repro.spec.audio_datasets import ESC10, ESC50
from repro.spec.dataset_facts import facts_with

ESC50_ARCHIVE = RemoteFile(
    "esc50",
    "ESC-50-master.zip",
    sha256=None,
    size_bytes=None,
    urls=("https://github.com/karolpiczak/ESC-50/archive/master.zip",),
)
ESC10_ARCHIVES = (
    RemoteFile("esc10", "esc10.tar.gz", sha256=None, size_bytes=None, urls=(), checked_inside=True),
    RemoteFile(
        "esc10",
        "ESC-10-master.zip",
        sha256=None,
        size_bytes=None,
        urls=("https://github.com/karolpiczak/ESC-10/archive/master.zip",),
        checked_inside=True,
    ),
)
"""A mirror's, and the author's."""
ESC10_CONTENT = "f7ed9b7ee1bc8629352bb5d0a785ad4c364994f26d699e184bcf5be2c46cf819"
"""Of the 400 recordings (:func:`repro.data.audio.index_clips.content_sha256`)."""

_ESC10_FOLDERS = {
    "001 - Dog bark": "dog",
    "002 - Rain": "rain",
    "003 - Sea waves": "sea_waves",
    "004 - Baby cry": "crying_baby",
    "005 - Clock tick": "clock_tick",
    "006 - Person sneeze": "sneezing",
    "007 - Helicopter": "helicopter",
    "008 - Chainsaw": "chainsaw",
    "009 - Rooster": "rooster",
    "010 - Fire crackling": "crackling_fire",
}
_ESC10_NAME = re.compile(r"([1-5])-(\d+)-([A-Z])\.ogg")
_TABLE = "meta/esc50.csv"


def read(subset: str = "esc50") -> Items:
    """Read the data set; its archive is downloaded first where the cache does not hold it."""
    facts = facts_with("esc50", {"subset": subset})
    if subset == "esc50":
        return check_complete(of_esc50(inside(unpacked(ESC50_ARCHIVE), _TABLE)), facts)
    folder = first_unpacked(*ESC10_ARCHIVES, ESC50_ARCHIVE)
    if any(folder.glob(f"**/{_TABLE}")):
        return check_complete(of_esc50(inside(folder, _TABLE), only_esc10=True), facts)
    return check_complete(of_esc10(inside(folder, next(iter(_ESC10_FOLDERS))), content=ESC10_CONTENT), facts)


def of_esc10(folder: Path, *, content: str | None = None) -> Items:
    """The items of ESC-10's own layout: one folder a class, ``FOLD-SOURCE-TAKE.ogg``. Ordered by class and name.

    Raises:
        DataError: a recording whose name says nothing, or that cannot be used.

    """
    rows: list[Row] = []
    for path in folder.glob("*/*.ogg"):
        match, category = _ESC10_NAME.fullmatch(path.name), _ESC10_FOLDERS.get(path.parent.name)
        if match is None or category is None:
            raise DataError(f"esc50: {path} is not named CLASS/FOLD-SOURCE-TAKE.ogg as in ESC-10")
        fold, source, take = match.groups()
        cells = {"category": category, "fold": int(fold), "source": source, "take": take}
        rows.append((f"{path.parent.name}/{path.name}", cells))
    rows.sort(key=lambda row: (ESC10.index(row[1]["category"]), row[0]))
    return audio_items(facts_with("esc50", {"subset": "esc10"}), folder, rows, content=content)


def of_esc50(folder: Path, *, only_esc10: bool = False) -> Items:
    """The items of ESC-50's layout: ``audio/`` and ``meta/esc50.csv``. Ordered by class and name.

    Raises:
        DataError: a table that is not the set's, or a recording that cannot be used.

    """
    rows: list[Row] = []
    with (folder / _TABLE).open(encoding="utf-8", newline="") as opened:
        for line in csv.DictReader(opened):
            try:
                file, category = line["filename"], line["category"]
                cells = {"category": category, "fold": int(line["fold"]), "source": line["src_file"]}
                cells["take"] = line["take"]
                if ESC50[int(line["target"])] != category or Path(file).name != file:
                    raise ValueError(f"{file} of class {line['target']} cannot be {category!r}")
                is_esc10 = line["esc10"].lower() == "true"
            except (KeyError, ValueError, TypeError, IndexError) as error:
                raise DataError(f"esc50: {folder / _TABLE} is not the set's: {error}") from error
            if is_esc10 or not only_esc10:
                rows.append((file, cells))
    rows.sort(key=lambda row: (ESC50.index(row[1]["category"]), row[0]))
    facts = facts_with("esc50", {"subset": "esc10" if only_esc10 else "esc50"})
    return audio_items(facts, folder / "audio", rows)
