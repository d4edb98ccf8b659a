"""Twins: how many planted copies are found among the recordings of a data set, and how many honest pairs are accused.

    python benchmarks/twins.py [--dataset fsdd] [--copies 200] [--seed 0]

Of each kind of copy so many are written as files beside the data set's own, each of another original. A copy counts as
found when it and its original are among the pairs; a false alarm is any pair that does not come from one original.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from math import comb
from pathlib import Path

import numpy as np
import soundfile
import torch

from repro.data.audio.index_clips import index_clips
from repro.data.items import Items
from repro.data.near_duplicates.find import find_near_duplicates
from repro.data.near_duplicates.preprocess import resample
from repro.data.prepare import read
from repro.spec.experiment import Dataset

FloatArray = np.typing.NDArray[np.float32]
Change = Callable[[FloatArray, np.random.Generator], FloatArray]


def same(samples: FloatArray, _: np.random.Generator) -> FloatArray:
    """The sound as it is."""
    return samples


def quieter(samples: FloatArray, dice: np.random.Generator) -> FloatArray:
    """Up to 30 dB quieter."""
    return np.asarray(samples * 10 ** (dice.uniform(-30, 0) / 20), dtype=np.float32)


def padded(samples: FloatArray, dice: np.random.Generator, *, quiet_db: float = -np.inf) -> FloatArray:
    """Up to 0.3 seconds at 16 kHz of silence, or faint noise, before and after."""
    before, after = dice.integers(0, 4800, 2)
    noise = dice.standard_normal(before + len(samples) + after) * 10 ** (quiet_db / 20) * np.abs(samples).max()
    noise[before : before + len(samples)] = samples
    return noise.astype(np.float32)


def noisy_around(samples: FloatArray, dice: np.random.Generator) -> FloatArray:
    """Padded with noise 50 dB below the peak."""
    return padded(samples, dice, quiet_db=-50)


def first_part(samples: FloatArray, _: np.random.Generator) -> FloatArray:
    """The first six tenths."""
    return samples[: int(0.6 * len(samples))]


def turned(samples: FloatArray, _: np.random.Generator) -> FloatArray:
    """With its sign turned."""
    return -samples


KINDS: dict[str, tuple[Change, str, int]] = {
    "another name": (same, "wav", 1),
    "as flac": (same, "flac", 1),
    "as ogg": (same, "ogg", 1),
    "as mp3": (same, "mp3", 1),
    "another gain": (quieter, "wav", 1),
    "its sign turned": (turned, "wav", 1),
    "silence around": (padded, "wav", 1),
    "faint noise around": (noisy_around, "wav", 1),
    "twice the rate": (same, "wav", 2),
    "its first part": (first_part, "wav", 1),
}
"""Kind of copy -> what is done to the samples, the format of the file, and the factor of the rate."""


def main() -> int:
    """Plant, look and print."""
    parser = argparse.ArgumentParser(description="Twins: recall on planted copies, and false alarms.")
    parser.add_argument("--dataset", default="fsdd")
    parser.add_argument("--subset")
    parser.add_argument("--copies", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    items = read(Dataset(name=given.dataset, args={"subset": given.subset} if given.subset else {}), Path())
    clips, dice = items.clips, np.random.default_rng(given.seed)
    assert clips is not None
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        origins = list(range(len(clips)))
        for row in origins:
            (root / f"{row}.wav").symlink_to(clips.path(row).resolve())
        names = [f"{row}.wav" for row in origins]
        kinds = ["original"] * len(names)
        for kind, (change, form, times) in KINDS.items():
            for row in dice.choice(len(clips), given.copies, replace=False).tolist():
                rate = int(clips.rates[row])
                made = change(clips.read(row).mean(axis=0), dice)
                if times > 1:
                    made = resample(torch.from_numpy(made), rate, rate * times).numpy()
                names.append(f"{len(names)}.{form}")
                soundfile.write(root / names[-1], made, rate * times)
                origins.append(row)
                kinds.append(kind)
        index = index_clips("planted", root, names)
        began = time.perf_counter()
        found = find_near_duplicates(Items("planted", index, index.shape, {}, rate=index.one_rate), root)
        seconds = time.perf_counter() - began
    pairs = {(pair.one, pair.other) for pair in found.pairs}
    for kind in KINDS:
        rows = [row for row, one in enumerate(kinds) if one == kind]
        hits = sum((origins[row], row) in pairs for row in rows)
        print(f"{kind:20s} {hits:4d} of {len(rows)} found")
    false = [pair for pair in pairs if origins[pair[0]] != origins[pair[1]]]
    among = sum(other < len(clips) for _, other in false)
    everyone = f"{comb(len(clips), 2):,} pairs of {given.dataset}"
    print(f"false alarms         {among} of {everyone}, {len(false) - among} with copies")
    print(f"{len(names)} recordings, {seconds:.0f} s on one thread")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
