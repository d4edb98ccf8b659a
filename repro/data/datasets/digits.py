"""digits: 1,797 written digits of 8 x 8 pixels.

Source    part of scikit-learn (``load_digits``), a copy of the UCI Optical Recognition of Handwritten Digits test set;
          nothing is downloaded
Licence   BSD-3-Clause (scikit-learn); UCI: CC BY 4.0
Citation  E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits. UCI Machine Learning Repository, 1998,
          doi:10.24432/C50P49
Parts     none official
Item      picture C 1 x H 8 x W 8, float32 in 0 .. 1 (stored as 0 .. 16, the number of dark pixels in a 4 x 4 block)
Label     ``digit``: 0 .. 9
"""

import numpy as np

from repro.data.items import Items
from repro.spec.shape import Shape

DARKEST = 16
"""The largest stored value."""


def read() -> Items:
    """Read the data set from scikit-learn."""
    from sklearn.datasets import load_digits

    stored = load_digits()
    return Items(
        name="digits",
        values=(stored.images[:, np.newaxis] / DARKEST).astype(np.float32),  # (N, 8, 8) -> (N, 1, 8, 8)
        shape=Shape.of("C H W", 1, 8, 8),
        columns={"digit": stored.target.astype(np.int64)},
    )
