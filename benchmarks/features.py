"""Features of recordings: ours against the loop over files that one would write by hand.

    python benchmarks/features.py [--rounds 3] [--one-thread]

All 3,000 clips of FSDD: decoded, resampled from 8 to 16 kHz, brought to one second, log-mel of 64 bands. The loop takes
one file after the other through soundfile and torchaudio; it is given one thread, then as many as there are cores, and
its better time counts. Ours starts without any cache, and ends with the array in its file. Both have the same cores and
take turns. On a busy machine wall time says little: the CPU seconds, divided by the cores, are what an idle one takes
where the work spreads evenly, which that of the loop on one thread does not.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import soundfile
import torch
from torch import Tensor
from torch.nn import functional
from torchaudio import transforms

from repro.data.features.chain import build_chain
from repro.data.in_threads import cores
from repro.data.items import Items
from repro.data.prepare import forget, prepare, read
from repro.data.prepare_inputs import make_inputs
from repro.spec.experiment import Dataset, Experiment, Input, Label, Splits, Training
from repro.spec.part import Entry

MEL = {"n_fft": 1024, "hop_length": 256, "n_mels": 64}
FEATURES = (
    Entry(name="Resample", args={"new_freq": 16000}),
    Entry(name="PadOrCrop", args={"seconds": 1.0}),
    Entry(name="MelSpectrogram", args=MEL),
    Entry(name="AmplitudeToDB"),
)
DATASET = Dataset(name="fsdd")


@torch.no_grad()
def loop(files: list[Path]) -> Tensor:
    """One file after the other."""
    resample = transforms.Resample(8000, 16000)
    mel = transforms.MelSpectrogram(16000, **MEL)
    decibels = transforms.AmplitudeToDB()
    made = []
    for file in files:
        samples, _ = soundfile.read(file, dtype="float32")
        signal = resample(torch.from_numpy(samples)[None])
        signal = functional.pad(signal, (0, max(0, 16000 - signal.shape[1])))[:, :16000]
        made.append(decibels(mel(signal)))
    return torch.stack(made)


def ours(items: Items) -> Tensor:
    """As a run does it, with an empty cache."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["REPRO_DATA"] = folder
        chain = build_chain(FEATURES, items.shape, rate=items.rate, folder=Path())
        return make_inputs(items, chain, np.arange(len(items)), fitted_on="", folder=Path()).values


def second_start() -> float:
    """Seconds for all that a run reads, splits, checks and makes, from a full cache; imports are done."""
    experiment = Experiment(
        name="x",
        dataset=DATASET,
        labels={"digit": Label(name="digit", column="digit")},
        splits=Splits(source="official", group_none=True),
        inputs={"input": Input(name="input", cached=FEATURES)},
        model=None,
        metrics={"Accuracy": Entry(name="Accuracy")},
        training=Training(batch_size=100, epochs=1),
    )
    prepare(experiment, seed=0, folder=Path())
    forget()
    began = time.perf_counter()
    prepare(experiment, seed=0, folder=Path())
    return time.perf_counter() - began


def timed(work: Callable[[], Tensor]) -> tuple[float, float, Tensor]:
    """Wall seconds, CPU seconds, and what was made."""
    wall, cpu = time.perf_counter(), time.process_time()
    made = work()
    return time.perf_counter() - wall, time.process_time() - cpu, made


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Features of recordings: ours against a loop over files.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one-thread", action="store_true", help="the loop on one thread only, on a busy machine")
    given = parser.parse_args()
    rounds, ways = given.rounds, {1} if given.one_thread else {1, cores()}
    kept = os.environ.get("REPRO_DATA")
    items = read(DATASET, Path())
    assert items.clips is not None
    files = [items.clips.path(row) for row in range(len(items))]
    loop(files[:100])
    seen: dict[str, list[tuple[float, float]]] = {}
    for _ in range(rounds):
        found = {}
        for threads in sorted(ways):
            name = "loop, 1 thread" if threads == 1 else f"loop, {threads} threads"
            torch.set_num_threads(threads)
            wall, cpu, found["loop"] = timed(lambda: loop(files))
            seen.setdefault(name, []).append((wall, cpu))
        torch.set_num_threads(1)
        wall, cpu, found["ours"] = timed(lambda: ours(items))
        seen.setdefault("ours", []).append((wall, cpu))
        assert torch.allclose(found["loop"], found["ours"], atol=0.1), "they made different features"
    walls = {name: median(wall for wall, _ in times) for name, times in seen.items()}
    for name, times in seen.items():
        print(f"{name:18} {walls[name]:6.2f} s wall {median(cpu for _, cpu in times):6.2f} s CPU")
    best = min(wall for name, wall in walls.items() if name != "ours")
    loops = [times for name, times in seen.items() if name != "ours"]
    ratios = [min(times[i][0] for times in loops) / seen["ours"][i][0] for i in range(rounds)]
    ideal = median(cpu for _, cpu in seen["loop, 1 thread"]) / (median(cpu for _, cpu in seen["ours"]) / cores())
    print(f"{len(files) / walls['ours']:.0f} clips/s against {len(files) / best:.0f}: {median(ratios):.2f} times")
    print(f"by CPU time, on {cores()} idle cores: {ideal:.2f} times")
    os.environ.pop("REPRO_DATA")
    if kept is not None:
        os.environ["REPRO_DATA"] = kept
    print(f"second start {second_start():.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
