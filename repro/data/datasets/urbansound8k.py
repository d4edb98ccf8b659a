"""urbansound8k: UrbanSound8K, 8,732 slices of at most 4 s of urban field recordings, ten classes.

Source    https://zenodo.org/records/1203745 (6 GB, md5 as its publisher names it)
Licence   CC BY-NC 3.0
Citation  J. Salamon, C. Jacoby, J. P. Bello: A Dataset and Taxonomy for Urban Sound Research. Proc. ACM Multimedia
          2014, pp. 1041-1044
Parts     none official; 10 official folds, one recording's slices always in one of them: never shuffle them anew
Item      signal C any x T any: rates (8 to 192 kHz) and channels (1 or 2) differ, up to 4 s
Label     ``class``, ordered by class number
Groups    ``source``: the Freesound recording that a slice was cut from
Columns   ``fold`` 1 .. 10, ``class_id`` 0 .. 9, ``salience`` (1 in front, 2 behind)
"""

import csv
from pathlib import Path

from repro.data.data_error import DataError
from repro.data.datasets.audio_set import Row, audio_items, check_complete
from repro.data.download.remote_file import RemoteFile
from repro.data.download.unpacked import inside, unpacked
from repro.data.items import Items
from repro.spec.audio_datasets import URBAN_SOUNDS
from repro.spec.dataset_facts import DATASETS

ARCHIVE = RemoteFile(
    "urbansound8k",
    "UrbanSound8K.tar.gz",
    sha256=None,
    size_bytes=None,
    urls=("https://zenodo.org/records/1203745/files/UrbanSound8K.tar.gz?download=1",),
    md5="9aa69802bbf37fb986f71ec1483a196e",
)
_TABLE = "metadata/UrbanSound8K.csv"


def read() -> Items:
    """Read the data set; its archive is downloaded first where the cache does not hold it."""
    return check_complete(of_folder(inside(unpacked(ARCHIVE), _TABLE)), DATASETS["urbansound8k"])


def of_folder(folder: Path) -> Items:
    """The items of a folder with ``audio/fold1`` .. and ``metadata/``, ordered by fold and name.

    Raises:
        DataError: a table that is not the set's, or a recording that cannot be used.

    """
    rows: list[Row] = []
    with (folder / _TABLE).open(encoding="utf-8", newline="") as opened:
        for line in csv.DictReader(opened):
            try:
                file, fold, class_id = line["slice_file_name"], int(line["fold"]), int(line["classID"])
                if URBAN_SOUNDS[class_id] != line["class"] or Path(file).name != file or not 1 <= fold <= 10:
                    raise ValueError(f"{file} of class {class_id} in fold {fold} cannot be {line['class']!r}")
                cells = {"class": line["class"], "fold": fold, "source": line["fsID"], "class_id": class_id}
                cells["salience"] = int(line["salience"])
            except (KeyError, ValueError, TypeError, IndexError) as error:
                raise DataError(f"urbansound8k: {folder / _TABLE} is not the set's: {error}") from error
            rows.append((f"fold{fold}/{file}", cells))
    rows.sort(key=lambda row: (row[1]["fold"], row[0]))
    return audio_items(DATASETS["urbansound8k"], folder / "audio", rows)
