"""fsdd: the Free Spoken Digit Dataset, 3,000 recordings of ten digits by six speakers.

Source    https://github.com/Jakobovski/free-spoken-digit-dataset at commit 26eb9aa (16 MB)
Licence   CC BY-SA 4.0
Citation  Z. Jackson, C. Souza, J. Flaks, Y. Pan, H. Nicolas, A. Thite: Free Spoken Digit Dataset, v1.0.8, 2018,
          doi:10.5281/zenodo.1342401
Parts     official: index 0 to 4 of each digit and speaker is test (300), the rest train (2,700). All six speakers are
          in both, so the official test part measures known voices
Item      signal C 1 x T any, 8 kHz, 0.14 to 2.3 s, silence trimmed
Label     ``digit`` 0 .. 9; ``speaker``
Groups    ``speaker``
Columns   ``index``: which of a speaker's 50 recordings of a digit

The archive is packed anew for whoever asks, so its own checksum says nothing; names and contents of the recordings
are checked instead.
"""

import re
from pathlib import Path

import numpy as np

from repro.data.data_error import DataError
from repro.data.datasets.audio_set import Row, audio_items, check_complete
from repro.data.download.remote_file import RemoteFile
from repro.data.download.unpacked import inside, unpacked
from repro.data.items import Items
from repro.spec.dataset_facts import DATASETS

COMMIT = "26eb9aaf76e81b692f806f9140c2d2777410d7a1"
ARCHIVE = RemoteFile(
    "fsdd",
    "free-spoken-digit-dataset-26eb9aa.tar.gz",
    sha256=None,
    size_bytes=None,
    urls=(f"https://github.com/Jakobovski/free-spoken-digit-dataset/archive/{COMMIT}.tar.gz",),
    checked_inside=True,
)
CONTENT = "99aa5e3a7c822ab55b2a3b47e0b05aeb9f011c54837a12e3831ad24108330829"
"""Of the 3,000 recordings (:func:`repro.data.audio.index_clips.content_sha256`)."""

LAST_TEST_INDEX = 4
_NAME = re.compile(r"(\d)_([a-z]+)_(\d+)\.wav")


def read() -> Items:
    """Read the data set; its archive is downloaded first where the cache does not hold it."""
    recordings = inside(unpacked(ARCHIVE), "recordings/0_george_0.wav") / "recordings"
    return check_complete(of_folder(recordings, content=CONTENT), DATASETS["fsdd"])


def of_folder(recordings: Path, *, content: str | None = None) -> Items:
    """The items of a folder of recordings, ordered by digit, speaker and index.

    Raises:
        DataError: a wav whose name says nothing, or that cannot be used.

    """
    rows: list[Row] = []
    for path in recordings.glob("*.wav"):
        match = _NAME.fullmatch(path.name)
        if match is None:
            raise DataError(f"fsdd: {path} is not named DIGIT_SPEAKER_INDEX.wav")
        digit, speaker, index = match.groups()
        rows.append((path.name, {"digit": int(digit), "speaker": speaker, "index": int(index)}))
    rows.sort(key=lambda row: tuple(row[1].values()))
    is_test = np.array([cells["index"] <= LAST_TEST_INDEX for _, cells in rows], dtype=bool)
    parts = {"train": np.flatnonzero(~is_test), "test": np.flatnonzero(is_test)}
    return audio_items(DATASETS["fsdd"], recordings, rows, parts=parts, content=content)
