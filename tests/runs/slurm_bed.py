"""A real Slurm on this machine: two nodes that are both this machine, on loopback, ended with all that it started."""

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scontrol", "scancel")

CONF = """\
ClusterName=bed
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
SlurmctldPort={ports[0]}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire=5
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=none
ReturnToService=2
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SchedulerParameters=batch_sched_delay=0,sched_interval=1
NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[1]} CPUs={cpus} RealMemory=1000 State=UNKNOWN
NodeName=n2 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[2]} CPUs={cpus} RealMemory=1000 State=UNKNOWN
PartitionName=class Nodes=n1,n2 Default=YES MaxTime=60 State=UP
"""


def why_not() -> str:
    """Why there can be no Slurm here; empty when there can."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        return f"no {', '.join(missing)}: apt-get install slurm-wlm munge"
    return "" if os.geteuid() == 0 else "a Slurm of one's own is started as root"


@dataclass(frozen=True)
class Bed:
    """A running Slurm; ``environment`` is what its clients need."""

    folder: Path
    environment: dict[str, str]

    def ask(self, *command: str) -> str:
        """What a client says."""
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=300, check=True)
        return done.stdout.strip()

    def jobs(self, form: str = "%i") -> list[str]:
        """A line for each unfinished job."""
        return self.ask("squeue", "--noheader", "--array", f"--format={form}").splitlines()

    def wait(self, what, seconds: float = 120.0):
        """Wait until ``what()`` is something, and give that."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            found = what()
            if found:
                return found
            time.sleep(0.2)
        raise AssertionError(f"it never came true in {seconds} s; jobs: {self.jobs('%i %T %r')}")


@contextlib.contextmanager
def two_nodes(folder: Path, cpus: int = 2) -> Iterator[Bed]:
    """A Slurm during the block; its jobs are cancelled at the end."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(3)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        ports = [one.getsockname()[1] for one in sockets]
    host = socket.gethostname().split(".")[0]
    for name in ("state", "n1", "n2"):
        (folder / name).mkdir()
    (folder / "slurm.conf").write_text(CONF.format(host=host, folder=folder, ports=ports, cpus=cpus))
    key = folder / "munge.key"
    key.touch(mode=0o600)
    key.write_bytes(secrets.token_bytes(128))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SLURM_", "SBATCH_"))}
    bed = Bed(folder, {**kept, "SLURM_CONF": str(folder / "slurm.conf")})
    munge = [f"--{name}={folder}/munge.{name}" for name in ("socket", "pid", "log", "seed")]
    munge = [word.replace("--pid=", "--pid-file=").replace("--log=", "--log-file=") for word in munge]
    munge = [word.replace("--seed=", "--seed-file=") for word in munge]
    commands = [
        ["munged", "--foreground", "--force", f"--key-file={key}", *munge],
        ["slurmctld", "-D"],
        ["slurmd", "-D", "-N", "n1"],
        ["slurmd", "-D", "-N", "n2"],
    ]
    started: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands:
            with (folder / f"{command[0]}.said").open("ab") as said:
                started.append(
                    subprocess.Popen(
                        command, env=bed.environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd=folder
                    )
                )
            time.sleep(0.3)
        bed.wait(lambda: _idle(bed) == ["idle", "idle"], seconds=120)
        yield bed
        bed.ask("scancel", "--user=root")
        bed.wait(lambda: not bed.jobs(), seconds=300)
    finally:
        for process in reversed(started):
            process.terminate()
            try:
                process.wait(timeout=120)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _idle(bed: Bed) -> list[str]:
    with contextlib.suppress(subprocess.SubprocessError):
        return bed.ask("sinfo", "--noheader", "--Node", "--format=%t").split()
    return []
