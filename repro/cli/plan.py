"""``repro plan``: what a study will take, before it is run."""

from typing import TYPE_CHECKING, Annotated

import typer

from repro.cli.options import Only, Rung, RunOwnCode, Seeds, Specs

if TYPE_CHECKING:
    from pathlib import Path

    from repro.cli.request import Request
    from repro.spec.spec import Spec


def plan(
    paths: Specs,
    rung: Rung = "full",
    only: Only = "",
    seeds: Seeds = "",
    budget: Annotated[
        str, typer.Option("--budget", metavar="TIME", help="what there is, as 90s, 30m, 2h or 1h30m: says what fits")
    ] = "",
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=0, help="runs side by side; as many as cores and memory allow by default")
    ] = 0,
    run_own_code: RunOwnCode = False,
    json: Annotated[bool, typer.Option("--json", help="as JSON, times in seconds, sizes in bytes")] = False,
) -> None:
    """Say what a study will take: time, memory and disk.

    Trains 20 steps of each experiment, as many side by side as repro run would, and works out the rest; where there are
    records of the same experiment, made on this machine, they count more. Runs that are done don't count. With --budget
    it says how many seeds, or which rung, fit, and the command to type.
    Records are neither written nor changed. Code of the folder is not executed unless you say --run-own-code.
    Exit code 1 when an experiment cannot be trained at all.

    Example: repro plan papers/mnist1d --budget 30m
    """
    import sys
    from functools import partial

    from repro.cli.any_terminal import print_json
    from repro.cli.plan_table import print_forecast, to_json
    from repro.cli.refusal import CommandRefused
    from repro.cli.request import read_request, refuse_own_code
    from repro.runs.forecast.duration import DurationError, read_duration
    from repro.runs.forecast.forecast import forecast
    from repro.runs.forecast.probes import probe_all
    from repro.study import Study

    try:
        seconds = read_duration(budget) if budget else None
    except DurationError as error:
        raise CommandRefused(f"--budget: {error}") from None
    request = read_request(paths, rung, only, seeds)
    specs = request.load()
    studies = [Study(spec, only=request.only, seeds=request.seeds) for spec in specs]
    for study in studies:
        if not run_own_code:
            refuse_own_code(study, "repro plan")
        study.look()
    plans = [study.plan for study in studies]
    failed = False
    for path, spec, planned in zip(request.paths, specs, plans, strict=True):
        probes = probe_all(planned, lambda line: print(f"{line} ...", file=sys.stderr, flush=True), jobs=jobs or None)
        others = other_rungs(request, path, spec) if seconds is not None else []
        plan_forecast = forecast(
            spec, others, probes, only=request.only, seeds=request.seeds, jobs=jobs or None, budget=seconds
        )
        if json:
            print_json(to_json(plan_forecast))
        else:
            print_forecast(plan_forecast, partial(command, request, path))
        failed |= any(row.failed for row in plan_forecast.rows)
    if failed:
        raise typer.Exit(1)


def other_rungs(request: "Request", path: "Path", spec: "Spec") -> "list[Spec]":
    """The same study at every other rung that it has, with the same changes; a rung that they don't fit is left out."""
    from repro.spec.load import load_spec
    from repro.spec.problem import SpecError

    specs = []
    for name in ("full", *spec.rungs):
        if name == spec.rung:
            continue
        try:
            specs.append(load_spec(path, rung=name, changes=request.changes))
        except SpecError:
            continue
    return specs


def command(request: "Request", path: "Path", rung: str, seeds: int) -> str:
    """The command that runs the first ``seeds`` seeds of this selection at a rung."""
    import shlex

    only = ["--only", ",".join(request.only)] if request.only else []
    at = [] if rung == "full" else ["--rung", rung]
    listed = request.seeds if isinstance(request.seeds, tuple) else None
    count = str(seeds) if listed is None else "".join(f"{seed}," for seed in listed[:seeds])
    return shlex.join(["repro", "run", str(path), *only, *at, "--seeds", count, *request.changes])
