"""What trackers say, on the terminal: where runs are to be seen, what is pending, and how to send it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING

from repro.cli.refusal import CommandRefused

if TYPE_CHECKING:
    from repro.publish.tracking.process import PublisherProcess
    from repro.publish.tracking.tracking_options import TrackingOptions
    from repro.publish.tracking.worker_message import WorkerMessage
    from repro.study import Study

CHOICES = ("online", "offline", "off")


def with_values(arguments: list[str]) -> list[str]:
    """The words of a command line, in which ``--wandb`` may stand alone for ``--wandb online``.

    >>> with_values(["run", "--wandb", "papers/x"]), with_values(["run", "--wandb", "off"])
    (['run', '--wandb=online', 'papers/x'], ['run', '--wandb', 'off'])
    >>> with_values([])
    []
    """
    return [
        f"{word}=online" if word == "--wandb" and after not in CHOICES else word
        for word, after in pairwise([*arguments, ""])
    ]


def check_choice(wandb: str) -> None:
    """Refuse what ``--wandb`` does not know."""
    if wandb and wandb not in CHOICES:
        raise CommandRefused(f"--wandb: {wandb!r} is neither {', '.join(CHOICES[:-1])} nor {CHOICES[-1]}")


def trackers_of(study: "Study", wandb: str) -> "TrackingOptions":
    """The trackers of a study, by the command line, the user's settings and the spec."""
    from repro.publish.tracking.tracking_options import load_settings, requested_tracking

    return requested_tracking(study.spec, load_settings(), wandb)


@contextmanager
def tracking(study: "Study", wandb: str) -> "Iterator[PublisherProcess | None]":
    """The process that feeds the study's trackers, during the block; None where there are none."""
    chosen = trackers_of(study, wandb)
    if not chosen:
        yield None
        return
    from repro.publish.tracking.job import tracking_job
    from repro.publish.tracking.process import PublisherProcess

    process = PublisherProcess(tracking_job(study, chosen, follows=True, may_run_own_code=True))
    try:
        yield process
    finally:
        if not process.is_ended:
            process.end()


def finish(process: "PublisherProcess", study: "Study", *, quiet: bool) -> bool:
    """Have trackers take the rest, and print what came of it; True where something is pending."""
    lines: list[str] = []
    before = process.told()
    last = finish_showing(process, lines.append, before)
    for line in dict.fromkeys(lines):
        if not (quiet and line.startswith("tracked")):
            print(line)
    pending = pending_line(last, study, lines)
    if pending:
        print(pending)
    return bool(pending)


def finish_showing(
    process: "PublisherProcess", say: "Callable[[str], None]", before: "Sequence[WorkerMessage]" = ()
) -> "WorkerMessage":
    """Wait until the rest is sent, with a line on the terminal that says how far it is; gives the last word."""
    from repro.cli.console import make_console

    with make_console().status("W&B: sending what is left (Ctrl-C keeps it for later)") as status:

        def hear(message: "WorkerMessage") -> None:
            if message.kind == "where":
                say(f"tracked  {message.text}")
            elif message.kind == "note":
                say(f"note     {message.text}")
            elif message.kind == "doing":
                status.update(f"W&B: {message.arrived} of {message.total} runs arrived; sending {message.text}")

        for message in before:
            hear(message)
        return process.finish(hear)


def pending_line(last: "WorkerMessage", study: "Study", lines: "Sequence[str]" = ()) -> str:
    """What did not arrive, why unless it was ``lines``, and the command that sends it; empty where all did."""
    if last.arrived == last.total:
        return ""
    count = "" if last.total < 0 else f"{last.total - last.arrived} of {last.total} "
    why = f" ({last.text})" if last.text and not any(last.text in line for line in lines) else ""
    return f"pending  {count}W&B runs did not arrive{why}. They are kept; send them with: {sync_command(study)}"


def sync_command(study: "Study") -> str:
    """The command that sends what is pending of a study."""
    spec = study.spec
    words = ["repro", "wandb", "sync", str(spec.folder)]
    if spec.rung != "full":
        words += ["--rung", spec.rung]
    return " ".join([*words, *spec.overrides])
