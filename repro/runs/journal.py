"""The journal of a run: what its open history holds so far, with learning rates and times, for whoever looks on.

A file beside the run's record, a line of JSON for each look, written while the run trains. It can be deleted at any
time: a record says everything that a number rests on, and the journal nothing of test items. Imports no torch.
"""

import json
import math
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from repro.disk.atomic_write import open_to_append, write_atomically
from repro.disk.untrusted_files import text_inside

MAX_BYTES = 64 * 2**20
"""No journal is larger; what is, is not read."""


@dataclass(frozen=True)
class Moment:
    """A look at the open views after ``step`` steps.

    ``values`` are keyed ``VIEW/METRIC``, proportions in percent; ``lr`` has the learning rate of each parameter group.
    ``seconds`` is the time spent training until then, looks apart, over all sittings; ``at`` the clock's time.
    """

    step: int
    epoch: float
    values: Mapping[str, float]
    lr: tuple[float, ...] = ()
    seconds: float = 0.0
    at: float = 0.0


class Journal:
    """Writes a run's journal. A disk that does not take it is said once on standard error, and training goes on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._before = 0.0
        self._is_silent = False

    def begin(self, step: int) -> None:
        """A sitting begins after ``step`` steps: what was noted after them, and will come again, is taken out."""
        moments = [moment for moment in read_journal(self._path) if moment.step <= step]
        self._before = moments[-1].seconds if moments else 0.0
        try:
            write_atomically(self._path, "".join(map(_line, moments)))
        except OSError as error:
            self._say(error)

    def note(self, step: int, epoch: float, values: Mapping[str, float], lr: Sequence[float], seconds: float) -> None:
        """Add a look; ``seconds`` are those of this sitting."""
        moment = Moment(step, epoch, dict(values), tuple(lr), round(self._before + seconds, 4), time.time())
        try:
            with open_to_append(self._path, self._path.parent) as file:
                file.write(_line(moment).encode())
        except OSError as error:
            self._say(error)

    def _say(self, error: OSError) -> None:
        if not self._is_silent:
            sys.stderr.write(f"note: no journal from here on: {self._path}: {error.strerror or error}\n")
        self._is_silent = True


def read_journal(path: Path, within: Path | None = None) -> tuple[Moment, ...]:
    """What a journal holds, by step; nothing where there is none. A line that is no moment ends it.

    Args:
        path: of the file.
        within: the folder out of which no link is followed; the file's own by default.

    """
    try:
        text = text_inside(path, path.parent if within is None else within, MAX_BYTES)
    except (OSError, UnicodeDecodeError):
        return ()
    moments: list[Moment] = []
    for line in text.splitlines(keepends=True):
        moment = _moment(line) if line.endswith("\n") else None
        if moment is None:
            break
        if not moments or moment.step > moments[-1].step:
            moments.append(moment)
    return tuple(moments)


def _line(moment: Moment) -> str:
    fields = asdict(moment)
    fields["values"] = {key: value if math.isfinite(value) else str(value) for key, value in moment.values.items()}
    return json.dumps(fields, separators=(",", ":")) + "\n"


def _moment(line: str) -> Moment | None:
    try:
        fields = json.loads(line)
        return Moment(
            int(fields["step"]),
            float(fields["epoch"]),
            {str(key): float(value) for key, value in fields["values"].items()},
            tuple(float(rate) for rate in fields["lr"]),
            float(fields["seconds"]),
            float(fields["at"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
