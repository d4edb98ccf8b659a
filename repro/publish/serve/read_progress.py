"""One folder to its progress. Nothing of it is run or imported, no link out of it is followed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from repro.publish.grade.data_folders import data_folders, strays
from repro.publish.grade.survey import is_sound, survey
from repro.publish.grade.visible import visible
from repro.publish.serve.folder_progress import FolderProgress, GridRow, RungShown, RunShown, TableRow, TableShown
from repro.publish.serve.read_curves import read_curves
from repro.results.cells import against, cells, sections
from repro.results.collect import results
from repro.results.results import Results
from repro.results.wording import several
from repro.runs.lease import LIVE, LiveFiles
from repro.runs.ledger import Ledger
from repro.runs.make_plan import make_plan
from repro.runs.plan import Run
from repro.runs.status import RunStatus, Status, status
from repro.spec.load import NAMES, load_spec
from repro.spec.problem import SpecError
from repro.spec.spec import Spec
from repro.spec.yaml import MAX_BYTES, read_file, read_tree

T = TypeVar("T")

NOT_YET = "not run yet"
"""What the table says of a row without runs; here the number of runs says it."""

MOST_CLAIM = 64 * 1024
"""Bytes of a file that says who trains a run."""


def read_progress(folder: Path, shown: str) -> FolderProgress:
    """How far the runs of a folder are, at each rung that has any.

    Args:
        folder: the folder itself.
        shown: what to call it.

    """
    said = FolderProgress(visible(shown))
    why = _not_to_be_read(folder)
    if why:
        return replace(said, problem=why)
    try:
        spec = load_spec(folder)
    except SpecError as error:
        first = str(error.problems[0]).removeprefix(str(folder)).lstrip("/\\:").lstrip()
        return replace(
            said, problem=f"{several(len(error.problems), 'problem')} in the spec; the first: {visible(first)}"
        )
    rungs, plans = [], []
    for rung in _rungs(spec):
        of_rung = spec if rung == "full" else load_spec(folder, rung=rung)
        found = status(make_plan(of_rung))
        plans += [one.run for one in found.runs]
        rungs.append((found.count("running"), _rung(of_rung, found)))
    rungs.sort(key=lambda one: -one[0])
    return replace(
        said,
        title=spec.work.title,
        question=spec.question,
        rungs=tuple(rung for _, rung in rungs),
        notes=(*_shipped(folder), *_others(folder, plans)),
    )


def _not_to_be_read(folder: Path) -> str:
    if folder.is_symlink() or not folder.is_dir():
        return "is a link; it was not followed" if folder.is_symlink() else "no such folder"
    seen = survey(folder)
    there = [name for name in NAMES if is_sound(folder / name, MAX_BYTES)]
    if not there:
        return "no paper.yaml or proposal.yaml that can be read in this folder"
    outside = seen.leads_out("runs", "results")
    if outside:
        return f"{visible(outside[0])} leads out of the folder; no runs were read"
    if astray := strays(seen.out_folders, _data(folder / there[0])):
        return f"{visible(astray[0])} is a link that leads out of the folder; nothing behind it was read"
    return seen.cut


def _data(file: Path) -> tuple[str, ...]:
    """The data folders of a spec; none of one that cannot be read, which says so itself."""
    try:
        return data_folders(read_tree(read_file(file, str(file), file.parent), str(file)))
    except SpecError:
        return ()


def _rungs(spec: Spec) -> list[str]:
    """Rungs of which anything was begun; the full one where nothing was."""
    names = ["full", *(name for name in spec.rungs if name != "full")]
    return [name for name in names if (spec.folder / "runs" / name).is_dir()] or names[:1]


def _rung(spec: Spec, found: Status) -> RungShown:
    columns, grid = _grid(spec, found)
    made = RungShown(spec.rung, columns, grid)
    ledger = Ledger(spec.folder, "runs")
    records = ledger.of(found.plan)
    notes = [f"{damage.path.name}: not counted: {damage.why}" for damage in found.damaged]
    notes += [f"{stale.path.name}: not of this spec: {stale.why}" for stale in found.stale[:3]]
    if len(found.stale) > 3:
        notes.append(f"and {len(found.stale) - 3} more records that are not of this spec")
    panels = _tried("curves", lambda: read_curves(spec, found), notes) or ()
    table = _tried("the table", lambda: results(spec, found.plan, records), notes) if records else None
    if table is not None:
        notes += table.warnings
        made = replace(made, tables=tuple(_tables(table, found)), headline=table.headline)
    return replace(made, panels=panels, notes=tuple(visible(note) for note in notes))


def _grid(spec: Spec, found: Status) -> tuple[tuple[str, ...], tuple[GridRow, ...]]:
    """Experiments by seeds and folds, as the plan has them."""
    places = list(dict.fromkeys((one.run.seed, one.run.fold) for one in found.runs))
    places.sort(key=lambda place: (place[0], place[1] or 0))
    columns = tuple(f"{seed}" if fold is None else f"{seed}.{fold}" for seed, fold in places)
    rows: dict[str, dict[tuple[int, int | None], RunShown]] = {}
    for one in found.runs:
        rows.setdefault(one.run.experiment.name, {})[one.run.seed, one.run.fold] = _run(one)
    return columns, tuple(
        GridRow(name, spec.experiments[name].title or name, tuple(cells.get(place) for place in places))
        for name, cells in rows.items()
    )


def _run(one: RunStatus) -> RunShown:
    share = 1.0 if one.state == "done" else None
    if one.state == "running" and one.holder is not None and one.holder.steps:
        share = min(1.0, max(0.0, one.holder.step / one.holder.steps))
    return RunShown(one.run.title, one.state, share, visible(one.why))


def _tables(table: Results, found: Status) -> Iterator[TableShown]:
    planned: dict[str, set[int]] = {}
    for one in found.runs:
        planned.setdefault(one.run.experiment.name, set()).add(one.run.seed)
    for heading, rows in sections(table.rows):
        lines = []
        for row in rows:
            made = cells(row, rows)
            ours = made.measured
            said = "; ".join(one for one in (made.sentence, *made.notes) if one and one != NOT_YET)
            seeds = len(planned.get(row.experiment, ()))
            runs = f"{made.runs} of {seeds}{f'×{row.folds_planned}' * bool(row.folds_planned)}" if seeds else ""
            lines.append(
                TableRow(row.title or made.name, made.paper, ours, runs if made.runs else "", made.verdict, said)
            )
        yield TableShown(heading, against(rows), tuple(lines))


def _shipped(folder: Path) -> Iterator[str]:
    """A word on records that are not of runs in this folder."""
    if not (folder / "runs").is_dir() and (folder / "results" / "records").is_dir():
        yield "nothing was run in this folder; what came with it, in results/, is on its page and in its report"


def _others(folder: Path, planned: Sequence[Run]) -> Iterator[str]:
    """What trains here and is none of the plans' runs: other seeds, or a spec that was changed on the command line."""
    known = {LiveFiles.of(folder, run).claim.name for run in planned}
    try:
        there = sorted(path for path in (folder / "runs" / LIVE).glob("*.json") if path.name not in known)
    except OSError:
        return
    alive = 0
    for path in there[:200]:
        if is_sound(path, MOST_CLAIM):
            holder = LiveFiles(path.parent, path.stem).holder()
            alive += holder is not None and holder.is_alive
    if alive:
        yield f"{several(alive, 'run')} more in training: of other seeds, or with fields changed on the command line"


def _tried(what: str, step: Callable[[], T], notes: list[str]) -> T | None:
    try:
        return step()
    except Exception as error:  # noqa: BLE001 - a stranger's folder may break anything; its page says what
        notes.append(f"{what} cannot be shown: {type(error).__name__}: {next(iter(str(error).splitlines()), '')}")
        return None
