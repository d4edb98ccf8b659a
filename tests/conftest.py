"""What tests of several rooms share: a study on real recordings in which faults are planted."""

import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # as a shell starts what runs in its background
    signal.signal(signal.SIGINT, signal.default_int_handler)  # or no process of a test would hear Ctrl-C

SPEC = """\
proposal: {title: "Words & <sounds>", authors: [A. Student]}
question: Which word is it?
related_work: {first2020: {title: T, authors: [A], year: 2020, summary: s}}
dataset: {folder: recordings, why: Own.}
labels: class
splits: {train: 0.5, validation: 0.25, test: 0.25, seed: 0}
features: [ToMono, Resample: {new_freq: 8000}, PadOrCrop: {seconds: 0.5}]
architecture: {linear: [Flatten, Linear: {out_features: classes}]}
optimizer: {Adam: {lr: 1e-2}}
loss: CrossEntropyLoss
metric: Accuracy
training: {batch_size: 4, epochs: 1}
seeds: [0, 1, 2]
baseline: linear
experiments: {linear: {model: linear}}
"""
FORMS = (("wav", 16000, 1), ("flac", 22050, 2), ("ogg", 44100, 1), ("mp3", 16000, 1))


def noise(seed: int, rate: int, seconds: float = 0.4) -> np.ndarray:
    """A burst of noise that swells and fades, like no other: ``(T,)`` with peak 0.5."""
    rng = np.random.default_rng(seed)
    made = rng.standard_normal(int(rate * seconds))
    made = np.convolve(made, np.hanning(3 + seed % 7), "same") * np.hanning(len(made))
    return 0.5 * made / np.abs(made).max()


@pytest.fixture
def plant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Makes a study of 24 recordings in four formats and three rates, two classes and one of two items.

    Planted: ``go/clipped.wav`` (three crests), ``go/silent.flac``, ``no/padded.wav`` (mostly silence),
    ``no/off.ogg`` (an offset of 0.05), ``no/copy.flac`` (``go/00.wav`` half as loud, 0.3 s later). With ``broken`` also
    ``go/text.wav`` and ``no/empty.mp3``, which cannot be read. The cache is one of the test's own.
    """
    monkeypatch.setenv("REPRO_DATA", str(tmp_path / "cache"))

    def make(*, broken: bool = False, spec: str = SPEC, name: str = "study") -> Path:
        folder = tmp_path / name
        data = folder / "recordings"
        for cls in ("go", "no", "rare"):
            (data / cls).mkdir(parents=True)
        for number in range(17):
            form, rate, channels = FORMS[number % 4]
            samples = np.stack([noise(number, rate)] * channels, axis=1)
            soundfile.write(data / ("go" if number % 2 == 0 else "no") / f"{number:02}.{form}", samples, rate)
        for number in range(2):
            soundfile.write(data / "rare" / f"{number}.wav", noise(90 + number, 16000), 16000)
        clipped = noise(50, 16000)
        for at in (2000, 2500, 3000):
            clipped[at : at + 5] = 1.0
        soundfile.write(data / "go/clipped.wav", clipped, 16000)
        soundfile.write(data / "go/silent.flac", np.zeros(8000), 16000)
        soundfile.write(data / "no/padded.wav", np.concatenate([np.zeros(16000), noise(51, 16000)]), 16000)
        soundfile.write(data / "no/off.ogg", noise(52, 44100) + 0.05, 44100)
        copied, rate = soundfile.read(data / "go/00.wav")
        soundfile.write(data / "no/copy.flac", 0.5 * np.concatenate([np.zeros(4800), copied]), rate)
        if broken:
            (data / "go/text.wav").write_text("not a recording")
            (data / "no/empty.mp3").write_bytes(b"")
        (folder / "proposal.yaml").write_text(spec, encoding="utf-8")
        return folder

    return make
