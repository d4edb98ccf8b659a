"""``repro verify``: are these numbers real?"""

from typing import TYPE_CHECKING, Annotated

import typer

from repro.cli.options import Only, Rung, Seeds, Specs

if TYPE_CHECKING:
    from repro.runs.ledger import Source
    from repro.runs.verify.verification import DrawnRun, Event, RetrainedRun, Row, Verification
    from repro.study import Study

NOTHING_TRAINED = 3
"""Exit code where nothing is wrong and no run was trained again, though nobody asked for that."""


def verify(
    paths: Specs,
    sample: Annotated[
        int,
        typer.Option(
            "--sample",
            min=-1,
            metavar="N",
            help="train N drawn runs again; by default one of those that take a minute at most, or of the shortest, "
            "0 for none",
        ),
    ] = -1,
    seed: Annotated[
        int,
        typer.Option("--seed", min=-1, metavar="S", help="seed for choosing which runs to retrain (default: random)"),
    ] = -1,
    rung: Rung = "",
    only: Only = "",
    seeds: Seeds = "",
    source: Annotated[
        str, typer.Option("--from", metavar="runs|results", help="which records; runs/ where there are any by default")
    ] = "",
    run_own_code: Annotated[
        bool,
        typer.Option("--run-own-code", help="also run the folder's own model.py; only for code you trust"),
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="print machine-readable JSON")] = False,
    save: Annotated[bool, typer.Option("--save", help="write what was found to results/verified.json")] = False,
) -> None:
    """Verify a study's results.

    Reads the data set again and works out every metric from the kept predictions and the data set's own labels;
    counts items, parameters and steps; then trains some runs again, drawn by a seed that is printed. In the same
    environment they must end in the same bytes; elsewhere the result must fall inside the 95 % prediction interval
    over seeds.
    Nothing of the folder is executed unless you say --run-own-code, and its records are never changed.
    How long runs take is what the folder says, so one is drawn however long they say.
    Exit code 1 when anything is wrong, or when nothing could be checked; 3 when nothing is wrong and no run was
    trained again, because all need own code that may not be run (--sample 0 wants none).

    Example: repro verify papers/mnist1d --sample 3
    """
    from repro.cli.refusal import CommandRefused
    from repro.cli.request import read_request
    from repro.runs.ledger import Source

    sources: dict[str, Source | None] = {"": None, "runs": "runs", "results": "results"}
    if source not in sources:
        raise CommandRefused(f"--from: {source!r} is neither runs nor results")
    request = read_request(paths, rung, only, seeds)
    studies = request.load_kept(sources[source])
    for study in studies:
        if not any((ledger := study.ledger(sources[source])).of(study.plan)) and not ledger.damaged:
            raise CommandRefused(
                f"{ledger.root}: no records of this study at rung {study.spec.rung}; nothing to verify"
            )
    wrong = idle = False
    for study in studies:
        verification = verify_study(
            study,
            sources[source],
            sample=None if sample < 0 else sample,
            seed=seed if seed >= 0 else None,
            own_code=run_own_code,
            json=json,
        )
        if save:
            save_verified(study, verification, quiet=json)
        wrong |= not verification.is_right
        idle |= not verification.retrained and sample != 0
    if wrong or idle:
        raise typer.Exit(1 if wrong else NOTHING_TRAINED)


def verify_study(
    study: "Study", source: "Source | None", *, sample: int | None, seed: int | None, own_code: bool, json: bool
) -> "Verification":
    """Verify one study and print what was found."""
    from repro.cli.any_terminal import print_json
    from repro.runs.verify.sampling import new_seed
    from repro.runs.verify.verified_json import to_json
    from repro.runs.verify.verify import verify

    ledger = study.ledger(source)
    chosen = new_seed() if seed is None else seed
    if not json:
        print(f"{study.spec.name}: the records in {ledger.root}, runs drawn with --seed {chosen}\n", flush=True)
    verification = verify(
        study.plan, ledger, sample=sample, seed=chosen, own_code=own_code, tell=(lambda event: None) if json else show
    )
    if json:
        print_json(to_json(verification))
        return verification
    for note in verification.notes:
        print(note)
    print()
    for line in summary(verification, requested=sample):
        print(line)
    return verification


