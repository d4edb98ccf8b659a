"""Is a digit five or more?"""

import numpy as np
from sklearn.datasets import load_digits


class LargeDigits:
    """Digits as they are stored, and whether they are large."""

    axes = "F"

    def __init__(self):
        stored = load_digits()
        self.values = stored.data / 16
        self.columns = {"large": np.where(stored.target > 4, "yes", "no")}
