"""mnist1d: 5,000 short signals in ten classes, made by a published recipe in a second.

Source    the package ``mnist1d`` of the authors, https://github.com/greydanus/mnist1d; nothing is downloaded
Licence   Apache-2.0
Citation  S. Greydanus, D. Kobak: Scaling down deep learning with MNIST-1D. ICML 2024, arXiv:2011.14439
Parts     official: 4,000 train, 1,000 test, in the order in which the recipe shuffles them
Item      signal C 1 x T 40, float32, mean 0 and deviation 1 over the whole set (by the recipe, test items included);
          no sampling rate
Label     ``digit``: 0 .. 9
"""

import json
import random
from collections.abc import Iterator
from importlib.metadata import version

import numpy as np
from torch import Tensor, from_numpy

from repro.data.cpu_name import cpu_name
from repro.data.items import Items
from repro.data.memmap_cache import cached_memmap
from repro.spec.shape import Shape

PAPER_SEED = 42
"""The seed of the paper's own data."""

TRAIN, TEST, POSITIONS = 4000, 1000, 40
"""What the recipe makes, when it is asked for nothing else."""


def read(seed: int = PAPER_SEED, shuffle_seq: bool = False) -> Items:
    """Make the data set. The global generators of numpy and Python, which the package seeds, are put back as they were.

    Args:
        seed: 42 is the paper's data; another seed makes another data set by the same recipe.
        shuffle_seq: put the 40 positions of every signal into one other order, which the recipe draws from the same
            seed: the paper's shuffled data.

    """
    decides = {"seed": seed, "shuffle_seq": shuffle_seq, "cpu": cpu_name(), "code": "signals, digits"}
    decides |= {package: version(package) for package in ("mnist1d", "numpy", "scipy")}
    shape = (TRAIN + TEST, POSITIONS + 1)
    key = json.dumps({"mnist1d": decides}, sort_keys=True)
    table = np.array(cached_memmap(key, shape, lambda: _made(seed, shuffle_seq), what="the signals of mnist1d"))
    return Items(
        name="mnist1d",
        values=np.ascontiguousarray(table[:, np.newaxis, :POSITIONS]),  # (N, 1, 40)
        shape=Shape.of("C T", 1, POSITIONS),
        columns={"digit": table[:, POSITIONS].astype(np.int64)},
        parts={"train": np.arange(TRAIN), "test": np.arange(TRAIN, TRAIN + TEST)},
    )


def _made(seed: int, shuffle_seq: bool) -> Iterator[Tensor]:
    """Signals with their digit behind them, ``(5000, 41)``, train before test: seconds of small steps in Python, which
    is why they are kept.
    """
    from mnist1d.data import get_dataset_args, make_dataset

    args = get_dataset_args()
    args.seed = seed
    args.shuffle_seq = shuffle_seq
    before, before_python = np.random.get_state(), random.getstate()
    try:
        data = make_dataset(args)
    finally:
        np.random.set_state(before)
        random.setstate(before_python)
    for part, digits in (("x", "y"), ("x_test", "y_test")):
        yield from_numpy(np.column_stack([data[part], data[digits]]).astype(np.float32))
