"""Taking some items of a pool: the shares of the classes are kept, and groups stay whole."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from repro.data.arrays import IntArray, permutation

MOST_PAIRS = 2_000_000
"""Pairs of a taken and a left group, times classes, up to which exchanging them is tried."""
MOST_MOVES = 100


@dataclass(frozen=True, eq=False)
class Ties:
    """What a draw looks at: for every item the number of its class, and of its group where groups stay whole."""

    codes: IntArray
    groups: IntArray | None = None


def take(pool: IntArray, count: int, ties: Ties, seed: int) -> IntArray:
    """``count`` rows of the pool, each class's share as in the pool, as nearly as whole items or groups allow."""
    if count == len(pool):
        return pool
    if ties.groups is not None:
        return _whole_groups(pool, count, ties.codes, ties.groups, seed)
    shuffled = pool[permutation(len(pool), seed)]
    kinds, sizes = np.unique(ties.codes[pool], return_counts=True)
    taken = [
        shuffled[ties.codes[shuffled] == kind][:quota]
        for kind, quota in zip(kinds, largest_remainder(sizes, count), strict=True)
    ]
    return np.concatenate(taken) if taken else pool[:0]


def _whole_groups(pool: IntArray, count: int, codes: IntArray, groups: IntArray, seed: int) -> IntArray:
    """Groups in random order, each taken where that brings the classes nearer to their shares; one at least.

    Then groups are added, left or exchanged as long as that helps. All is counted in whole numbers, so that no machine
    draws otherwise: in units of 1 / len(pool) items each class's wanted share is one.
    """
    if not count or not len(pool):
        return pool[:0]
    table, of_item = class_table(pool, codes, groups)
    table = np.concatenate([table.sum(1, keepdims=True), table], axis=1).astype(np.int64)
    target_counts = table.sum(0) * count
    table = table * len(pool)
    have = np.zeros_like(target_counts)
    taken = np.zeros(len(table), dtype=bool)
    for group in permutation(len(table), seed):
        if np.abs(target_counts - have - table[group]).sum() < np.abs(target_counts - have).sum():
            have += table[group]
            taken[group] = True
    if not taken.any():  # every group is larger than what is wanted by more than it is missed
        taken[int(np.argmin(np.abs(target_counts - table).sum(1)))] = True
    if taken.all() and count < len(pool):
        taken[int(np.argmin(table.sum(1)))] = False
    _improve(table, target_counts, taken)
    return pool[taken[of_item]]


def _improve(table: IntArray, target_counts: IntArray, taken: npt.NDArray[np.bool_]) -> None:
    """Make the move that helps most until none does; some group stays taken and some stays left."""
    for _ in range(MOST_MOVES):
        gap = table[taken].sum(0) - target_counts
        inside, outside = np.flatnonzero(taken), np.flatnonzero(~taken)
        if not len(outside):
            return
        best, move = int(np.abs(gap).sum()), [-1]
        for some, sign in ((outside, 1), (inside, -1)):
            off = np.abs(gap + sign * table[some]).sum(1)
            if len(some) > 1 and off.min() < best:
                best, move = int(off.min()), [int(some[np.argmin(off)])]
        if len(inside) * len(outside) * len(gap) <= MOST_PAIRS:
            off = np.abs(gap + table[outside][None] - table[inside][:, None]).sum(2)
            if off.min() < best:
                inner, outer = np.unravel_index(np.argmin(off), off.shape)
                move = [int(inside[inner]), int(outside[outer])]
        if move == [-1]:
            return
        taken[move] = ~taken[move]


def deal(pool: IntArray, hands: int, ties: Ties, seed: int) -> list[IntArray]:
    """All of the pool in so many parts of nearly one size, the classes' shares in each as in the pool.

    Groups stay whole: they are dealt from the largest on, each to the hand that it brings nearest to an equal share of
    every class.
    """
    if ties.groups is None:
        shuffled = pool[permutation(len(pool), seed)]
        by_class = shuffled[np.argsort(ties.codes[shuffled], kind="stable")]
        return [np.sort(by_class[hand::hands]) for hand in range(hands)]
    table, of_item = class_table(pool, ties.codes, ties.groups)
    equal_share = table.sum(0) / hands
    have = np.zeros((hands, table.shape[1]))
    hand_of = np.zeros(len(table), dtype=np.int64)
    order = permutation(len(table), seed)
    for group in order[np.argsort(-table[order].sum(1), kind="stable")]:
        gain = np.square(equal_share - have - table[group]).sum(1) - np.square(equal_share - have).sum(1)
        hand = int(np.argmin(np.round(gain, 9)))
        hand_of[group] = hand
        have[hand] += table[group]
    return [np.sort(pool[hand_of[of_item] == hand]) for hand in range(hands)]


def class_table(pool: IntArray, codes: IntArray, groups: IntArray) -> tuple[Any, IntArray]:
    """Items of each class in each group of the pool, float64 ``(groups, classes)``, and each item's group in it."""
    names, of_item = np.unique(groups[pool], return_inverse=True)
    kinds, of_class = np.unique(codes[pool], return_inverse=True)
    table = np.zeros((len(names), len(kinds)))
    np.add.at(table, (of_item.reshape(-1), of_class.reshape(-1)), 1)
    return table, of_item.reshape(-1).astype(np.int64)


def largest_remainder(weights: Any, total: int) -> IntArray:
    """Whole numbers with this sum, in proportion to the weights; ties go to the earlier one."""
    exact = np.asarray(weights, dtype=np.float64) * (total / float(np.sum(weights)))
    exact = np.round(exact, 9)  # so that 2.9999999996, a rounding of the machine, is 3
    counts = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - counts), kind="stable")
    counts[order[: total - int(counts.sum())]] += 1
    return counts
