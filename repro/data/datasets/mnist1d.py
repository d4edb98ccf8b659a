"""mnist1d: 5,000 short signals in ten classes, made by a published recipe in a second.

Source    the package ``mnist1d`` of the authors, https://github.com/greydanus/mnist1d; nothing is downloaded
Licence   Apache-2.0
Citation  S. Greydanus, D. Kobak: Scaling down deep learning with MNIST-1D. ICML 2024, arXiv:2011.14439
Parts     official: 4,000 train, 1,000 test, in the order in which the recipe shuffles them
Item      signal C 1 x T 40, float32, mean 0 and deviation 1 over the whole set (by the recipe, test items included);
          no sampling rate
Label     ``digit``: 0 .. 9
"""

import random

import numpy as np

from repro.data.items import Items
from repro.spec.shape import Shape

PAPER_SEED = 42
"""The seed of the paper's own data."""


def read(seed: int = PAPER_SEED, shuffle_seq: bool = False) -> Items:
    """Make the data set. The global generators of numpy and Python, which the package seeds, are put back as they were.

    Args:
        seed: 42 is the paper's data; another seed makes another data set by the same recipe.
        shuffle_seq: put the 40 positions of every signal into one other order, which the recipe draws from the same
            seed: the paper's shuffled data.

    """
    from mnist1d.data import get_dataset_args, make_dataset

    args = get_dataset_args()
    args.seed = seed
    args.shuffle_seq = shuffle_seq
    before, before_python = np.random.get_state(), random.getstate()
    try:
        made = make_dataset(args)
    finally:
        np.random.set_state(before)
        random.setstate(before_python)
    signals = np.concatenate([made["x"], made["x_test"]]).astype(np.float32)
    digits = np.concatenate([made["y"], made["y_test"]]).astype(np.int64)
    train = len(made["x"])
    return Items(
        name="mnist1d",
        values=signals[:, np.newaxis, :],  # (N, 40) -> (N, 1, 40)
        shape=Shape.of("C T", 1, signals.shape[1]),
        columns={"digit": digits},
        parts={"train": np.arange(train), "test": np.arange(train, len(digits))},
    )
