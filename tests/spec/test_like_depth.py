"""Experiments that are like one another in a long row are refused; no stack ends over them."""

from pathlib import Path

import pytest

from repro.spec.load import read_spec
from repro.spec.problem import SpecError

SPEC = """\
proposal: {title: T, authors: [A]}
question: Which digit is it?
related_work: {first2020: {title: T, authors: [A], year: 2020, summary: s}}
dataset: {name: digits, why: Small.}
labels: digit
splits: {train: 0.5, test: 0.5, seed: 0}
architecture: {linear: [Flatten, Linear: {out_features: classes}]}
optimizer: {Adam: {lr: 1e-2}}
loss: CrossEntropyLoss
metric: Accuracy
training: {batch_size: 50, epochs: 1}
seeds: [0]
baseline: e0
experiments:
  e0: {model: linear}
"""


def row(count, *, turned=False):
    lines = [f"  e{n}: {{like: e{n - 1}, training.batch_size: {50 + n}}}\n" for n in range(1, count)]
    return SPEC + "".join(reversed(lines) if turned else lines)


def test_a_short_row_is_fine():
    assert len(read_spec(row(30, turned=True), Path("proposal.yaml")).experiments) == 30


@pytest.mark.parametrize("turned", [True])
def test_a_long_one_is_a_problem_at_its_line(turned):
    with pytest.raises(SpecError, match="more than 50 experiments are like one another in a row"):
        read_spec(row(3_000, turned=turned), Path("proposal.yaml"))
