"""What records say of where they were made: a line for each kind of machine."""

from collections.abc import Sequence

from repro.publish.grade.visible import visible
from repro.publish.site.study_summary import MachineRuns
from repro.runs.record import Record

MOST = 20
"""Lines of one folder."""

_SHOWN = 12
"""Of a commit's hash."""


def provenance(records: Sequence[Record]) -> tuple[MachineRuns, ...]:
    """A line for each machine, system, software and commit, in the order of the records.

    A record holds no date: when it was made cannot be told from it.
    """
    groups: dict[tuple[str, ...], list[Record]] = {}
    for record in records:
        groups.setdefault(_where(record), []).append(record)
    lines = []
    for (rung, machine, system, software, commit, changed), group in groups.items():
        done = sum(record.state == "done" for record in group)
        seconds = sum(record.timings.total for record in group)
        lines.append(
            MachineRuns(done, len(group) - done, rung, machine, system, software, seconds, commit, changed == "changed")
        )
    return tuple(lines[:MOST])


def _where(record: Record) -> tuple[str, ...]:
    where = record.environment
    threads = f"{where.threads} thread{'s' * (where.threads != 1)}"
    count = f"{where.devices} x " if where.devices > 1 else ""
    torch = where.versions.get("torch", "")
    software = ", ".join([f"Python {where.python}", *([f"torch {torch}"] if torch else [])])
    commit = (where.git_commit or "")[:_SHOWN]
    return (
        visible(record.rung, 40),
        visible(f"{count}{where.device}, {threads}, {where.precision}", 120),
        visible(where.platform, 80),
        visible(software, 80),
        visible(commit),
        "changed" if where.git_dirty else "",
    )
