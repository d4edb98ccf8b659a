"""``repro run --on``: which engine trains, and what is said of one that goes on without us."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from repro.runs.engine.slurm import SlurmEngine
    from repro.runs.engine.slurm_site import Site
    from repro.study import Study

ENGINES = ("local", "slurm")


def requested_site(
    on: str, *, partition: str = "", account: str = "", time: str = "", gpus: int | None = None, jobs: int = 0
) -> "Site | None":
    """What Slurm is to be told, from the site file and these options; None where this machine trains.

    Raises:
        CommandRefused: an engine that there is none of, a time that is none, an option of Slurm without it.
        SpecError: every problem of the site file.
        SlurmMissing: jobs cannot be submitted from here.

    """
    from repro.cli.refusal import CommandRefused
    from repro.spec.problem import unknown

    if on not in ENGINES:
        raise CommandRefused(f"--on: {unknown('engine', on, ENGINES)}; there are {' and '.join(ENGINES)}")
    if on == "local":
        options = {"--partition": partition, "--account": account, "--time": time, "--gpus": gpus is not None}
        for name, is_given in options.items():
            if is_given:
                raise CommandRefused(f"{name} is for --on slurm")
        return None
    from repro.runs.engine.slurm import check_slurm
    from repro.runs.engine.slurm_site import load_site, parse_minutes

    check_slurm()
    try:
        minutes = parse_minutes(time) if time else None
    except ValueError as error:
        raise CommandRefused(f"--time: {error}") from None
    return load_site().changed(partition=partition, account=account, minutes=minutes, gpus=gpus, max_jobs=jobs or None)


def choose_engine(study: "Study", site: "Site | None") -> "SlurmEngine | None":
    """The engine of one study; None for workers of this machine."""
    if site is None:
        return None
    from repro.runs.engine.slurm import SlurmEngine

    return SlurmEngine(study.spec, site)


def come_back(arrays: Sequence[int]) -> str:
    """What is said to someone who leaves while jobs go on.

    >>> print(come_back([17]))
    The jobs go on in Slurm (17). The same command comes back to them; repro status shows how far they are.
    To take them back: scancel 17
    """
    numbers = " ".join(str(number) for number in arrays)
    return (
        f"The jobs go on in Slurm ({numbers.replace(' ', ', ')}). The same command comes back to them; repro status "
        f"shows how far they are.\nTo take them back: scancel {numbers}"
    )
