"""gtzan: GTZAN Genre Collection, 1,000 excerpts of 30 s of music, ten genres.

Source    genres.tar.gz (1.2 GB), sha256 as torchaudio names it. Its home at the University of Victoria has closed; the
          authors' project keeps a copy on Hugging Face
Licence   none stated; the music is other people's. Collected for research
Citation  G. Tzanetakis, P. Cook: Musical genre classification of audio signals. IEEE Trans. Speech and Audio
          Processing 10(5), 2002
Parts     none official
Item      signal C 1 x T any, 22.05 kHz, about 30 s
Label     ``genre``
Groups    none in the files: no artist is named. A random split then puts excerpts of one artist, and of one song, on
          both sides, which makes results look better than they are
Columns   ``index`` 0 .. 99 within a genre

Known faults (B. L. Sturm: The GTZAN dataset: its contents, its faults, their effects on evaluation, and its future
use. arXiv:1306.1461): some 5 % of the excerpts are repeated, exactly or as another recording of the piece, about one
in ten has a wrong or disputable genre, and several are distorted (reggae.00086 almost wholly). Nothing is left out
here; the leakage gate finds the exact repetitions.
"""

import re
from pathlib import Path

from repro.data.data_error import DataError
from repro.data.datasets.audio_set import Row, audio_items, check_complete
from repro.data.download.remote_file import RemoteFile
from repro.data.download.unpacked import inside, unpacked
from repro.data.items import Items
from repro.spec.audio_datasets import GENRES
from repro.spec.dataset_facts import DATASETS

ARCHIVE = RemoteFile(
    "gtzan",
    "genres.tar.gz",
    sha256="24347e0223d2ba798e0a558c4c172d9d4a19c00bb7963fe055d183dadb4ef2c6",
    size_bytes=None,
    urls=(
        "https://huggingface.co/datasets/marsyas/gtzan/resolve/main/data/genres.tar.gz",
        "http://opihi.cs.uvic.ca/sound/genres.tar.gz",
    ),
)
_NAME = re.compile(r"([a-z]+)\.(\d{5})\.(?:wav|au)")


def read() -> Items:
    """Read the data set; its archive is downloaded first where the cache does not hold it."""
    return check_complete(of_folder(inside(unpacked(ARCHIVE), "genres/blues") / "genres"), DATASETS["gtzan"])


def of_folder(folder: Path) -> Items:
    """The items of a folder with one folder a genre, ordered by genre and index.

    Raises:
        DataError: a recording whose name says nothing, or that cannot be used.

    """
    rows: list[Row] = []
    for path in (p for ending in ("wav", "au") for p in folder.glob(f"*/[!.]*.{ending}")):
        match = _NAME.fullmatch(path.name)
        if match is None or match[1] != path.parent.name or match[1] not in GENRES:
            raise DataError(f"gtzan: {path} is not named GENRE/GENRE.NUMBER.wav")
        rows.append((f"{path.parent.name}/{path.name}", {"genre": match[1], "index": int(match[2])}))
    rows.sort(key=lambda row: (row[1]["genre"], row[1]["index"]))
    return audio_items(DATASETS["gtzan"], folder, rows)
