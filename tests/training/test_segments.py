"""Segments put together, against sums written out in numpy."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from repro.data.prepared import Part, Target
from repro.spec.view_recipe import ViewRecipe
from repro.training import segments as module
from repro.training.segments import Segments, as_seen, combine_segments

DIGIT = Target(name="digit", kind="class", classes=("a", "b", "c"))
NUMBER = Target(name="tempo", kind="number", sizes=(1,))
COUNTS = st.lists(st.integers(1, 7), min_size=1, max_size=12)


def rows_of(counts):
    """The items 3, 5, 7 ..., each as often as it has segments."""
    items = 3 + 2 * torch.arange(len(counts))
    return items.repeat_interleave(torch.tensor(counts))


def slices(counts):
    ends = np.cumsum(counts)
    return [slice(end - count, end) for end, count in zip(ends, counts, strict=True)]


def softmax(values):
    e = np.exp(values - values.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


@settings(deadline=None, max_examples=40)
@given(COUNTS, st.integers(0, 10), st.sampled_from([1, 5, 2**22]))
def test_the_mean_of_probabilities(counts, seed, at_once):
    output = torch.randn(sum(counts), 3, generator=torch.Generator().manual_seed(seed)) * 4
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "AT_ONCE", at_once)
        segments = Segments(rows_of(counts))
        made = combine_segments(output, segments, label=DIGIT, loss="CrossEntropyLoss", vote="mean")
        numbers = combine_segments(output[:, :1], segments, label=NUMBER, loss="MSELoss", vote="mean")
    each = [softmax(output.double().numpy()[at]).mean(0) for at in slices(counts)]
    np.testing.assert_allclose(made.exp().numpy(), each, rtol=1e-4, atol=1e-6)
    means = [output.double().numpy()[at, :1].mean(0) for at in slices(counts)]
    np.testing.assert_allclose(numbers.numpy(), means, rtol=1e-4, atol=1e-5)
    assert segments.items.tolist() == [3 + 2 * i for i in range(len(counts))]
    assert segments.numbers.tolist() == [k for count in counts for k in range(count)]
    assert segments.several == (max(counts) > 1)


@settings(deadline=None, max_examples=40)
@given(COUNTS, st.integers(0, 10))
def test_the_majority_and_who_wins_a_tie(counts, seed):
    output = torch.randn(sum(counts), 3, generator=torch.Generator().manual_seed(seed)) * 2
    made = combine_segments(output, Segments(rows_of(counts)), label=DIGIT, loss="CrossEntropyLoss", vote="majority")
    for row, at in zip(made.exp().double().numpy(), slices(counts), strict=True):
        own = output.double().numpy()[at]
        tally = np.bincount(own.argmax(1), minlength=3)
        chances = softmax(own).mean(0)
        best = [k for k in range(3) if tally[k] == tally.max()]
        assert row.argmax() == max(best, key=lambda k: chances[k])
        np.testing.assert_allclose(row, (tally + chances) / (len(own) + 1), rtol=1e-4, atol=1e-6)
        assert math.isclose(row.sum(), 1, rel_tol=1e-5)


def test_nothing_is_certain_and_nothing_is_infinite():
    output = torch.tensor([[1e4, -1e4, 0.0], [1e4, -1e4, 0.0]])
    for vote in ("mean", "majority"):
        made = combine_segments(output, Segments(torch.tensor([4, 4])), label=DIGIT, loss="CrossEntropyLoss", vote=vote)
        assert torch.isfinite(made).all()
        assert made.argmax(1).tolist() == [0]


@pytest.mark.parametrize(
    ("loss", "given", "mean"),
    [
        ("NLLLoss", [[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]], [0.3, 0.2, 0.5]),
        ("probabilities", [[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]], [0.3, 0.2, 0.5]),
        ("BCEWithLogitsLoss", [[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]], [0.3, 0.2, 0.5]),
        ("BCELoss", [[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]], [0.3, 0.2, 0.5]),
    ],
)
def test_each_loss_gets_its_own_form(loss, given, mean):
    chances = torch.tensor(given, dtype=torch.float64)
    into = {"NLLLoss": torch.log, "BCEWithLogitsLoss": torch.logit}.get(loss, lambda x: x)
    out_of = {"NLLLoss": torch.exp, "BCEWithLogitsLoss": torch.sigmoid}.get(loss, lambda x: x)
    made = combine_segments(into(chances), Segments(torch.tensor([0, 0])), label=DIGIT, loss=loss, vote="mean")
    np.testing.assert_allclose(out_of(made)[0].numpy(), mean, rtol=1e-6)


def test_an_estimator_without_probabilities_takes_the_class_of_most_segments():
    ones = torch.tensor([[0.0, 1, 0], [0, 0, 1], [0, 0, 1], [1, 0, 0]])
    made = combine_segments(ones, Segments(torch.tensor([1, 1, 1, 2])), label=DIGIT, loss="probabilities", vote="mean")
    assert made.argmax(1).tolist() == [2, 0]


def test_the_rows_of_some_items():
    items = torch.tensor([5, 5, 6, 9, 9, 9])
    part = Part(inputs={}, targets={}, items=items)
    assert module.rows_of(part, torch.tensor([0, 2])).tolist() == [0, 1, 3, 4, 5]
    assert module.rows_of(part, torch.tensor([], dtype=torch.int64)).tolist() == []


def test_what_a_view_sees_of_a_part():
    part = Part(
        inputs={"input": torch.zeros(4, 2)},
        targets={"digit": torch.tensor([2, 2, 0, 1])},
        items=torch.tensor([5, 5, 6, 9]),
    )
    labels = {"digit": DIGIT}
    whole = as_seen(part, ViewRecipe("test"), labels)
    assert whole.items.tolist() == [5, 6, 9]
    assert whole.targets["digit"].tolist() == [2, 0, 1]
    assert len(as_seen(part, ViewRecipe("test", "none"), labels)) == 4
    given_back = {"input": Target(name="input", kind="input")}
    assert len(as_seen(part, ViewRecipe("test"), given_back)) == 4
