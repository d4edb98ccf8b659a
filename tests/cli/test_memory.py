"""The memory that ``repro run`` takes of its own while it works on an array far larger than that."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

SPEC = """\
paper: {title: Large, authors: [A. Student], year: 2024}
question: How much memory does it take?
dataset: {name: "data.py:Signals"}
labels: {kind: {classes: ["0", "1"]}}
splits: {from: all, test: 2000, train: rest, waiver: "rows that were not written are equal"}
features: FEATURES
architecture:
  net: [Flatten, Linear: {out_features: 8}, ReLU, Linear: {out_features: classes}]
optimizer: {Adam: {lr: 1e-3}}
loss: CrossEntropyLoss
metric: Accuracy
training: {batch_size: 100, steps: 200}
seeds: [0]
baseline: net
experiments:
  net: {model: net}
"""

DATA = '''\
from pathlib import Path

import numpy as np


class Signals:
    """Float32 signals in a file; rows that were not written are zeros and take no space on the disk."""

    def __init__(self):
        self.values = np.memmap(Path(__file__).with_name("values.f32"), dtype=np.float32, mode="r").reshape(-1, 1, 2048)
        self.axes = "C T"
        self.columns = {"kind": np.arange(len(self.values)) % 2}
'''

ITEM_BYTES = 4 * 2048
GB = 2**30
SLACK_BYTES = 100 * 2**20
"""What runs over arrays of different sizes may differ by: labels, hashes and the order take some bytes an item."""


def study(folder: Path, values_bytes: int, features: str) -> Path:
    """A folder whose array is a sparse file of this size with some rows written."""
    folder.mkdir()
    (folder / "paper.yaml").write_text(SPEC.replace("FEATURES", features))
    (folder / "data.py").write_text(DATA)
    noise = np.random.default_rng(0)
    with (folder / "values.f32").open("wb") as file:
        file.truncate(values_bytes)
        for start in range(0, values_bytes, values_bytes // 64):
            file.seek(start // ITEM_BYTES * ITEM_BYTES)
            file.write(noise.normal(size=(16, 2048)).astype(np.float32).tobytes())
    return folder


def private_bytes(process: psutil.Process) -> int:
    """A process's own memory: the page cache and mapped files are not counted; a page that forked processes still share
    counts as a share of it in each, so that all together count it once.
    """
    try:
        lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss_Anon:"))


def peaks_of_run(folder: Path, data: Path) -> tuple[int, int]:
    """Run a study; the most private memory of its processes together, and of the largest of them (the worker)."""
    environment = os.environ | {"REPRO_DATA": str(data)}
    command = [sys.executable, "-m", "repro", "run", str(folder), "--jobs", "1"]
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    root, together, largest = psutil.Process(process.pid), 0, 0
    while process.poll() is None:
        try:
            family = [root, *root.children(recursive=True)]
        except psutil.NoSuchProcess:
            break
        each = [private_bytes(member) for member in family]
        together, largest = max(together, sum(each)), max(largest, *each)
        time.sleep(0.02)
    said, _ = process.communicate()
    assert process.returncode == 0, said
    assert "1 run" in said
    return together, largest


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads private memory as Linux tells it")
def test_a_run_over_4_gb_takes_less_than_1_5_gb_of_its_own(tmp_path: Path) -> None:
    together, _ = peaks_of_run(study(tmp_path / "study", 4 * GB, features="[]"), tmp_path / "data")
    assert together > 0.2 * GB, "less than a bare process has: nothing was measured"
    assert together < 1.5 * GB
    assert not (tmp_path / "data/made").exists(), "a map of float32 is used as it lies"


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads private memory as Linux tells it")
def test_a_run_takes_the_same_whatever_the_size_of_the_array(tmp_path: Path) -> None:
    peaks = {}
    for gigabytes in (0.5, 2):
        folder = study(tmp_path / f"of-{gigabytes}", int(gigabytes * GB), features="[]")
        _, peaks[gigabytes] = peaks_of_run(folder, tmp_path / "data")
    assert abs(peaks[2] - peaks[0.5]) < SLACK_BYTES, peaks


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads private memory as Linux tells it")
def test_features_are_computed_in_memory_that_does_not_grow(tmp_path: Path) -> None:
    peaks = {}
    for gigabytes in (0.5, 1):
        folder = study(tmp_path / f"of-{gigabytes}", int(gigabytes * GB), features="[Rescale: {low: 0.0, high: 2.0}]")
        _, peaks[gigabytes] = peaks_of_run(folder, tmp_path / f"data-{gigabytes}")
        made = [file.stat().st_size for file in (tmp_path / f"data-{gigabytes}/made").glob("*.map")]
        assert [size >= gigabytes * GB for size in made] == [True]
    assert abs(peaks[1] - peaks[0.5]) < SLACK_BYTES, peaks
