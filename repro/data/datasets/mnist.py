"""mnist: 70,000 written digits of 28 x 28 pixels.

Source    Y. LeCun, C. Cortes, C. J. C. Burges: The MNIST database of handwritten digits (four idx.gz files, 11.6 MB,
          from two public mirrors of the authors' own page, which no longer serves them)
Licence   CC BY-SA 3.0
Citation  Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: Gradient-based learning applied to document recognition.
          Proc. IEEE 86(11), 1998
Parts     official: 60,000 train, 10,000 test, by other writers
Item      picture C 1 x H 28 x W 28, uint8 as stored (0 background .. 255 ink); float32 in 0 .. 1 once prepared
Label     ``digit``: 0 .. 9
"""

import numpy as np

from repro.data.arrays import AnyArray
from repro.data.data_error import DataError
from repro.data.datasets.idx import parse_idx
from repro.data.download.fetch import fetch
from repro.data.download.remote_file import RemoteFile
from repro.data.items import Items
from repro.spec.shape import Shape

HOMES = ("https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/")


def _file(name: str, size_bytes: int, sha256: str) -> RemoteFile:
    return RemoteFile("mnist", name, sha256, size_bytes, tuple(home + name for home in HOMES))


INDEX = {
    ("train", "images"): _file(
        "train-images-idx3-ubyte.gz", 9912422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"
    ),
    ("train", "labels"): _file(
        "train-labels-idx1-ubyte.gz", 28881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"
    ),
    ("test", "images"): _file(
        "t10k-images-idx3-ubyte.gz", 1648877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"
    ),
    ("test", "labels"): _file(
        "t10k-labels-idx1-ubyte.gz", 4542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"
    ),
}
"""The four files, by part and content."""


def read() -> Items:
    """Read the data set; its files are downloaded first where the cache does not hold them."""
    train, train_digits = _read_part("train")
    test, test_digits = _read_part("test")
    return Items(
        name="mnist",
        values=np.concatenate([train, test])[:, np.newaxis],  # (N, 28, 28) -> (N, 1, 28, 28)
        shape=Shape.of("C H W", 1, 28, 28),
        columns={"digit": np.concatenate([train_digits, test_digits]).astype(np.int64)},
        parts={"train": np.arange(len(train)), "test": np.arange(len(train), len(train) + len(test))},
    )


def _read_part(part: str) -> tuple[AnyArray, AnyArray]:
    pictures, digits = (
        parse_idx(fetch(INDEX[part, what]).read_bytes(), name=INDEX[part, what].name) for what in ("images", "labels")
    )
    if pictures.ndim != 3 or digits.shape != pictures.shape[:1]:
        raise DataError(f"mnist: {part} has pictures {pictures.shape} and labels {digits.shape}")
    return pictures, digits
