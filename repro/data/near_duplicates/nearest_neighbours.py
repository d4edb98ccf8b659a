"""The nearest pictures of other clips, by blocks of a matrix product: memory stays the same however many there are."""

import numpy as np
import torch
from torch import Tensor

BLOCK = 1024
"""Pictures whose neighbours are looked up at once; with :data:`BESIDE` others at a time, a block takes 32 MB."""

BESIDE = 8192
"""Pictures that a block is held against at once."""

NEAREST = 8
"""Neighbours of each picture. Of a sound that is there more often some pairs of each copy are found, not all pairs."""

LIKE = 0.7
"""Least cosine of two pictures of the same sound; copies lie far above, but so do honest neighbours."""


def nearest_neighbours(pictures: Tensor, owners: Tensor) -> tuple[Tensor, Tensor]:
    """Pairs of pictures that may show the same sound, each once: two int64 ``(P,)``, the first below the second.

    Args:
        pictures: ``(K, SIZE)``, of norm 1.
        owners: int64 ``(K,)``, the clip of each, ascending. Two pictures of one clip are no pair.

    """
    pairs = [torch.zeros(0, dtype=torch.int64)]
    for start in range(0, len(pictures), BLOCK):
        block_owners = owners[start : start + BLOCK]
        best = torch.full((len(block_owners), NEAREST), -1.0)
        which = torch.zeros((len(block_owners), NEAREST), dtype=torch.int64)
        for beside in range(0, len(pictures), BESIDE):
            beside_owners = owners[beside : beside + BESIDE]
            cosines = pictures[start : start + BLOCK] @ pictures[beside : beside + BESIDE].T
            if bool(block_owners[-1] >= beside_owners[0]) and bool(beside_owners[-1] >= block_owners[0]):
                cosines.masked_fill_(block_owners[:, None] == beside_owners[None], -1.0)
            highest, at = cosines.topk(min(NEAREST, len(beside_owners)), dim=1)
            best, order = torch.cat([best, highest], 1).topk(NEAREST, dim=1)
            which = torch.cat([which, at + beside], 1).gather(1, order)
        picture, nth = (best >= LIKE).nonzero(as_tuple=True)
        neighbour = which[picture, nth]
        picture = picture + start
        pairs.append(torch.minimum(picture, neighbour) * len(pictures) + torch.maximum(picture, neighbour))
    both = torch.from_numpy(np.unique(torch.cat(pairs).numpy()))
    return both // max(1, len(pictures)), both % max(1, len(pictures))
