"""Learning-rate schedules of ours: rates written out step by step, and the inverse square root."""

from bisect import bisect_right
from collections.abc import Sequence
from math import sqrt

from torch import Tensor
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler


class Steps(LRScheduler):
    """Rates written out: ``values[i]`` holds until ``until[i]`` epochs (or steps) are over, the last one for good.

    The values are the learning rates themselves and replace the optimizer's own. A group whose rate is a multiple of
    the optimizer's (``lr_times``) keeps that multiple.

    ``Steps(values=[5e-4, 2e-4, 1e-4], until=[2, 5], every="epoch")`` is the start of LeCun et al. 1998, Sec. III.B:
    5e-4 for the first two epochs, 2e-4 for the next three, then 1e-4.

    Raises:
        ValueError: not one more value than edges, a rate below 0, or edges that do not grow from 1.

    """

    def __init__(self, optimizer: Optimizer, values: Sequence[float], until: Sequence[int]) -> None:
        if len(values) != len(until) + 1:
            raise ValueError(f"values holds {len(values)} rates and until {len(until)} edges; one edge fewer is needed")
        if any(edge < 1 for edge in until) or list(until) != sorted(set(until)):
            raise ValueError(f"until must grow, from 1 on; it is {list(until)}")
        if any(value < 0 for value in values):
            raise ValueError(f"values must not be below 0; they are {list(values)}")
        self.values = tuple(float(value) for value in values)
        self.until = tuple(int(edge) for edge in until)
        super().__init__(optimizer)

    def get_lr(self) -> list[float | Tensor]:
        """One rate for each group of parameters."""
        rate = self.values[bisect_right(self.until, self.last_epoch)]
        own = float(self.optimizer.defaults["lr"])
        return [rate * (float(base) / own) if own else rate for base in self.base_lrs]


class InverseSqrt(LRScheduler):
    """The optimizer's rate divided by the square root of t, t counting from 1 (Kingma & Ba 2015, Sec. 4)."""

    def __init__(self, optimizer: Optimizer) -> None:
        super().__init__(optimizer)

    def get_lr(self) -> list[float | Tensor]:
        """One rate for each group of parameters."""
        return [float(base) / sqrt(self.last_epoch + 1) for base in self.base_lrs]
