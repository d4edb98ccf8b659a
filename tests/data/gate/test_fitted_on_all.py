"""Values that were normalised with all items give themselves away; honest ones do not."""

import numpy as np
import pytest

from repro.data.datasets.read import read_items
from repro.data.gate.fitted_on_all import fit_evidence, fitted_on_all
from repro.data.items import Items
from repro.data.splits import Split, draw
from repro.spec.experiment import Dataset, Splits
from repro.spec.shape import Shape

N = 500


def raw():
    generator = np.random.default_rng(0)
    return (generator.normal(3, 2, (N, 6)) ** 2 * np.array([1, 10, 0.1, 5, 2, 0])).astype(np.float32)


TRAIN = np.random.default_rng(1).random(N) < 0.6


def spread(x, **how):
    s = x.std(0, **how)
    return np.where(s > 0, s, 1)


def by_ends(x):
    gap = x.max(0) - x.min(0)
    return (x - x.min(0)) / np.where(gap > 0, gap, 1)


LEAKS = {
    "each feature has mean 0 and deviation 1": lambda x: (x - x.mean(0)) / spread(x),
    "each feature has mean 0 and deviation 1 (ddof 1)": lambda x: (x - x.mean(0)) / spread(x, ddof=1),
    "each feature has mean 0 and sum of squares 1": lambda x: (x - x.mean(0)) / (spread(x) * N**0.5),
    "all values have mean 0 and deviation 1": lambda x: (x - x.mean()) / x.std(),
    "each feature runs exactly from 0 to 1": by_ends,
    "each feature runs exactly from -1 to 1": lambda x: 2 * by_ends(x) - 1,
}
HONEST = {
    "as it comes": lambda x: x,
    "by train": lambda x: (x - x[TRAIN].mean(0)) / spread(x[TRAIN]),
    "by item": lambda x: (x - x.mean(1, keepdims=True)) / x.std(1, keepdims=True),
    "train's own ends": lambda x: (x - x[TRAIN].min(0)) / (np.ptp(x[TRAIN], axis=0) + 1e-9),
    "yes and no": lambda x: (x > x.mean(0)).astype(np.float32),
    "constant": lambda x: np.zeros_like(x),
}


def chunks(x, size=64):
    return ((x[s : s + size], TRAIN[s : s + size]) for s in range(0, N, size))


@pytest.mark.parametrize("said", LEAKS)
def test_what_was_fitted_on_all_items_says_so(said):
    assert fit_evidence(chunks(LEAKS[said](raw())))[0].startswith(f"over all of them {said}, which")
    assert fit_evidence(chunks(LEAKS[said](raw())))[1]


@pytest.mark.parametrize("name", HONEST)
def test_honest_values_say_nothing(name):
    assert fit_evidence(chunks(HONEST[name](raw()))) == (None, False)


def test_a_grid_and_clipped_pictures_prove_nothing():
    grid = np.stack(np.meshgrid(np.linspace(-1, 1, 25), np.linspace(-1, 1, 20)), -1).reshape(-1, 2)
    assert not fit_evidence(chunks(grid))[1]
    clipped = np.clip(np.random.default_rng(0).normal(0.5, 0.4, (N, 50)), 0, 1)
    few = np.arange(N) < 5  # train is so small that it lacks a white pixel here and there
    assert not fit_evidence([(clipped, few)])[1]


@pytest.mark.parametrize("size", [1, 7, 512])
def test_a_design_of_all_corners_proves_nothing(size):
    corners = ((np.arange(512)[:, None] >> np.arange(9)) & 1) * 2.0 - 1  # each bit +1 and -1 equally often
    train = np.random.default_rng(1).random(512) < 0.6
    chunks = ((corners[s : s + size], train[s : s + size]) for s in range(0, 512, size))
    assert fit_evidence(chunks) == (None, False)


def test_a_channel_of_its_own_mean_is_seen():
    x = np.random.default_rng(0).normal(3, 2, (N, 2, 40)).astype(np.float32)
    x = (x - x.mean((0, 2), keepdims=True)) / x.std((0, 2), keepdims=True)
    assert "each channel has mean 0 and deviation 1" in fit_evidence(chunks(x))[0]


@pytest.mark.parametrize("size", [1, 7, N])
def test_it_does_not_depend_on_the_chunks(size):
    assert fit_evidence(chunks(LEAKS["each feature has mean 0 and deviation 1"](raw()), size))[1]
    assert fit_evidence(chunks(HONEST["by train"](raw()), size)) == (None, False)


def test_own_code_fails_and_a_publisher_is_found():
    values = LEAKS["each feature has mean 0 and deviation 1"](raw()).astype(np.float32)
    split = Split({"train": np.flatnonzero(TRAIN), "test": np.flatnonzero(~TRAIN)}, N, {})
    own = fitted_on_all(Items("data.py:Mine", values, Shape.of("F", 6), {}), split)
    built_in = fitted_on_all(Items("mine", values, Shape.of("F", 6), {}), split)
    assert (own["state"], built_in["state"]) == ("failed", "found")
    assert own["text"].startswith("data.py:Mine normalises with statistics of all 500 items, test items among them")


@pytest.mark.parametrize(
    ("name", "args", "state"),
    # MNIST-1D's own code centres the whole data set and sets its deviation to 1: a fact of its publisher
    [("digits", {}, "ok"), ("diabetes", {}, "ok"), ("mnist1d", {"seed": 42}, "found")],
)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_built_in_data_stop_nothing(name, args, state, seed, tmp_path):
    items = read_items(Dataset(name=name, args=args), tmp_path)
    split = draw(items, Splits(source="all", train=0.6, validation=0.2, test=0.2), seed=0).parts
    split = Split({n: (rows + seed * 7) % len(items) for n, rows in split.items()}, len(items), {})
    assert fitted_on_all(items, split)["state"] == state
