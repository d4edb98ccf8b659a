"""How Lightning finds the other processes of a run. Left alone it goes by the scheduler it sees around it, and in a
Slurm job takes even a lone device for one of many, whatever was asked for.
"""

from lightning.fabric.plugins.environments.cluster_environment import ClusterEnvironment
from lightning.fabric.plugins.environments.lightning import LightningEnvironment

from repro.training.ranks import Ranks


def cluster_plugins(ranks: Ranks) -> list[ClusterEnvironment]:
    """What ``Trainer(plugins=...)`` gets.

    One device has nobody to find. Several have met before Lightning comes in, and their strategy says so
    (:class:`repro.training.side_by_side.StartedCluster`). Neither is ever put back into a queue by Lightning: that is
    decided by whoever holds the run.
    """
    return [LightningEnvironment()] if ranks.count == 1 else []
