"""How Lightning finds the other processes of a run. Left alone it goes by the scheduler it sees around it, whatever was
asked for.
"""

import os

from lightning.fabric.plugins.environments.cluster_environment import ClusterEnvironment
from lightning.fabric.plugins.environments.lightning import LightningEnvironment
from lightning.fabric.plugins.environments.slurm import SLURMEnvironment


def cluster_plugins(devices: int = 1) -> list[ClusterEnvironment]:
    """What ``Trainer(plugins=...)`` gets for this many devices.

    One device has nobody to find, in a Slurm job too. Several, in a job that has a task for each of them, are found
    through Slurm; a job is never put back into the queue by Lightning, as that is decided by whoever holds the run. In
    a job of one task Lightning starts the other processes itself.
    """
    if devices > 1 and int(os.environ.get("SLURM_NTASKS", "1")) > 1 and SLURMEnvironment.detect():
        return [SLURMEnvironment(auto_requeue=False)]
    return [LightningEnvironment()]
