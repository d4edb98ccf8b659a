"""``repro status``: how far a study is."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from repro.cli.options import Only, Rung, Seeds, Specs

if TYPE_CHECKING:
    from repro.runs.status import RunStatus, Status


def status(
    paths: Specs,
    rung: Rung = "full",
    only: Only = "",
    seeds: Seeds = "",
    json: Annotated[bool, typer.Option("--json", help="as JSON")] = False,
) -> None:
    """Show what is done, running, stopped, failed, missing or stale, and why.

    It works while runs go on, here or on a cluster, and changes nothing.

    Example: repro status papers/mnist1d
    """
    import json as form

    from repro.cli.request import read_request
    from repro.runs.status import status as of_plan
    from repro.study import Study

    request = read_request(paths, rung, only, seeds)
    studies = [Study(spec, only=request.only, seeds=request.seeds) for spec in request.load()]
    for study in studies:
        for line in study.look():
            print(f"{study.spec.name}: {line}", file=sys.stderr)
    statuses = [of_plan(study.plan) for study in studies]
    if json:
        print(form.dumps([as_values(study_status) for study_status in statuses], indent=1))
        return
    print("\n\n".join("\n".join(lines(study_status)) for study_status in statuses))


def lines(status: "Status") -> list[str]:
    """A study's state: a line in sum, a line an experiment, then what there is to say of single runs."""
    from repro.results.wording import several
    from repro.runs.status import STATES

    spec = status.plan.spec
    counts = [f"{status.count(state)} {state}" for state in STATES if status.count(state)]
    texts = [f"{spec.name}, rung {spec.rung}: {several(len(status.runs), 'run')}: {', '.join(counts) or 'none'}"]
    names = list(dict.fromkeys(run.run.experiment.name for run in status.runs))
    width = max((len(name) for name in names), default=0)
    for name in names:
        runs = [run for run in status.runs if run.run.experiment.name == name]
        done = sum(run.state == "done" for run in runs)
        rest = [f"{s} {seeds_in(runs, s)}" for s in STATES[1:] if any(run.state == s for run in runs)]
        texts.append(f"  {name:<{width}}  {done:>3} of {len(runs)} done" + (f"   {'; '.join(rest)}" if rest else ""))
    for run in status.runs:
        if run.why:
            texts.append(f"  {run.run.title}: {run.state}: {run.why}")
    for stale in status.stale:
        texts.append(f"  {stale.path.name}: stale, not counted: {stale.why}")
    for damage in status.damaged:
        texts.append(f"  {damage.path}: not counted: {damage.why}")
    again = sum(run.again for run in status.runs)
    if again:
        texts.append(f"repro run trains {several(again, 'run')} from here")
    return texts


def seeds_in(runs: "list[RunStatus]", state: str) -> str:
    """Which seeds are in a state.

    ``seed 3`` or ``seeds 3, 4``; with folds ``seed 3 (folds 1, 2)`` where not all of the seed's folds are in it.
    """
    folds: dict[int, list[int]] = {}
    every: dict[int, int] = {}
    for run in runs:
        every[run.run.seed] = every.get(run.run.seed, 0) + 1
        if run.state == state:
            folds.setdefault(run.run.seed, []).append(run.run.fold or 0)
    texts = [
        str(seed) if len(some) == every[seed] else f"{seed} (fold{'s' * (len(some) != 1)} {', '.join(map(str, some))})"
        for seed, some in folds.items()
    ]
    return f"seed{'s' * (len(texts) != 1)} {', '.join(texts)}"


def as_values(status: "Status") -> dict[str, object]:
    """The same for programs."""
    from repro.runs.status import STATES

    return {
        "spec": status.plan.spec.name,
        "rung": status.plan.spec.rung,
        "counts": {state: status.count(state) for state in STATES},
        "runs": [
            {
                "id": run.run.id,
                "experiment": run.run.experiment.name,
                "seed": run.run.seed,
                "fold": run.run.fold,
                "state": run.state,
                "why": run.why,
                "again": run.again,
                "step": run.holder.step if run.state == "running" and run.holder else None,
                "steps": run.holder.steps if run.state == "running" and run.holder else None,
            }
            for run in status.runs
        ],
        "stale": [{"file": str(stale.path), "why": stale.why} for stale in status.stale],
        "damaged": [{"file": str(damage.path), "why": damage.why} for damage in status.damaged],
    }
