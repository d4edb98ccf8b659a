"""Which cluster Lightning is told it is on, with the variables that Slurm sets in a job."""

import pytest
from lightning.fabric.plugins.environments import LightningEnvironment, SLURMEnvironment

from repro.training.cluster import cluster_plugins


@pytest.fixture
def in_slurm(monkeypatch):
    """A job's variables, with as many tasks as asked for."""

    def be(tasks: int) -> None:
        counts = {"SLURM_NTASKS": str(tasks), "SLURM_NTASKS_PER_NODE": str(tasks)}
        for name, value in {"SLURM_JOB_ID": "7", "SLURM_JOB_NAME": "repro-x", **counts}.items():
            monkeypatch.setenv(name, value)

    return be


def test_one_device_is_alone_in_a_job_too(in_slurm):
    in_slurm(2)
    assert [type(p) for p in cluster_plugins(1)] == [LightningEnvironment]


def test_several_devices_are_found_through_slurm_and_never_requeued_by_lightning(in_slurm):
    in_slurm(2)
    (found,) = cluster_plugins(2)
    assert isinstance(found, SLURMEnvironment)
    assert not found.auto_requeue


def test_in_a_job_of_one_task_lightning_starts_the_others(in_slurm):
    in_slurm(1)
    assert [type(p) for p in cluster_plugins(2)] == [LightningEnvironment]


def test_without_slurm_nothing_is_found_through_it(monkeypatch):
    monkeypatch.delenv("SLURM_NTASKS", raising=False)
    assert [type(p) for p in cluster_plugins(2)] == [LightningEnvironment]
