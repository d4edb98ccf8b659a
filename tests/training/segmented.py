"""Digits whose items have several segments: noisy copies of the picture, one to four of each item."""

from dataclasses import replace

import numpy as np
import torch

from repro.data.prepared import Part

COLUMN = "shelf"


def counts_of(items):
    """How many segments an item has: 1 to 4, by its number."""
    return items % 4 + 1


def segmented(data):
    """The same data with every item of every part cut into segments, and a column to group items by."""
    shelves = np.array([f"shelf {i * 7919 % 5}" for i in range(data.splits.items)])
    return replace(
        data,
        parts={name: _cut(part) for name, part in data.parts.items()},
        columns={**data.columns, COLUMN: shelves},
    )


def _cut(part):
    counts = counts_of(part.items)
    rows = torch.arange(len(part)).repeat_interleave(counts)
    noise = torch.Generator().manual_seed(5)
    inputs = {}
    for name, values in part.inputs.items():
        some = values.index_select(0, rows)
        inputs[name] = some + 0.8 * torch.randn(some.shape, generator=noise)
    targets = {name: values.index_select(0, rows) for name, values in part.targets.items()}
    return Part(inputs=inputs, targets=targets, items=part.items.index_select(0, rows))
