"""Splits: which items are for training, validation and test, drawn once from a seed of their own.

A draw uses sha256 and Philox only (:mod:`repro.data.permutation`), so it stays the same under every version of numpy.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from repro.data.data_error import DataError
from repro.data.items import Items
from repro.data.permutation import IntArray, permutation
from repro.data.seeds import derive
from repro.spec.experiment import Splits

PARTS = ("train", "validation", "test")

Amount = int | float | Literal["rest"] | None


@dataclass(frozen=True, eq=False)
class Split:
    """Rows of each part, ascending; ``validation`` is missing where there is none.

    ``how`` says how it was drawn (seed, amounts, stratified by), ``items`` is the number of items of the data set.
    """

    parts: Mapping[str, IntArray]
    items: int
    how: Mapping[str, Any]

    @property
    def sha256(self) -> str:
        """The hash of the number of items and of each part's name and rows."""
        digest = hashlib.sha256(f"splits 1\0{self.items}\0".encode())
        for name in sorted(self.parts):
            digest.update(f"{name}\0{part_sha256(self.parts[name])}\0".encode())
        return digest.hexdigest()


def part_sha256(rows: IntArray) -> str:
    """The sha256 of rows as little-endian 64-bit numbers."""
    return hashlib.sha256(np.ascontiguousarray(rows, dtype="<i8").tobytes()).hexdigest()


def draw(items: Items, splits: Splits, *, seed: int, stratify: str | None = None) -> Split:
    """Divide the items as the spec says.

    ``official``: a count below the official part's draws so many items from it, an equal one checks that it is the
    official number, a share is of the official part. Validation comes out of train: first validation is drawn, then
    train from what is left, so that experiments with less training data share their validation items; where train is
    the whole official part (its number, or nothing written) it becomes what validation leaves. ``all``, or amounts
    alone: test is drawn first, then validation, then train, from all items; ``rest`` is what the others leave.

    Args:
        items: the data set.
        splits: the spec's words.
        seed: the run's seed, used where the spec says ``seed: run``.
        stratify: column by which each draw keeps the shares of the values, unless the spec names one.

    Raises:
        DataError: no official parts, more items asked for than there are, a part without items.

    """
    if splits.group is not None:
        raise DataError("splits.group is not supported yet")
    split_seed = seed if splits.seed == "run" else splits.seed
    column = splits.stratify or stratify
    if column is not None and column not in items.columns:
        raise DataError(f"splits.stratify: {items.name} has no column {column!r}; it has {', '.join(items.columns)}")
    codes = np.zeros(len(items), dtype=np.int64)
    if column is not None:
        codes = np.unique(items.columns[column].astype(str), return_inverse=True)[1].reshape(-1).astype(np.int64)
    amounts: dict[str, Amount] = {"train": splits.train, "validation": splits.validation, "test": splits.test}
    official = splits.source == "official" or (
        splits.source is None and not any(a is not None for a in amounts.values())
    )
    parts = (_official if official else _from_all)(items, amounts, codes, split_seed)
    for name in ("train", "test"):
        if not len(parts.get(name, ())):
            raise DataError(f"splits: the {name} part has no items")
    how = {
        "from": "official" if official else "all",
        "seed": split_seed,
        "stratify": column,
        **{name: amount for name, amount in amounts.items() if amount is not None},
    }
    return Split({name: np.sort(parts[name]) for name in PARTS if len(parts.get(name, ()))}, len(items), how)


def _official(items: Items, amounts: Mapping[str, Amount], codes: IntArray, seed: int) -> dict[str, IntArray]:
    if not {"train", "test"} <= set(items.parts):
        raise DataError(f"splits: {items.name} has no official parts; write from: all with counts or shares")
    train, test = np.sort(items.parts["train"]), np.sort(items.parts["test"])
    made = {"test": _take(test, _count("test", amounts["test"], len(test)), codes, derive(seed, "splits", "test"))}
    left = train
    own = items.parts.get("validation")
    wanted = amounts["validation"]
    if own is not None:
        count = _count("validation", wanted, len(own))
        made["validation"] = _take(np.sort(own), count, codes, derive(seed, "splits", "validation"))
    elif wanted is not None:
        count = _count("validation", wanted, len(train))
        made["validation"] = _take(train, count, codes, derive(seed, "splits", "validation"))
        left = np.setdiff1d(train, made["validation"])
    asked = _count("train", amounts["train"], len(train))
    if asked == len(train):
        asked = len(left)
    if asked > len(left):
        raise DataError(
            f"splits: train {asked} and validation {len(train) - len(left)} are more than the official train part's "
            f"{len(train)} items"
        )
    made["train"] = _take(left, asked, codes, derive(seed, "splits", "train"))
    return made


def _from_all(items: Items, amounts: Mapping[str, Amount], codes: IntArray, seed: int) -> dict[str, IntArray]:
    counts = _counts(amounts, len(items))
    left = np.arange(len(items), dtype=np.int64)
    made = {}
    for name in ("test", "validation", "train"):
        if counts[name]:
            made[name] = _take(left, counts[name], codes, derive(seed, "splits", name))
            left = np.setdiff1d(left, made[name])
    return made


def _counts(amounts: Mapping[str, Amount], total: int) -> dict[str, int]:
    """Counts of all parts: shares that make 1 together leave no item out, and ``rest`` takes what is left."""
    shares = {n: a for n, a in amounts.items() if isinstance(a, float)}
    counts = {n: a for n, a in amounts.items() if isinstance(a, int)}
    rest = [n for n, a in amounts.items() if a == "rest"]
    if len(rest) > 1:
        raise DataError(f"splits: only one part can be the rest, not {' and '.join(rest)}")
    if shares and not counts and not rest and abs(sum(shares.values()) - 1) < 1e-9:
        names = list(shares)
        counts = dict(zip(names, _largest_remainder(np.array([shares[n] for n in names]), total).tolist(), strict=True))
    else:
        counts |= {n: _count(n, share, total) for n, share in shares.items()}
    used = sum(counts.values())
    if used > total:
        said = ", ".join(f"{n} {c}" for n, c in counts.items())
        raise DataError(f"splits: {said} are {used} items together; the data set has {total}")
    if rest:
        counts[rest[0]] = total - used
    return {name: counts.get(name, 0) for name in PARTS}


def _count(name: str, amount: Amount, total: int) -> int:
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


def _take(pool: IntArray, count: int, codes: IntArray, seed: int) -> IntArray:
    """``count`` rows of the pool, each code's share as in the pool as nearly as whole items allow."""
    if count == len(pool):
        return pool
    shuffled = pool[permutation(len(pool), seed)]
    kinds, sizes = np.unique(codes[pool], return_counts=True)
    taken = [
        shuffled[codes[shuffled] == kind][:quota]
        for kind, quota in zip(kinds, _largest_remainder(sizes, count), strict=True)
    ]
    return np.concatenate(taken) if taken else pool[:0]


def _largest_remainder(weights: Any, total: int) -> IntArray:
    """Whole numbers with this sum, in proportion to the weights; ties go to the earlier one."""
    exact = np.asarray(weights, dtype=np.float64) * (total / float(np.sum(weights)))
    exact = np.round(exact, 9)  # so that 2.9999999996, a rounding of the machine, is 3
    whole = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return whole
