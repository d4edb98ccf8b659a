"""Ranks that torchrun or srun started: every process runs the same command and learns here which one it is."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

_PORT = 29400
_PORTS = 1000


@dataclass(frozen=True)
class World:
    """This process is number ``rank`` of ``ranks``, the ``local``-th of its machine; they meet at ``meet``."""

    rank: int
    ranks: int
    local: int
    meet: str


def world(environment: Mapping[str, str] = os.environ) -> World | None:
    """What torchrun or srun says; None where neither started this process, or started it alone.

    Under srun rank 0's machine listens, at a port that follows from the job's number; ``MASTER_ADDR`` and
    ``MASTER_PORT`` may name another place.

    >>> world({"RANK": "3", "WORLD_SIZE": "4", "LOCAL_RANK": "1", "MASTER_ADDR": "a", "MASTER_PORT": "1"})
    World(rank=3, ranks=4, local=1, meet='env://')
    >>> world({"SLURM_PROCID": "1", "SLURM_STEP_NUM_TASKS": "2", "SLURM_LOCALID": "0", "SLURM_JOB_ID": "77",
    ...        "SLURM_STEP_NODELIST": "n[03-04,7]"})
    World(rank=1, ranks=2, local=0, meet='tcp://n03:29477')
    """
    if "RANK" in environment and int(environment.get("WORLD_SIZE", "1")) > 1:
        return World(
            int(environment["RANK"]), int(environment["WORLD_SIZE"]), int(environment.get("LOCAL_RANK", "0")), "env://"
        )
    if "SLURM_PROCID" in environment and int(environment.get("SLURM_STEP_NUM_TASKS", "1")) > 1:
        host = environment.get("MASTER_ADDR") or first_host(environment.get("SLURM_STEP_NODELIST", "127.0.0.1"))
        port = environment.get("MASTER_PORT") or str(_PORT + int(environment.get("SLURM_JOB_ID", "0")) % _PORTS)
        return World(
            int(environment["SLURM_PROCID"]),
            int(environment["SLURM_STEP_NUM_TASKS"]),
            int(environment.get("SLURM_LOCALID", "0")),
            f"tcp://{host}:{port}",
        )
    return None


def first_host(nodes: str) -> str:
    """The first machine of a list as Slurm writes it.

    >>> first_host("gpu[12-15,20]"), first_host("a1,b2"), first_host("rack1-[08]-x"), first_host("lone")
    ('gpu12', 'a1', 'rack1-08-x', 'lone')
    """
    head, bracket, rest = nodes.partition("[")
    if not bracket or "," in head:
        return nodes.partition(",")[0]
    inner, _, tail = rest.partition("]")
    number = inner.partition(",")[0].partition("-")[0]
    return head + number + tail.partition(",")[0]
