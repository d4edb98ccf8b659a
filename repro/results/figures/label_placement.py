"""Labels that stand beside what they name without lying on each other."""

from collections.abc import Sequence


def spread_labels(positions: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Positions as near as can be to these ``positions`` (least squares), ``gap`` or more apart, between the bounds.

    Labels that would overlap are merged into a block which stands where it is nearest to all of them; where there are
    too many for the room, the gap shrinks so that they fit.

    >>> spread_labels([1.0, 1.2, 5.0], 1.0, 0.0, 10.0)
    [0.6, 1.6, 5.0]
    """
    n = len(positions)
    if n == 0:
        return []
    gap = min(gap, (high - low) / (n - 1)) if n > 1 else gap
    order = sorted(range(n), key=lambda i: positions[i])
    blocks: list[tuple[float, list[int]]] = []
    for i in order:
        blocks.append((_start([i], positions, gap, low, high), [i]))
        while len(blocks) > 1 and blocks[-2][0] + gap * len(blocks[-2][1]) > blocks[-1][0] + 1e-12:
            merged = blocks[-2][1] + blocks[-1][1]
            blocks[-2:] = [(_start(merged, positions, gap, low, high), merged)]
    placed = [0.0] * n
    for start, members in blocks:
        for place, i in enumerate(members):
            placed[i] = round(start + gap * place, 9)
    return placed


def _start(members: Sequence[int], positions: Sequence[float], gap: float, low: float, high: float) -> float:
    ideal = sum(positions[i] - gap * place for place, i in enumerate(members)) / len(members)
    return min(max(ideal, low), high - gap * (len(members) - 1))
