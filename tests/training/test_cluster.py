"""Which cluster Lightning is told it is on, with the variables that Slurm sets in a job."""

from lightning.fabric.plugins.environments import LightningEnvironment

from repro.data.shard import Shard
from repro.training.checkpoint import CheckpointFiles
from repro.training.cluster import cluster_plugins
from repro.training.ranks import ALONE, Ranks
from repro.training.trainer import make_trainer


def test_one_device_is_alone_in_a_job_too(study, monkeypatch):
    variables = {"SLURM_JOB_ID": "7", "SLURM_JOB_NAME": "repro-x", "SLURM_NTASKS": "2", "SLURM_NTASKS_PER_NODE": "2"}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert [type(p) for p in cluster_plugins(ALONE)] == [LightningEnvironment]
    trainer = make_trainer(study(), 10, "cpu", CheckpointFiles())
    assert trainer.world_size == 1
    assert isinstance(trainer._accelerator_connector.cluster_environment, LightningEnvironment)


def test_ranks_that_have_met_need_nobody_to_find_them():
    assert cluster_plugins(Ranks(Shard(1, 2))) == []
