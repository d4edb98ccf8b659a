"""What Lightning is told where several ranks train one run, and what is then not as in one process."""

from collections.abc import Iterable
from typing import Any

from lightning.fabric.plugins.environments.cluster_environment import ClusterEnvironment
from lightning.pytorch.strategies import DDPStrategy
from torch import nn
from torch.nn.modules.instancenorm import _InstanceNorm

from repro.spec.experiment import Experiment
from repro.training.ranks import Ranks
from repro.training.uses_rng import layer_uses_rng

_OURS = ("torch.", "repro.")


def side_by_side(experiment: Experiment, ranks: Ranks) -> dict[str, Any]:
    """Arguments of a Trainer: nothing for one rank.

    Every rank sees its own device alone, as device number 0, so Lightning is told of as many nodes as there are ranks,
    with one device each. The ranks have met already (:func:`repro.training.ranks.joined`).
    """
    if ranks.count == 1:
        return {}
    blocks = experiment.model.blocks if experiment.model is not None else ()
    own_layers = any(layer.own for block in blocks for layer in block.layers)
    strategy = DDPStrategy(
        cluster_environment=StartedCluster(ranks),
        broadcast_buffers=False,  # they are equal, or made so before a look
        find_unused_parameters=own_layers,  # ours and torch's layers use all that they have
    )
    return {"num_nodes": ranks.count, "strategy": strategy}


class StartedCluster(ClusterEnvironment):
    """Ranks that were started, and have met, before Lightning comes in."""

    def __init__(self, ranks: Ranks) -> None:
        super().__init__()
        self._ranks = ranks

    @property
    def creates_processes_externally(self) -> bool:
        """They are there."""
        return True

    @property
    def main_address(self) -> str:
        """Never asked for, since they have met."""
        raise RuntimeError("the ranks have not met")

    @property
    def main_port(self) -> int:
        """As :attr:`main_address`."""
        raise RuntimeError("the ranks have not met")

    @staticmethod
    def detect() -> bool:
        """Never found by itself."""
        return False

    def world_size(self) -> int:
        """All ranks."""
        return self._ranks.count

    def set_world_size(self, size: int) -> None:
        """It is known."""

    def global_rank(self) -> int:
        """This rank's number."""
        return self._ranks.number

    def set_global_rank(self, rank: int) -> None:
        """It is known."""

    def local_rank(self) -> int:
        """The first: each rank sees its own device alone."""
        return 0

    def node_rank(self) -> int:
        """Each rank is a node of its own to Lightning."""
        return self._ranks.number


def deviations(network: nn.Module, penalties: Iterable[Any], ranks: Ranks) -> tuple[str, ...]:
    """One sentence for each way in which training on several devices is not the training of one process."""
    if ranks.count == 1:
        return ()
    notes = []
    modules = list(network.modules())
    own = [m for m in modules if not type(m).__module__.startswith(_OURS)]
    if any(layer_uses_rng(m) for m in modules):
        notes.append(f"random layers draw other numbers on {ranks.count} devices than on one")
    if any(isinstance(m, _InstanceNorm) and m.track_running_stats for m in modules):
        notes.append("InstanceNorm's running statistics are of the first device's share of each batch")
    if own:
        names = ", ".join(sorted({type(m).__name__ for m in own}))
        notes.append(
            f"own layers ({names}) see a device's share of each batch, not the whole; "
            "what they keep beside weights is the first device's"
        )
    if any(True for _ in penalties):
        notes.append("penalties of own layers are the mean over devices, each on its share of the batch")
    return tuple(notes)
