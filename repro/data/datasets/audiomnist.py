"""audiomnist: AudioMNIST, 30,000 recordings of ten digits by 60 speakers.

Source    https://github.com/soerenab/AudioMNIST, branch master (about 1 GB). Nobody publishes a checksum of it: the
          first archive that comes is pinned, and this is said; its number of recordings is checked
Licence   MIT
Citation  S. Becker, J. Vielhaben, M. Ackermann, K.-R. Müller, S. Lapuschkin, W. Samek: AudioMNIST: Exploring
          explainable artificial intelligence for audio analysis on a simple benchmark. J. Franklin Inst. 361(1), 2024
Parts     none official; the paper's five folds are lists of speakers, which a spec names under ``splits: folds``
Item      signal C 1 x T any, 48 kHz, about 0.3 to 1 s
Label     ``digit`` 0 .. 9; ``gender``; ``speaker``
Groups    ``speaker``
Columns   ``speaker`` 1 .. 60, ``index`` 0 .. 49, ``accent``, ``age`` as written (one says 1234), ``native``, ``room``;
          empty where the set's own list of speakers says nothing
"""

import json
import re
from pathlib import Path
from typing import Any

from repro.data.data_error import DataError
from repro.data.datasets.audio_set import Row, audio_items, check_complete
from repro.data.download.remote_file import RemoteFile
from repro.data.download.unpacked import inside, unpacked
from repro.data.items import Items
from repro.spec.dataset_facts import DATASETS

ARCHIVE = RemoteFile(
    "audiomnist",
    "AudioMNIST-master.zip",
    sha256=None,
    size_bytes=None,
    urls=("https://github.com/soerenab/AudioMNIST/archive/refs/heads/master.zip",),
)
META = "audioMNIST_meta.txt"
_NAME = re.compile(r"(\d)_(\d+)_(\d+)\.wav")
_WORDS = {"gender": "gender", "accent": "accent", "age": "age", "native": "native speaker", "room": "recordingroom"}
"""Column -> the set's own word for it."""


def read() -> Items:
    """Read the data set; its archive is downloaded first where the cache does not hold it."""
    return check_complete(of_folder(inside(unpacked(ARCHIVE), f"data/{META}") / "data"), DATASETS["audiomnist"])


def of_folder(data: Path) -> Items:
    """The items of the set's ``data`` folder (one folder a speaker), ordered by digit, speaker and index.

    Raises:
        DataError: no list of speakers, or a wav whose name says nothing or that cannot be used.

    """
    try:
        speakers: dict[str, dict[str, Any]] = json.loads((data / META).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"audiomnist: {data / META} cannot be read: {error}") from error
    rows: list[Row] = []
    for path in data.glob("*/*.wav"):
        match = _NAME.fullmatch(path.name)
        if match is None or match[2] != path.parent.name:
            raise DataError(f"audiomnist: {path} is not named SPEAKER/DIGIT_SPEAKER_INDEX.wav")
        digit, speaker, index = match.groups()
        metadata = speakers.get(speaker, {})
        cells = {"digit": int(digit), "speaker": int(speaker), "index": int(index)}
        known = {column: str(metadata.get(word, "")).strip().lower() for column, word in _WORDS.items()}
        rows.append((f"{path.parent.name}/{path.name}", {**cells, **known}))
    rows.sort(key=lambda row: (row[1]["digit"], row[1]["speaker"], row[1]["index"]))
    return audio_items(DATASETS["audiomnist"], data, rows)
