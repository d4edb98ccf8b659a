"""A spec in which words are set, for tests of what is asked of it."""

from pathlib import Path

from repro.spec.load import read_spec
from repro.spec.spec import Spec

TEXT = """\
proposal: {title: T, authors: [A]}
question: ...
related_work:
  first2020: {title: T, authors: [A], year: 2020, summary: ...}
dataset: {name: digits, why: ...}
labels: digit
splits: {train: 1200, validation: 200, test: rest, seed: 0}
architecture: {linear: [Flatten, Linear: {out_features: classes}]}
optimizer: {Adam: {lr: 1e-3}}
loss: CrossEntropyLoss
metric: Accuracy
training: {batch_size: 32, epochs: 1, order: shuffled, select: last}
seeds: [0, 1, 2]
baseline: linear
experiments: {linear: {model: linear}}
"""


def spec_of(*more: str, folder: Path = Path("x"), **changed: str) -> Spec:
    """The spec above with lines put in place of the words named, and lines added at the end."""
    lines = TEXT.splitlines()
    for word, value in changed.items():
        at = next(n for n, line in enumerate(lines) if line.startswith(f"{word}:"))
        lines[at] = f"{word}: {value}"
        while at + 1 < len(lines) and lines[at + 1].startswith(" "):
            del lines[at + 1]
    return read_spec("\n".join([*lines, *more]) + "\n", folder / "proposal.yaml")
