"""What ``repro run`` shows while it trains: a live overview on a terminal, plain lines elsewhere."""

import time
from collections.abc import Callable
from typing import Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from repro.cli.console import make_console
from repro.cli.eta import EtaEstimator
from repro.results.leaks import leaks
from repro.results.wording import duration, several
from repro.runs.events import (
    Event,
    Failed,
    Finished,
    Interrupted,
    PlanReady,
    Prepared,
    Preparing,
    Progress,
    Started,
    Waiting,
)
from repro.runs.plan import Run

PLAIN_EVERY_SECONDS = 5.0
ECHO = 4
"""Columns left free at the right: the terminal echoes ``^C`` there. In the last column it would begin a new line, and
one line of the live part would stay above the message."""


class Display(Protocol):
    """Listens to a run's events and shows them."""

    def __call__(self, event: Event) -> None:
        """Show one event."""

    def close(self) -> None:
        """Leave the terminal as it was found."""


def make_display(*, quiet: bool, console: Console | None = None) -> Display:
    """The display for this terminal: live, plain, or (with ``quiet``) one that shows failures only."""
    console = console or make_console()
    if quiet:
        return QuietDisplay(console)
    return LiveDisplay(console) if console.is_terminal else PlainDisplay(print_line)


def print_line(line: str) -> None:
    """Print a line at once, also into a pipe."""
    print(line, flush=True)


class QuietDisplay:
    """Says only what went wrong."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def __call__(self, event: Event) -> None:
        if isinstance(event, Failed):
            self._console.print(failed_line(event), markup=False)

    def close(self) -> None:
        """Nothing to close."""


class PlainDisplay:
    """One line for each thing that ends, and a line every few seconds while nothing does."""

    def __init__(self, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._say = say
        self._clock = clock
        self._last = clock()
        self._state = Overview(clock)

    def __call__(self, event: Event) -> None:
        self._state.take(event)
        lines = [f"{event.what} ..."] if isinstance(event, Preparing) else event_lines(event)
        if lines:
            for line in lines:
                self._say(line)
            self._last = self._clock()
        elif isinstance(event, Progress) and self._clock() - self._last >= PLAIN_EVERY_SECONDS:
            self._say("  " + self._state.sentence())
            self._last = self._clock()

    def close(self) -> None:
        """Nothing to close."""


class LiveDisplay:
    """Finished runs scroll up as lines; below them one overview and the runs in progress."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._state = Overview(time.monotonic)
        self._live = Live(console=console, refresh_per_second=4, transient=True, get_renderable=self._picture)
        self._live.start()

    def __call__(self, event: Event) -> None:
        self._state.take(event)
        for line in event_lines(event):
            style = "red" if isinstance(event, Failed) else ""
            self._console.print(Text(line, style=style))

    def _picture(self) -> Group:
        return self._state.picture(self._console.width)

    def close(self) -> None:
        """Take the live part off the screen."""
        self._live.stop()


