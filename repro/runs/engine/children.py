"""Several children that train one run together: they are heard at once, and end together."""

import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any, cast

from repro.runs.engine.child import Child, ChildEnded, OwnCodeRaised, reason_of
from repro.runs.engine.exit_status import describe_exit
from repro.runs.engine.rank_processes import RankEnded
from repro.training.stop import StopFlag, Stopped

_LOOK_SECONDS = 0.2
_LAST_WORDS_SECONDS = 1.0


def results(children: Sequence[Child], answer: Callable[[str, Any], Any], stop: StopFlag | None) -> list[Any]:
    """What the function of each child returns, in their order.

    Args:
        children: number r is rank r. The first one's messages alone are answered, and it is asked to stop.
        answer: as for :meth:`repro.runs.engine.child.Child.result`.
        stop: as there.

    Raises:
        Stopped: ``stop`` was set, and the ranks stopped.
        Stalled: they said nothing for longer than they may.
        RankEnded: one of several failed or was killed; the message says which and how.
        Exception: of one alone, as :meth:`repro.runs.engine.child.Child.result`.

    """
    if len(children) == 1:
        return [children[0].result(answer, stop)]
    values: dict[int, Any] = {}
    failed: dict[int, BaseException] = {}
    until: float | None = None
    while len(values) + len(failed) < len(children) and (until is None or time.monotonic() < until):
        if stop is not None and stop.is_set:
            children[0].stop()
        heard = {children[n].connection: n for n in range(len(children)) if n not in values and n not in failed}
        ready = wait(list(heard), timeout=_LOOK_SECONDS)
        if not ready and not failed:
            children[min(heard.values())].was_silent(_LOOK_SECONDS)
        for connection in ready:
            number = heard[cast(Connection, connection)]
            try:
                turn = children[number].turn(answer if number == 0 else _no_answer)
            except Stopped:
                if number == 0:
                    raise
                values[number] = None
            except Exception as error:  # noqa: BLE001 - which of several to say is decided below
                failed[number] = error
                until = until or time.monotonic() + _LAST_WORDS_SECONDS
            else:
                if turn is not None:
                    values[number] = turn.value
    if failed:
        raise _of_all(failed, len(children))
    return [values[number] for number in range(len(children))]


def _no_answer(kind: str, value: Any) -> None:
    """What the other ranks say is of no interest."""


def _of_all(failed: dict[int, BaseException], count: int) -> RankEnded:
    """An error of a rank's own, else how one was killed, else that ranks lost each other."""

    def order(number: int) -> int:
        error = failed[number]
        if isinstance(error, ChildEnded):
            return 1
        return 2 if isinstance(error, OwnCodeRaised) and error.follows else 0

    first = min(failed, key=lambda number: (order(number), number))
    error = failed[first]
    reason = f" ended: {describe_exit(error.code)}" if isinstance(error, ChildEnded) else f": {reason_of(error)}"
    ended = RankEnded(f"rank {first} of {count}{reason}")
    ended.__cause__ = error
    return ended
