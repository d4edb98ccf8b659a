import numpy as np
import pytest

from repro.data.arrays import permutation
from repro.data.seeds import derive


def test_a_sub_seed_never_changes():
    # other values would change the order and start of every run that was ever recorded
    assert derive(0, "order", 0) == 8257676712268907911
    assert derive(3, "augment", 17) == 546694679189194295


@pytest.mark.parametrize("other", [(1, "order", 3), (0, "start", 3), (0, "order", 4), (0, "order"), (0, "order3")])
def test_every_word_counts(other):
    assert derive(*other) != derive(0, "order", 3)


def test_a_sub_seed_fits_into_63_bits():
    made = [derive(s, "x") for s in range(2000)]
    assert all(0 <= m < 2**63 for m in made)
    assert max(made) > 2**62  # all 63 bits are in use


def test_a_permutation_never_changes():
    assert permutation(10, 0).tolist() == [0, 2, 9, 1, 8, 5, 4, 3, 6, 7]
    assert permutation(10, 42).tolist() == [7, 1, 6, 4, 3, 5, 9, 0, 2, 8]


def test_a_permutation_holds_each_number_once_and_depends_on_the_seed():
    one, other = permutation(1000, 1), permutation(1000, 2)
    assert sorted(one.tolist()) == list(range(1000))
    assert not np.array_equal(one, other)
    assert permutation(0, 1).tolist() == []
