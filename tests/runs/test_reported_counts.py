"""Reported counts are held against the built net before anything trains."""

from pathlib import Path

import pytest

from repro.runs.engine.reported_counts import count_notes
from repro.spec.load import load_spec

SPEC = """\
paper: {{title: T, authors: [A], year: 2024}}
question: q
dataset: {{name: mnist1d}}
splits: {{from: official, train: 4000, test: 1000}}
architecture: {{net: [Flatten, Linear: {{out_features: classes}}]}}
optimizer: {{Adam: {{lr: 1e-3}}}}
loss: CrossEntropyLoss
metric: Accuracy
training: {{batch_size: 100, epochs: 1}}
seeds: [0, 1, 2]
baseline: net
experiments: {{net: {{model: net}}}}
reported:
  - {{where: Table 1, metric: {metric}, unit: count, {margin}values: {{net: {count}}}}}
"""


@pytest.mark.parametrize(
    ("metric", "count", "margin", "says"),
    [
        ("parameters", "410", "", ()),
        ("parameters", "400", "", ("net has 410 parameters, the paper 400 (Table 1): this is not the paper's net",)),
        ("parameters", "400", "margin: 10, why: read off, ", ()),
        ("parameters", "400", "margin: 9, why: read off, ", ("net has 410 parameters, the paper 400 (Table 1)",)),
        ("multiply_adds", "410", "", ("net has 400 multiply-adds, the paper 410 (Table 1)",)),
        ("parameters", "none", "", ()),
    ],
)
def test_a_count_that_the_net_does_not_have_is_said(
    metric: str, count: str, margin: str, says: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "paper.yaml").write_text(SPEC.format(metric=metric, count=count, margin=margin))
    spec = load_spec(tmp_path)
    notes = count_notes(spec.experiments.values(), spec.reported, tmp_path)
    assert len(notes) == len(says)
    assert all(note.startswith(start) for note, start in zip(notes, says, strict=True))
