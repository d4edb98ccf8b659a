"""Random spectrograms: 2,500 of them, one channel, 40 bands by 101 frames, ten classes."""

import numpy as np


class Spectrograms:
    """Nothing can be learnt from them; they are for measuring how long a step takes."""

    axes = "C F T"

    def __init__(self) -> None:
        dice = np.random.Generator(np.random.Philox(key=7))
        self.values = dice.standard_normal((2500, 1, 40, 101), dtype=np.float32)
        self.columns = {"digit": np.arange(2500) % 10}
