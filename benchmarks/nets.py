"""The measured nets, written by hand in plain PyTorch."""

from torch import Tensor, nn


class Residual(nn.Module):
    """``x + layers(x)``."""

    def __init__(self, layers: nn.Module) -> None:
        super().__init__()
        self.layers = layers

    def forward(self, x: Tensor) -> Tensor:
        """In and out: one shape."""
        return x + self.layers(x)


def mlp() -> nn.Module:
    """40-100-100-10, the second hidden layer residual (Greydanus & Kobak 2024). ``(N, 1, 40) -> (N, 10)``."""
    return nn.Sequential(
        nn.Flatten(), nn.Linear(40, 100), nn.ReLU(),
        Residual(nn.Sequential(nn.Linear(100, 100), nn.ReLU())), nn.Linear(100, 10),
    )  # fmt: skip


def lenet5() -> nn.Module:
    """LeNet-5 with max pooling and ReLU, ``(N, 1, 28, 28) -> (N, 10)``."""
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )  # fmt: skip


def spectrogram_cnn() -> nn.Module:
    """Two convolutions with batch norm, ``(N, 1, 40, 101) -> (N, 10)``."""
    return nn.Sequential(
        nn.Conv2d(1, 16, (3, 5), padding=(1, 2)), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(32 * 10 * 25, 10),
    )  # fmt: skip
