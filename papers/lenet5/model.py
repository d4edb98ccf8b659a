"""The parts of LeNet-5 (LeCun, Bottou, Bengio & Haffner 1998, Sec. II.B) that torch.nn does not have.

Trainable numbers of the whole net: C1 156, S2 12, C3 1,516, S4 32, C5 48,120, F6 10,164, output 0: 60,000.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Subsample(nn.Module):
    """S2 and S4: the sum over each size x size window, times one coefficient a map, plus one bias a map.

    Shape: in (N, C, H, W), out (N, C, H // size, W // size). ``in_shape`` is (C, H, W).
    """

    def __init__(self, size: int, in_shape: tuple[int, ...]) -> None:
        super().__init__()
        maps, height, width = in_shape
        self.size = size
        self.fan_in = size * size  # the paper's F_i: a unit of S2 has four inputs
        self.weight = nn.Parameter(torch.empty(maps, 1, 1))
        self.bias = nn.Parameter(torch.empty(maps, 1, 1))
        nn.init.uniform_(self.weight, -1 / self.fan_in, 1 / self.fan_in)
        nn.init.uniform_(self.bias, -1 / self.fan_in, 1 / self.fan_in)
        self.multiply_adds = maps * (height // size) * (width // size)  # the windows' sums take no multiplication
        self.course_view = f"sum over {size} x {size}, times a coefficient, plus a bias, each map its own"

    def forward(self, x: Tensor) -> Tensor:
        """Sum, scale, shift."""
        height, width = (x.shape[axis] // self.size * self.size for axis in (2, 3))
        rows = _sum([x[:, :, i : height : self.size] for i in range(self.size)])  # (N, C, H // size, W)
        sums = _sum([rows[..., i : width : self.size] for i in range(self.size)])  # (N, C, H // size, W // size)
        return torch.addcmul(self.bias, sums, self.weight)


def _sum(parts: list[Tensor]) -> Tensor:
    """On a CPU adding slices takes a third of avg_pool2d's time, there and back."""
    return sum(parts[1:], parts[0])


class ScaledTanh(nn.Module):
    """The paper's squashing function, 1.7159 tanh(2a / 3): it gives +1 and -1 at a = +1 and -1. Any shape."""

    def forward(self, a: Tensor) -> Tensor:
        """Squash."""
        return 1.7159 * torch.tanh(a * (2 / 3))


class SparseConv2d(nn.Module):
    """C3: a convolution whose output maps each see some of the input maps (the paper's Table I).

    Only the pairs in the table have weights. They are laid into a dense kernel whose other entries are zero, so the
    work is one convolution, and nothing flows into a pair that is not there.

    Args:
        kernel_size: of the square kernel.
        table: for each output map the input maps that it sees.
        in_shape: (C, H, W).

    Shape: in (N, C, H, W), out (N, len(table), H - kernel_size + 1, W - kernel_size + 1).
    """

    def __init__(self, kernel_size: int, table: tuple[tuple[int, ...], ...], in_shape: tuple[int, ...]) -> None:
        super().__init__()
        maps, height, width = in_shape
        if any(not seen or len(set(seen)) < len(seen) or not 0 <= min(seen) <= max(seen) < maps for seen in table):
            raise ValueError(f"every row of table lists different input maps, 0 to {maps - 1}")
        pairs = [out * maps + each for out, seen in enumerate(table) for each in seen]
        inputs = [float(len(seen) * kernel_size**2) for seen in table]
        self.dense_shape = (len(table), maps, kernel_size, kernel_size)
        self.weight = nn.Parameter(torch.empty(len(pairs), kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(len(table)))
        self.register_buffer("pairs", torch.tensor(pairs), persistent=False)
        self.fan_in = {  # units see 3, 4 or 6 maps; shapes that broadcast to weight and bias
            "weight": torch.tensor([n for n, seen in zip(inputs, table, strict=True) for _ in seen]).view(-1, 1, 1),
            "bias": torch.tensor(inputs),
        }
        for name, parameter in self.named_parameters():
            bound = self.fan_in[name] ** -0.5  # as torch's own convolutions start
            with torch.no_grad():
                parameter.uniform_(-1, 1).mul_(bound)
        out_size = (height - kernel_size + 1) * (width - kernel_size + 1)
        self.multiply_adds = len(pairs) * kernel_size**2 * out_size
        sees = sorted({len(seen) for seen in table})
        self.course_view = (
            f"{len(table)} filters of {kernel_size} x {kernel_size} x {' or '.join(map(str, sees))}, "
            f"{len(table)} biases, {len(pairs)} of {len(table) * maps} pairs of maps"
        )

    def dense_weight(self) -> Tensor:
        """The kernel with zeros where there is no pair, (outputs, inputs, kernel_size, kernel_size)."""
        outputs, maps, height, width = self.dense_shape
        empty = self.weight.new_zeros(outputs * maps, height, width)
        return empty.index_copy(0, self.pairs, self.weight).view(self.dense_shape)

    def forward(self, x: Tensor) -> Tensor:
        """Convolve."""
        return F.conv2d(x, self.dense_weight(), self.bias)

    def max_norm_(self, bound: float) -> None:
        """Bound the norm of each output map's weights (the spec's ``max_norm``)."""
        norms = self.dense_weight().flatten(1).norm(dim=1)
        factors = (bound / norms).clamp(max=1)[self.pairs // self.dense_shape[1]]
        self.weight.mul_(factors.view(-1, 1, 1))


DIGITS = """
..###..  ...#...  .#####.  .#####.  .....#.  #######  ..####.  #######  .#####.  .#####.
.#...#.  ..##...  #.....#  #.....#  ....##.  #......  .#.....  ......#  #.....#  #.....#
#.....#  .#.#...  ......#  ......#  ...#.#.  #......  #......  ......#  #.....#  #.....#
#.....#  ...#...  ......#  ......#  ..#..#.  #......  #......  .....#.  #.....#  #.....#
#.....#  ...#...  .....#.  .....#.  .#...#.  ######.  #.####.  .....#.  .#...#.  #.....#
#.....#  ...#...  ....#..  ..###..  #....#.  ......#  ##....#  ....#..  ..###..  #....##
#.....#  ...#...  ...#...  .....#.  #######  ......#  #.....#  ....#..  .#...#.  .####.#
#.....#  ...#...  ..#....  ......#  .....#.  ......#  #.....#  ...#...  #.....#  ......#
#.....#  ...#...  .#.....  ......#  .....#.  ......#  #.....#  ...#...  #.....#  ......#
#.....#  ...#...  #......  ......#  .....#.  ......#  #.....#  ..#....  #.....#  ......#
.#...#.  ...#...  #......  #.....#  .....#.  #.....#  #.....#  ..#....  #.....#  .....#.
..###..  .#####.  #######  .#####.  .....#.  .#####.  .#####.  ..#....  .#####.  .####..
"""
"""Ten digits of 7 x 12 pixels, drawn for this study: the paper shows its own only as a small picture (Fig. 3)."""


def bitmaps() -> Tensor:
    """The ten digits as +1 (ink) and -1, (10, 84), row by row from the top."""
    rows = [line.split() for line in DIGITS.strip().splitlines()]
    pictures = ["".join(row[digit] for row in rows) for digit in range(10)]
    return torch.tensor([[1.0 if pixel == "#" else -1.0 for pixel in picture] for picture in pictures])


class DigitBitmaps(nn.Module):
    """The output layer: for each class the squared distance of F6's 84 values to the class's bitmap. Nothing to learn.

    The paper's y_i is a penalty: the nearest class wins. What leaves here is its negative, so that the largest score
    wins as everywhere else, ``CrossEntropyLoss`` is meaningful on it, and :class:`BitmapMSE` turns the sign back.

    Shape: in (N, 84), out (N, 10).
    """

    bitmaps: Tensor

    def __init__(self, in_shape: tuple[int, ...], classes: int) -> None:
        super().__init__()
        drawn = bitmaps()
        if (classes, *in_shape) != drawn.shape:
            raise ValueError(f"ten digits of 84 pixels, but {classes} classes and {in_shape} come in")
        self.register_buffer("bitmaps", drawn)
        self.multiply_adds = drawn.numel()
        self.course_view = f"{classes} distances to bitmaps of 7 x 12, nothing to learn"

    def forward(self, x: Tensor) -> Tensor:
        """-|x - bitmap|^2, expanded to |x|^2 - 2 x bitmap + 84."""
        squares = (x * x).sum(1, keepdim=True) + self.bitmaps.shape[1]  # (N, 84) -> (N, 1)
        return torch.addmm(-squares, x, self.bitmaps.T, alpha=2)  # (N, 84) -> (N, 10)


class BitmapMSE(nn.Module):
    """Eq. 8: the mean over items of the penalty y of the correct class. In: scores -y (N, 10), classes (N,)."""

    def forward(self, scores: Tensor, target: Tensor) -> Tensor:
        """A scalar."""
        return -scores.gather(1, target[:, None]).mean()


class BitmapMAP(nn.Module):
    """Eq. 9: the mean of y_correct + log(exp(-j) + sum_i exp(-y_i)). In: scores -y (N, 10), classes (N,).

    Args:
        j: the penalty of a made-up class of rubbish. The paper prints no value. 84, our choice, is the distance from
            every bitmap of an output that says nothing (all zeros).
    """

    def __init__(self, j: float = 84.0) -> None:
        super().__init__()
        self.j = j

    def forward(self, scores: Tensor, target: Tensor) -> Tensor:
        """A scalar."""
        rubbish = scores.new_full((scores.shape[0], 1), -self.j)
        against = torch.logsumexp(torch.cat([scores, rubbish], 1), 1)  # (N, 11) -> (N,)
        return (against - scores.gather(1, target[:, None])[:, 0]).mean()
