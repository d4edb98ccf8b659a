"""The memory that the features of 100,000 clips take, all of them stretches of one recording."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CLIPS, RATE, GB = 100_000, 2000, 2**30

SCRIPT = """
import json, sys, threading, time
from pathlib import Path

import numpy as np
import psutil

from repro.data.audio.clips import Clips
from repro.data.items import Items
from repro.data.prepare import prepare
from repro.spec.experiment import Dataset, Experiment, Input, Label, Splits, Training
from repro.spec.part import Entry

count, rate = int(sys.argv[2]), int(sys.argv[3])
peak, process = 0, psutil.Process()

def watch():
    global peak
    while True:
        info = process.memory_info()
        peak = max(peak, info.rss - getattr(info, "shared", 0))  # pages of mapped files are the system's to drop
        time.sleep(0.2)

threading.Thread(target=watch, daemon=True).start()
same = np.full(count, rate)
starts = np.arange(count) * rate
names, files = ("all.wav",) * count, ("a" * 64,) * count
clips = Clips(Path(sys.argv[1]), names, same, np.ones_like(same), same, starts, starts + rate, files=files)
items = Items("many", clips, clips.shape, {"digit": np.arange(count) % 10}, {}, float(rate))
features = [
    Entry(name="MelSpectrogram", args={"n_fft": 128, "hop_length": 64, "n_mels": 64}),
    Entry(name="AmplitudeToDB"),
    Entry(name="Standardize", args={"per": "band"}),
]
experiment = Experiment(
    name="x", dataset=Dataset(name="fsdd"), labels={"digit": Label(name="digit", column="digit")},
    splits=Splits(source="all", train=0.8, test=0.2, waiver="one recording"),
    inputs={"input": Input(name="input", cached=tuple(features))},
    model=None, metrics={"Accuracy": Entry(name="Accuracy")}, training=Training(batch_size=100, epochs=1),
)
data = prepare(experiment, seed=0, folder=Path(), items=items)
train = data.parts["train"].inputs["input"]
print(json.dumps({"peak": peak, "rows": len(train), "shape": list(train.shape[1:]), "kind": type(train).__name__}))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads private memory as Linux tells it")
def test_a_hundred_thousand_clips_take_little_memory(tmp_path):
    import json

    import numpy as np
    import soundfile

    path = tmp_path / "all.wav"
    noise = (np.random.default_rng(0).normal(size=RATE * 1000) * 3000).astype(np.int16)
    with soundfile.SoundFile(path, "w", RATE, 1, subtype="PCM_16") as file:
        for _ in range(CLIPS // 1000):
            file.write(noise)
    environment = {**os.environ, "REPRO_DATA": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])}
    words = [sys.executable, "-c", SCRIPT, str(tmp_path), str(CLIPS), str(RATE)]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert (said["rows"], said["shape"], said["kind"]) == (80_000, [1, 64, 32], "LazyRows")
    assert said["peak"] < 1.5 * GB, said
