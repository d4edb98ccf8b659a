"""What this site's Slurm wants to be told: from a small file, and from the command line."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path

from repro.spec.problem import Problem, SpecError, unknown
from repro.spec.tree import ListNode, MapNode, Node, TextNode
from repro.spec.yaml import read_file, read_tree

MAX_ARRAY = 1000
"""Tasks of one array; Slurm's own limit is 1001 where nobody changed it."""

_WARN_SECONDS = 90
_TIME = re.compile(r"(?:(\d+)-(\d+)(?::(\d+)(?::(\d+))?)?|(\d+)(?::(\d+))?|(\d+):(\d+):(\d+))", re.ASCII)


@dataclass(frozen=True)
class Site:
    """Settings of a job; what is empty is left to Slurm.

    ``minutes`` is the time limit. ``setup`` are shell lines before the command, such as ``module load cuda``;
    ``sbatch`` any further option of sbatch. ``cpus`` is by default what a run has threads, ``max_jobs`` how many run
    at once.
    """

    partition: str = ""
    account: str = ""
    constraint: str = ""
    mem: str = ""
    minutes: int | None = None
    gpus: int = 0
    cpus: int | None = None
    max_jobs: int = 64
    setup: tuple[str, ...] = ()
    sbatch: Mapping[str, str] | None = None

    def changed(
        self,
        *,
        partition: str = "",
        account: str = "",
        minutes: int | None = None,
        gpus: int | None = None,
        max_jobs: int | None = None,
    ) -> "Site":
        """With what the command line says in place of what the file said."""
        return replace(
            self,
            partition=partition or self.partition,
            account=account or self.account,
            minutes=self.minutes if minutes is None else minutes,
            gpus=self.gpus if gpus is None else gpus,
            max_jobs=max_jobs or self.max_jobs,
        )

    def parameters(self, threads: int) -> dict[str, object]:
        """The settings of submitit's executor for runs of this many threads."""
        parameters: dict[str, object] = {
            "partition": self.partition,
            "account": self.account,
            "constraint": self.constraint,
            "gpus_per_node": self.gpus,
            "setup": list(self.setup),
        }
        mem = {"mem": self.mem} if self.mem else {}
        further = {"signal": f"USR1@{self.warn_seconds}", "requeue": True, **mem, **(self.sbatch or {})}
        return {
            **{name: value for name, value in parameters.items() if value},
            "time": self.minutes,  # None, as submitit would else ask for five minutes
            "cpus_per_task": self.cpus or threads,
            "array_parallelism": self.max_jobs,
            "additional_parameters": further,
        }

    @property
    def warn_seconds(self) -> int:
        """How long before its end a job is told, so that it saves; never more than a quarter of its time."""
        return _WARN_SECONDS if self.minutes is None else min(_WARN_SECONDS, self.minutes * 60 // 4)


def site_file() -> Path:
    """``$REPRO_SLURM``, else ``~/.config/repro/slurm.yaml``."""
    chosen = os.environ.get("REPRO_SLURM")
    if chosen:
        return Path(chosen)
    config = os.environ.get("XDG_CONFIG_HOME")
    return (Path(config) if config else Path.home() / ".config") / "repro" / "slurm.yaml"


def load_site() -> Site:
    """The site file's settings; the defaults without one, unless ``$REPRO_SLURM`` names it.

    Raises:
        SpecError: every problem of the file, with its line.

    """
    path = site_file()
    if not path.is_file() and not os.environ.get("REPRO_SLURM"):
        return Site()
    return parse_site(read_file(path, str(path)), str(path))


def parse_site(text: str, shown: str) -> Site:
    """Read a site file's text; ``shown`` is what messages call it.

    Raises:
        SpecError: every problem, with its line.

    """
    if not any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines()):
        return Site()
    known = {"time" if field.name == "minutes" else field.name for field in fields(Site)}
    problems: list[Problem] = []
    read: dict[str, object] = {}
    for key, node in read_tree(text, shown).items():
        if key not in known:
            problems.append(Problem(key.place, str(key), unknown("setting", str(key), known)))
            continue
        try:
            read["minutes" if key == "time" else str(key)] = _value(str(key), node)
        except ValueError as error:
            problems.append(Problem(node.place, str(key), str(error)))
    if problems:
        raise SpecError(problems)
    return Site(**read)  # type: ignore[arg-type] # each value was made for its field


def parse_minutes(text: str) -> int:
    """A time limit as Slurm writes it, in whole minutes, rounded up.

    >>> parse_minutes("90"), parse_minutes("2:30:00"), parse_minutes("1-12"), parse_minutes("10:30")
    (90, 150, 2160, 11)
    """
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is no time limit; write minutes, or H:MM:SS, or D-HH:MM")
    days, hours, minutes, seconds, alone, alone_seconds, h, m, s = (int(part or 0) for part in match.groups())
    total_seconds = ((days * 24 + hours + h) * 60 + minutes + alone + m) * 60 + seconds + alone_seconds + s
    if total_seconds == 0:
        raise ValueError("a time limit of nothing")
    return -(-total_seconds // 60)


def _value(key: str, node: Node) -> object:
    if key == "setup":
        if not isinstance(node, ListNode) or not all(isinstance(line, TextNode) for line in node):
            raise ValueError("a list of shell lines, such as [module load cuda]")
        return tuple(str(line) for line in node)
    if key == "sbatch":
        if not isinstance(node, MapNode) or not all(isinstance(value, TextNode) for value in node.values()):
            raise ValueError("options of sbatch, such as {qos: long, reservation: course}")
        return {str(name).removeprefix("--"): str(value) for name, value in node.items()}
    if not isinstance(node, TextNode):
        raise ValueError("one value, not a list or a block")
    if key == "time":
        return parse_minutes(node)
    if key in ("gpus", "cpus", "max_jobs"):
        least = 0 if key == "gpus" else 1
        if not (node.isascii() and node.isdigit() and int(node) >= least):
            raise ValueError(f"{str(node)!r} is no whole number of at least {least}")
        return int(node)
    return str(node)
