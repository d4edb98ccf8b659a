"""Which exceptions are a user's mistake or the machine's, and what is said of them."""

from dataclasses import dataclass

from repro.results.wording import several
from repro.spec.problem import SpecError


@dataclass(frozen=True)
class Refusal:
    """A message for the terminal and the exit code that goes with it."""

    text: str
    code: int


class CommandRefused(Exception):
    """A command that cannot be done as asked; the message says why and what to do."""


def refusal(error: BaseException) -> Refusal | None:
    """What to print for this error, or None when it is a fault of ours and the traceback should be seen."""
    if isinstance(error, SpecError):
        return Refusal(f"{error}\n{several(len(error.problems), 'problem')}", 2)
    if isinstance(error, CommandRefused):
        return Refusal(str(error), 2)
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    if name.startswith("repro."):  # the rooms' own errors (downloads, own code, splits) say what to do themselves
        return Refusal(str(error), getattr(error, "exit_code", 2))
    if isinstance(error, OSError) and error.filename is not None:
        from repro.data.download.cache import not_done

        return Refusal(not_done(error), 1)
    return None
