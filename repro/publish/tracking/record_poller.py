"""Looking at a study's runs again and again, reading only what has changed."""

from pathlib import Path

from repro.publish.tracking.run_snapshot import RunSnapshot, snapshot_of
from repro.runs.ledger import Ledger, Source
from repro.runs.plan import Plan, Run

_Stamp = tuple[tuple[int, int] | None, ...]


class RecordPoller:
    """The runs of a plan as they are now. A record that is not under the plan's rung is found when anything changes."""

    def __init__(self, plan: Plan, source: Source) -> None:
        self._plan, self._source = plan, source
        self._stamps: dict[str, _Stamp] = {}
        self._seen: dict[str, RunSnapshot] = {}
        self.ledger = Ledger(plan.spec.folder, source)

    @property
    def every(self) -> list[RunSnapshot]:
        """All runs as they were at the last look, in the plan's order."""
        return [self._seen[run.identity] for run in self._plan.runs if run.identity in self._seen]

    def look(self) -> list[RunSnapshot]:
        """The runs that are not as they were at the last look; all at the first."""
        stamps = {run.identity: self._stamp(run) for run in self._plan.runs}
        changed = [run for run in self._plan.runs if stamps[run.identity] != self._stamps.get(run.identity)]
        if any(stamps[run.identity][0] != self._stamps.get(run.identity, (None,))[0] for run in changed):
            self.ledger = Ledger(self._plan.spec.folder, self._source)
        for run in changed:
            self._seen[run.identity] = snapshot_of(run, self.ledger, self._plan.spec.rung)
        self._stamps = stamps
        return [self._seen[run.identity] for run in changed]

    def _stamp(self, run: Run) -> _Stamp:
        rung = self._plan.spec.rung
        return tuple(map(_changed_at, (self.ledger.path(run, rung), self.ledger.journal_path(run, rung))))


def _changed_at(path: Path) -> tuple[int, int] | None:
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_size