class Overview:
    """How far the plan is."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._begun = clock()
        self._total = 0
        self._done = 0
        self._pace = EtaEstimator((), {}, 1, clock)
        self._stage = "starting"
        self._running: dict[str, Progress | Started] = {}

    def take(self, event: Event) -> None:
        """Take an event into account."""
        match event:
            case PlanReady():
                self._total = len(event.left)
                self._pace = EtaEstimator(event.left, event.expected, event.jobs, self._clock)
                self._begun = self._clock()
            case Preparing():
                self._stage = event.what
            case Prepared():
                self._stage = ""
                self._begun = self._clock()
            case Started():
                self._stage = ""
                self._running[event.run.id] = event
                self._pace.started(event.run)
            case Progress():
                self._stage = ""
                self._running[event.run.id] = event
                self._pace.at(event.run, share(event))
            case Finished():
                telling = not event.elsewhere and not event.record.resumed_from
                self._over(event.run, event.record.timings.total if telling else None)
            case Failed():
                self._over(event.run, None)
            case Waiting():
                self._stage = waiting_line(event)
            case Interrupted():
                self._running.clear()

    def _over(self, run: Run, seconds: float | None) -> None:
        self._done += 1
        self._running.pop(run.id, None)
        self._pace.over(run, seconds)

    def _about(self) -> str:
        """Words for the time that is left; none where it is not known, or where only the last looks are left."""
        left = self._pace.seconds_left()
        return f", about {duration(left)} left" if left is not None and left >= 1 else ""

    def sentence(self) -> str:
        """One line: what runs now, and how many are done."""
        if self._stage:
            return f"{self._stage} ..."
        running = ", ".join(f"{p.run.title} {share(p):.0%}" for p in self._running.values())
        return f"{self._done} of {self._total} done{self._about()}; running: {running or 'nothing yet'}"

    def picture(self, width: int = 80) -> Group:
        """The live part in so many columns: the overview with its bar, then a line for each run in progress."""
        width -= ECHO
        if self._stage or not self._total:
            return Group(_cut(Text(f"{self._stage or 'starting'} ...", style="dim"), width))
        passed = duration(self._clock() - self._begun)
        inside = sum(share(p) for p in self._running.values())
        head = Text(f"{self._done} of {self._total} runs", style="bold")
        rows = [(head, (self._done + inside) / self._total, f"{passed}{self._about()}")]
        bar = min(24, max(6, width // 8))
        running = list(self._running.values())
        longest = max((len(p.run.title) + 2 for p in running), default=0)
        fits = longest + bar + 4 + max((len(newest(p)) for p in running), default=0) <= width
        rows += [(Text(f"  {p.run.title}"), share(p), newest(p, 2 if fits else 1)) for p in running]
        after = max(len(text) for _, _, text in rows)
        title = max(12, min(max(len(text) for text, _, _ in rows), width - bar - after - 4))
        grid = Table.grid(padding=(0, 2, 0, 0))
        for column in (title, bar, max(0, min(after, width - title - bar - 4))):
            grid.add_column(width=column, no_wrap=True, overflow="ellipsis")
        for text, done, values in rows:
            grid.add_row(
                _cut(text, title), ProgressBar(total=1.0, completed=done, width=bar), Text(values, style="dim")
            )
        return Group(grid)


def _cut(text: Text, width: int) -> Text:
    text.truncate(width, overflow="ellipsis")
    return text


def event_lines(event: Event) -> list[str]:
    """The lasting lines of an event; none for those that only move the overview."""
    match event:
        case PlanReady():
            return plan_lines(event)
        case Preparing():
            return []
        case Prepared():
            leaking = leaks(("", gate) for gate in event.findings.values())
            leak_sentences = [leak.sentence for leak in leaking if not set(leak.texts) <= set(event.notes)]
            return [f"note: {sentence}" for sentence in (*event.notes, *leak_sentences)]
        case Finished():
            notes = [f"    note: {note}" for note in event.notes]
            return [finished_line(event), *notes]
        case Failed():
            return [failed_line(event)]
        case Interrupted():
            return stopped_lines(event)
        case Waiting():
            return [waiting_line(event)]
        case _:
            return []


def plan_lines(event: PlanReady) -> list[str]:
    """The plan in a few lines: what is done, what is left, how long, how much disk, how many side by side."""
    spec = event.plan.spec
    count = len(event.done) + len(event.left)
    lines = [f"{spec.work.title}" + (f" ({spec.work.year})" if spec.work.year else "")]
    experiments = len({run.experiment.name for run in event.plan.runs})
    done = f", {len(event.done)} done already" if event.done else ""
    lines.append(f"rung {spec.rung}: {several(experiments, 'experiment')}, {several(count, 'run')}{done}")
    if event.left:
        expected = "no earlier run tells how long"
        if event.seconds is not None:
            expected = f"about {duration(event.seconds)}" + ("" if event.prepare else " once the data are prepared")
        jobs = f"{event.jobs} side by side" if event.jobs > 1 else "one at a time"
        lines.append(f"{len(event.left)} to train, {jobs} ({event.jobs_because})")
        lines.append(f"{expected}, {size(event.bytes)} of disk")
    for change, landed in spec.changed.items():
        lines.append(f"change {change}: in {several(landed, 'experiment')}")
    return lines


def stopped_lines(event: Interrupted) -> list[str]:
    """What a stop left: finished runs, runs that will go on from their checkpoint, runs not begun."""
    lines = [f"stopped: {several(event.finished, 'finished run')} kept, {len(event.left)} left"]
    return lines + [f"    {run.title} is saved at step {step:,}" for run, step in event.saved.items()]


def waiting_line(event: Waiting) -> str:
    """Which runs other processes train."""
    holders = ", ".join(sorted({str(holder or "another process") for holder in event.runs.values()}))
    return f"waiting for {several(len(event.runs), 'run')} that others train: {holders}"


def finished_line(event: Finished) -> str:
    """One line for a finished run, with its main metric on the test items."""
    run, record, position, total = event.run, event.record, event.position, event.total
    metric = run.experiment.main_metric
    scores = next((views.get("test") for views in record.metrics.values()), None)
    value = None if scores is None else scores.values.get(metric)
    shown = "" if value is None else f"{metric} {value:.4g}"
    width = len(str(total))
    return f"[{position:>{width}}/{total}] {run.title:<30} {shown:<20} {duration(record.timings.total):>8}" + (
        "  (by another process)" if event.elsewhere else ""
    )


def failed_line(event: Failed) -> str:
    """One line for a failed run, with the reason and where its log lies."""
    log = f"; see {event.log}" if event.log else ""
    return f"[{event.position}/{event.total}] {event.run.title} FAILED: {event.record.reason}{log}"


def share(progress: Progress | Started) -> float:
    """How much of a run is done, 0 to 1."""
    if isinstance(progress, Started) or progress.steps <= 0:
        return 0.0
    return min(1.0, progress.step / progress.steps)


def newest(progress: Progress | Started, most: int = 2) -> str:
    """Where a run is, its loss and the newest other value of its open history; ``most`` values in all."""
    if isinstance(progress, Started):
        return "starting"
    by_loss = sorted(progress.values.items(), key=lambda item: not item[0].endswith("loss"))
    values = [f"{key} {value:.4g}" for key, value in by_loss[:most]]
    return ", ".join([f"step {progress.step:,} of {progress.steps:,}", *values])


def size(count: int) -> str:
    """Bytes as people say them.

    >>> size(1200), size(3_400_000)
    ('1 kB', '3.4 MB')
    """
    return f"{count / 1e6:.1f} MB" if count >= 1_000_000 else f"{max(1, round(count / 1000))} kB"
