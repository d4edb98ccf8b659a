"""Schedules against rates worked out by hand."""

import pytest
import torch

from repro.training.schedule import InverseSqrt, Steps


def rates(make, count, groups=({},)):
    parameters = [{"params": [torch.nn.Parameter(torch.zeros(1))], **group} for group in groups]
    optimizer = torch.optim.SGD(parameters, lr=0.1)
    scheduler = make(optimizer)
    seen = []
    for _ in range(count):
        seen.append([group["lr"] for group in optimizer.param_groups])
        optimizer.step()
        scheduler.step()
    return seen


def test_steps_hold_each_value_until_its_edge():
    """LeCun et al. 1998: 5e-4 for two epochs, 2e-4 for the next three, 1e-4 for three, 5e-5 for four, then 1e-5."""
    values, until = (5e-4, 2e-4, 1e-4, 5e-5, 1e-5), (2, 5, 8, 12)
    seen = [lr for (lr,) in rates(lambda o: Steps(o, values, until), 14)]
    assert seen == pytest.approx([5e-4] * 2 + [2e-4] * 3 + [1e-4] * 3 + [5e-5] * 4 + [1e-5] * 2)


def test_a_group_keeps_its_multiple_of_the_rate():
    seen = rates(lambda o: Steps(o, (1.0, 0.1), (1,)), 2, groups=({}, {"lr": 0.3}))
    assert seen == [pytest.approx([1.0, 3.0]), pytest.approx([0.1, 0.3])]


def test_inverse_sqrt_counts_from_one():
    seen = [lr for (lr,) in rates(InverseSqrt, 4)]
    assert seen == pytest.approx([0.1, 0.1 / 2**0.5, 0.1 / 3**0.5, 0.05])


@pytest.mark.parametrize(
    ("values", "until", "text"),
    [
        ((1.0, 2.0), (1, 2), "one edge fewer is needed"),
        ((1.0, 2.0, 3.0), (2, 2), "until must grow"),
        ((1.0, 2.0), (0,), "until must grow, from 1 on"),
        ((1.0, -2.0), (1,), "not be below 0"),
    ],
)
def test_what_makes_no_schedule_is_refused(values, until, text):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    with pytest.raises(ValueError, match=text):
        Steps(optimizer, values, until)
