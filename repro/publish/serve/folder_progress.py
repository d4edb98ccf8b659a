"""How far a folder's runs are, as plain values: what its live page shows."""

from dataclasses import dataclass

from repro.runs.status import State


@dataclass(frozen=True)
class RunShown:
    """One run: its ``state`` and how far it is, ``share`` of 1 where that is known. ``said`` is the rest in words."""

    title: str
    state: State
    share: float | None = None
    said: str = ""


@dataclass(frozen=True)
class GridRow:
    """An experiment with its runs, one for each column of the grid; None where it has no such run."""

    name: str
    title: str
    cells: tuple[RunShown | None, ...]


@dataclass(frozen=True)
class CurveShown:
    """A run's line: ``points`` are steps and values. One that ``grows`` is of a run that is not over."""

    title: str
    grows: bool
    points: tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class CurvePanel:
    """The curves of one experiment, all of one metric ``VIEW/METRIC``."""

    title: str
    metric: str
    unit: str
    curves: tuple[CurveShown, ...]


@dataclass(frozen=True)
class TableRow:
    """A row of the partial table as text. ``runs`` says ``2 of 5``."""

    title: str
    paper: str
    ours: str
    runs: str
    verdict: str
    sentence: str


@dataclass(frozen=True)
class TableShown:
    """The rows of one metric, with what stands over them; ``paper`` says what they stand against."""

    heading: str
    paper: str
    rows: tuple[TableRow, ...]


@dataclass(frozen=True)
class RungShown:
    """One rung of a study: its grid of ``columns`` and everything that there is of it so far."""

    rung: str
    columns: tuple[str, ...]
    grid: tuple[GridRow, ...]
    panels: tuple[CurvePanel, ...] = ()
    tables: tuple[TableShown, ...] = ()
    headline: str = ""
    notes: tuple[str, ...] = ()

    @property
    def runs(self) -> tuple[RunShown, ...]:
        """All runs, row by row."""
        return tuple(cell for row in self.grid for cell in row.cells if cell is not None)

    def count(self, state: State) -> int:
        """Runs in this state."""
        return sum(run.state == state for run in self.runs)


@dataclass(frozen=True)
class FolderProgress:
    """A folder. ``problem`` says why there is nothing to show; empty where there is."""

    shown: str
    title: str = ""
    question: str = ""
    rungs: tuple[RungShown, ...] = ()
    notes: tuple[str, ...] = ()
    problem: str = ""

    @property
    def is_running(self) -> bool:
        """Whether anything trains now, so that the page is looked at again even when no file changes."""
        return any(rung.count("running") for rung in self.rungs)
