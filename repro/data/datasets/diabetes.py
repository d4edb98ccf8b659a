"""diabetes: 442 patients, ten measurements each, and how far the disease went within a year.

Source    part of scikit-learn (``load_diabetes``); nothing is downloaded
Licence   BSD-3-Clause (scikit-learn)
Citation  B. Efron, T. Hastie, I. Johnstone, R. Tibshirani: Least Angle Regression. Annals of Statistics 32(2), 2004
Parts     none official
Item      row F 10, float32, as measured: age in years, sex (1 or 2), body mass index, mean blood pressure, and six
          blood values. scikit-learn's default, scaled by statistics of all patients, would let test patients into
          training: use ``Standardize``
Label     ``progression``: a number, 25 to 346
"""

import numpy as np

from repro.data.items import Items
from repro.spec.shape import Shape


def read() -> Items:
    """Read the data set, unscaled, from scikit-learn."""
    from sklearn.datasets import load_diabetes

    stored = load_diabetes(scaled=False)
    return Items(
        name="diabetes",
        values=stored.data.astype(np.float32),
        shape=Shape.of("F", 10),
        columns={"progression": stored.target.astype(np.float64)},
    )
