"""The loop that a good engineer writes by hand."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from benchmarks.work import Work

EVALUATED_AT_ONCE = 1000


def bare_loop(work: Work, make_net: Callable[[], nn.Module], steps: int) -> list[tuple[float, float]]:
    """Train; gives (running accuracy, test accuracy) at each look."""
    torch.manual_seed(0)
    net = make_net()
    optimizer = torch.optim.Adam(net.parameters(), lr=work.lr, fused=True)
    loss_of = nn.CrossEntropyLoss()
    x, y = work.train
    in_epoch = -(-len(y) // work.batch_size)
    looks: list[tuple[float, float]] = []
    total, right, seen = torch.zeros(()), torch.zeros((), dtype=torch.long), 0
    order = torch.arange(len(y))
    for step in range(steps):
        place = step % in_epoch
        if place == 0 and work.shuffled:
            order = torch.randperm(len(y))
        at = order[place * work.batch_size : (place + 1) * work.batch_size]
        batch, target = x.index_select(0, at), y.index_select(0, at)
        output = net(batch)
        loss = loss_of(output, target)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        total += loss.detach() * len(target)
        right += (output.detach().argmax(1) == target).sum()
        seen += len(target)
        if (step + 1) % work.look_every == 0:
            looks.append((float(right) / seen, accuracy(net, *work.test)))
            assert torch.isfinite(total)
            total.zero_()
            right.zero_()
            seen = 0
    return looks


@torch.inference_mode()
def accuracy(net: nn.Module, x: Tensor, y: Tensor) -> float:
    """Accuracy and loss of a whole part, in large batches."""
    net.eval()
    parts = [net(x[i : i + EVALUATED_AT_ONCE]) for i in range(0, len(y), EVALUATED_AT_ONCE)]
    output = torch.cat(parts)
    float(nn.functional.cross_entropy(output, y))
    net.train()
    return float((output.argmax(1) == y).float().mean())
