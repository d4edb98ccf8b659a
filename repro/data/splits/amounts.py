"""Parts by counts and shares: from the official parts, or from all items."""

from collections.abc import Mapping
from typing import Literal

import numpy as np

from repro.data.arrays import IntArray
from repro.data.data_error import DataError
from repro.data.items import Items
from repro.data.seeds import derive
from repro.data.splits.split import PARTS
from repro.data.splits.take import Ties, largest_remainder, take

Amount = int | float | Literal["rest"] | None


def from_official(items: Items, amounts: Mapping[str, Amount], ties: Ties, seed: int) -> dict[str, IntArray]:
    """The official parts, or some of them; validation comes out of train where there is no official one."""
    if not {"train", "test"} <= set(items.parts):
        raise DataError(f"splits: {items.name} has no official parts; write from: all with counts or shares")
    train, test = np.sort(items.parts["train"]), np.sort(items.parts["test"])
    parts = {"test": take(test, count_of("test", amounts["test"], len(test)), ties, derive(seed, "splits", "test"))}
    left, held_out = train, 0
    own = items.parts.get("validation")
    validation = amounts["validation"]
    if own is not None:
        count = count_of("validation", validation, len(own))
        parts["validation"] = take(np.sort(own), count, ties, derive(seed, "splits", "validation"))
    elif validation is not None:
        held_out = count_of("validation", validation, len(train))
        parts["validation"] = take(train, held_out, ties, derive(seed, "splits", "validation"))
        left = np.setdiff1d(train, parts["validation"])
    train_count = count_of("train", amounts["train"], len(train))
    if train_count == len(train):
        train_count = len(left)
    elif train_count + held_out > len(train):
        raise DataError(
            f"splits: train {train_count} and validation {held_out} are more than the official train part's "
            f"{len(train)} items"
        )
    elif train_count + held_out == len(train) or train_count > len(left):
        train_count = len(left)  # whole groups have taken some more or less than they were to
    parts["train"] = take(left, train_count, ties, derive(seed, "splits", "train"))
    return parts


def from_pool(pool: IntArray, amounts: Mapping[str, Amount], ties: Ties, seed: int) -> dict[str, IntArray]:
    """Test, validation and train, drawn in this order; shares are of the whole pool."""
    counts = counts_of(amounts, len(pool))
    everything = sum(counts.values()) == len(pool)
    left = pool
    parts: dict[str, IntArray] = {}
    for name in ("test", "validation", "train"):
        if counts[name]:
            last = everything and not any(counts[n] for n in PARTS if n not in (*parts, name))
            count = len(left) if last else min(counts[name], len(left))  # groups may have taken more or less
            parts[name] = take(left, count, ties, derive(seed, "splits", name))
            left = np.setdiff1d(left, parts[name])
    return parts


def counts_of(amounts: Mapping[str, Amount], total: int) -> dict[str, int]:
    """Counts of all parts: shares that make 1 together leave no item out, and ``rest`` takes what is left."""
    shares = {n: a for n, a in amounts.items() if isinstance(a, float)}
    counts = {n: a for n, a in amounts.items() if isinstance(a, int)}
    rest = [n for n, a in amounts.items() if a == "rest"]
    if len(rest) > 1:
        raise DataError(f"splits: only one part can be the rest, not {' and '.join(rest)}")
    if shares and not counts and not rest and abs(sum(shares.values()) - 1) < 1e-9:
        names = list(shares)
        counts = dict(zip(names, largest_remainder(np.array([shares[n] for n in names]), total).tolist(), strict=True))
    else:
        counts |= {n: count_of(n, share, total) for n, share in shares.items()}
    used = sum(counts.values())
    if used > total:
        text = ", ".join(f"{n} {c}" for n, c in counts.items())
        raise DataError(f"splits: {text} are {used} items together; the data set has {total}")
    if rest:
        counts[rest[0]] = total - used
    return {name: counts.get(name, 0) for name in PARTS}


def count_of(name: str, amount: Amount, total: int) -> int:
    """How many items of ``total``; all of them for None and ``rest``."""
    if amount is None or amount == "rest":
        return total
    if isinstance(amount, float):
        if not 0 < amount < 1:
            raise DataError(f"splits.{name} is {amount}; a share lies between 0 and 1")
        return int(amount * total + 0.5)
    if amount > total:
        raise DataError(f"splits.{name} is {amount}; there are only {total} items")
    return amount
