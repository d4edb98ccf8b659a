"""Share: which items of a batch are one process's, where several train one run together."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shard:
    """Process ``rank`` (from 0) of ``ranks`` gets a contiguous stretch of each batch, the first ones an item more.

    >>> [Shard(rank, 3).of(8) for rank in range(3)]
    [(0, 3), (3, 6), (6, 8)]
    >>> Shard(1, 2).of(1)
    (1, 1)
    """

    rank: int = 0
    ranks: int = 1

    def of(self, items: int, rank: int | None = None) -> tuple[int, int]:
        """First and one past the last of ``items`` places that are this rank's, or another one's."""
        rank = self.rank if rank is None else rank
        each, more = divmod(items, self.ranks)
        first = rank * each + min(rank, more)
        return first, first + each + (rank < more)

    def fed(self, items: int) -> tuple[int, int]:
        """What goes through the net here: the share, or the batch's first item where the share is empty.

        Layers need not be able to take no item at all, and every process has to go through the same layers; what comes
        out for that item is thrown away, so it gives no gradient.

        >>> Shard(1, 2).fed(3), Shard(1, 2).fed(1)
        ((2, 3), (0, 1))
        """
        first, end = self.of(items)
        return (first, end) if end > first else (0, min(items, 1))

    def largest(self, items: int) -> int:
        """Items of the largest share."""
        return -(-items // self.ranks)


ALL = Shard()
"""One process has everything."""
