"""How long a plan still takes, by what its runs took so far."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

from repro.runs.forecast.wall import wall_seconds
from repro.runs.plan import Run

_TELLING = 0.02
"""A run in progress tells its pace once it has done so much of itself while it was watched."""


@dataclass
class _Watched:
    """A run in progress: its share and the time when it was first heard of, and now."""

    began: float
    at: float
    first: float | None = None
    share: float = 0.0

    @property
    def seconds(self) -> float | None:
        """What all of it takes at its pace so far; None while it has hardly begun."""
        done = self.share - (self.first or 0.0)
        return (self.at - self.began) / done if done >= _TELLING else None


class EtaEstimator:
    """Expected seconds until the last run of a plan is over.

    A run takes what runs of its experiment took here, those in progress at their pace so far. Where none did, it takes
    what was expected, longer or shorter by as much as others were.

    Args:
        left: the runs to be trained, in order.
        expected: seconds of runs, by identity, as far as they are known.
        jobs: runs side by side.
        clock: seconds.

    """

    def __init__(
        self, left: Sequence[Run], expected: Mapping[str, float], jobs: int, clock: Callable[[], float]
    ) -> None:
        self._left = {run.identity: run for run in left}
        self._expected, self._jobs, self._clock = expected, jobs, clock
        self._took: dict[str, list[float]] = {}
        self._ratios: list[tuple[float, float]] = []
        self._watched: dict[str, _Watched] = {}

    def started(self, run: Run) -> None:
        """A worker has begun with it."""
        now = self._clock()
        self._watched[run.identity] = _Watched(now, now)

    def at(self, run: Run, share: float) -> None:
        """It has done so much of itself, 0 .. 1. One that goes on from a checkpoint does not begin at 0."""
        now = self._clock()
        watched = self._watched.setdefault(run.identity, _Watched(now, now))
        if watched.first is None and share > 0.5 * _TELLING:
            watched.first, watched.began = share, now
        watched.share, watched.at = share, now

    def over(self, run: Run, seconds: float | None) -> None:
        """It has ended, after so many seconds; None where they tell nothing, as those of a run that failed."""
        self._left.pop(run.identity, None)
        self._watched.pop(run.identity, None)
        if seconds is None:
            return
        self._took.setdefault(run.experiment.name, []).append(seconds)
        if run.identity in self._expected:
            self._ratios.append((seconds, self._expected[run.identity]))

    def seconds_left(self) -> float | None:
        """None as long as nothing tells how long some run takes."""
        here = self._here()
        running, waiting = [], []
        for identity, run in self._left.items():
            total = here.get(run.experiment.name, self._guessed(identity))
            watched = self._watched.get(identity)
            total = watched.seconds or total if watched is not None else total
            if total is None:
                return None
            if watched is None:
                waiting.append(total)
            else:
                since = self._clock() - watched.at if watched.share else self._clock() - watched.began
                running.append(max(0.0, total * (1.0 - watched.share) - since))
        return wall_seconds((*running, *waiting), self._jobs)

    def _here(self) -> dict[str, float]:
        """Seconds of a run of each experiment of which some ran here."""
        durations = {name: list(took) for name, took in self._took.items()}
        for identity, watched in self._watched.items():
            if watched.seconds is not None and identity in self._left:
                durations.setdefault(self._left[identity].experiment.name, []).append(watched.seconds)
        return {name: mean(took) for name, took in durations.items()}

    def _guessed(self, identity: str) -> float | None:
        """What was expected, by how far off that was until now."""
        if identity not in self._expected:
            return None
        known = [*self._ratios]
        for other, watched in self._watched.items():
            if watched.seconds is not None and other in self._expected:
                known.append((watched.seconds, self._expected[other]))
        expected = sum(then for _, then in known)
        return self._expected[identity] * (sum(took for took, _ in known) / expected if expected else 1.0)
