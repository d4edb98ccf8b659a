"""Sub-seeds: one seed for each use, made from the run's seed and words that say what it is for."""

import hashlib
import json


def derive(seed: int, *words: str | int) -> int:
    """A sub-seed of 63 bits, from 0 to 2**63 - 1, that depends on the seed and on every word.

    It is the head of a sha256, so neighbouring seeds and words give unrelated numbers, the same on every machine
    and under every version of numpy or torch.

    >>> derive(0, "order", 3) == derive(0, "order", 3)
    True
    >>> len({derive(0, "order", 3), derive(0, "order", 4), derive(1, "order", 3), derive(0, "order", "3")})
    4
    """
    text = json.dumps([seed, *words], separators=(",", ":"), ensure_ascii=True)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1
