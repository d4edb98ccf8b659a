"""Normalisers that look at test items, and honest ones beside them."""

import numpy as np
import torch
from sklearn.datasets import load_digits

from repro.data.features.feature import Feature


class AsMeasured:
    """Digits as they are stored."""

    axes = "F"

    def __init__(self):
        stored = load_digits()
        self.values = self.normalised(stored.data)
        self.columns = {"digit": stored.target}

    def normalised(self, values):
        return values / 16


class NormalisedByAll(AsMeasured):
    """Standardized by all items, before anyone knows which are for testing."""

    def normalised(self, values):
        spread = values.std(0)
        return (values - values.mean(0)) / np.where(spread > 0, spread, 1)


class ByItem:
    """Each item by its own mean and deviation."""

    def __call__(self, batch):
        over = tuple(range(1, batch.dim()))
        return (batch - batch.mean(over, keepdim=True)) / (batch.std(over, keepdim=True) + 1e-6)


class ByTrain(Feature):
    """By mean and deviation of what it is fitted on, which is train."""

    fitted = True

    def fit(self, chunks):
        values = torch.cat(list(chunks))
        self.mean, self.spread = values.mean(0), values.std(0) + 1e-6

    def __call__(self, batch, generator=None):
        return (batch - self.mean) / self.spread


class ByWhatComesIn:
    """By mean and deviation of whatever items are computed together."""

    def __call__(self, batch):
        return (batch - batch.mean(0)) / (batch.std(0) + 1e-6)


class ByTheWholeFile:
    """By mean and deviation of the whole data set, which it reads for itself."""

    def __init__(self):
        values = torch.tensor(load_digits().images / 16, dtype=torch.float32)[:, None]
        self.mean, self.spread = values.mean(0), values.std(0)
        self.spread[self.spread == 0] = 1

    def __call__(self, batch):
        return (batch - self.mean) / self.spread