def show(event: "Event") -> None:
    """Print one event as it comes."""
    from repro.runs.verify.verification import DrawnRun, Row

    if isinstance(event, Row):
        lines = row_lines(event)
    elif isinstance(event, DrawnRun):
        lines = [drawn_line(event)]
    else:
        lines = retrained_lines(event)
    print("\n".join(lines), flush=True)


def row_lines(row: "Row") -> list[str]:
    """One line for a record, and one below it for each thing to be said."""
    left = "" if row.state == "not checked" else "not checked: "
    texts = [*row.wrong, *(f"{left}{text}" for text in row.unchecked), *row.remarks]
    head = _title(row)
    if len(texts) == 1:
        return [f"{head:<28} {row.state:<11} {texts[0]}"]
    return [f"{head:<28} {row.state}", *(f"    {text}" for text in texts)]


def _title(of: "Row | DrawnRun") -> str:
    """Experiment, seed and fold; the fold is told by the run's id."""
    fold = of.id.removeprefix(f"{of.experiment}-seed{of.seed}-").rpartition("-")[0]
    return f"{of.experiment} seed {of.seed}" + (f" fold {fold.removeprefix('fold')}" if fold else "")


def drawn_line(drawn: "DrawnRun") -> str:
    """What is about to be trained again."""
    which = f"{drawn.position} of {drawn.total}"
    return f"\ntraining {which} again: {_title(drawn)} (took {drawn.seconds:.0f} s there) ..."


def retrained_lines(again: "RetrainedRun") -> list[str]:
    """What came of it, the values, and in another environment why this is the weaker check."""
    head = "WRONG" if again.judged == "wrong" else again.judged
    lines = [f"  {head}{': ' + again.text if again.text else ''} ({again.seconds:.0f} s)"]
    if again.recorded is not None and again.again is not None:
        values = f"  {again.metric} {again.again:.6g} here, {again.recorded:.6g} recorded"
        if again.interval is not None:
            values += f"; expected from {again.interval[0]:.6g} to {again.interval[1]:.6g}"
        lines.append(values)
    if again.elsewhere:
        lines.append(f"  the weaker check, as bytes depend on the environment: {'; '.join(again.elsewhere)}")
        lines.append("  that environment, and the other seeds that give the widths, are the folder's own word")
    return lines + [f"  {text}" for text in again.remarks]


def summary(verification: "Verification", *, requested: int | None) -> list[str]:
    """What was checked, counted; then what was left out and why."""
    runs = len(verification.rows)
    in_part = verification.count("in part")
    line = f"{verification.checked} of {runs} records checked"
    line += f" ({in_part} in part)" if in_part else ""
    line += f", {verification.wrong} wrong; {len(verification.retrained)} of {runs} trained again"
    counted: dict[str, int] = {}
    for again in verification.retrained:
        counted[again.judged] = counted.get(again.judged, 0) + 1
    line += f": {', '.join(f'{n} {j}' if len(counted) > 1 else j for j, n in counted.items())}" if counted else ""
    lines = [line]
    for state, words in (("not checked", "not checked"), ("failed run", "failed"), ("no record", "without a record")):
        count = sum(row.state == state for row in verification.rows)
        if count:
            lines.append(f"{count} {words}")
    if any("own code" in text for row in verification.rows for text in row.unchecked):
        lines.append("own code of the folder was not run; --run-own-code lets it, if you trust it")
    if not verification.retrained:
        lines.append("nothing was trained again: what training gives is not known")
    lines.append("device, threads, precision, versions and times of a record are the folder's own word")
    if not verification.retrained and requested is None:
        lines.append("no run could be drawn: all are wrong, failed, or need own code that may not be run")
    elif requested is not None and len(verification.retrained) < requested:
        lines.append(f"only {verification.pool} runs could be drawn")
    return lines


def save_verified(study: "Study", verification: "Verification", *, quiet: bool) -> None:
    """Write ``results/verified.json``."""
    from repro.disk.atomic_write import write_atomically
    from repro.runs.verify.verified_json import to_json

    path = study.spec.folder / "results" / "verified.json"
    write_atomically(path, to_json(verification), within=study.spec.folder)
    if not quiet:
        print(path)
