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
    progress = FolderProgress(visible(shown))
    why = _not_to_be_read(folder)
    if why:
        return replace(progress, problem=why)
    try:
        spec = load_spec(folder)
    except SpecError as error:
        first = str(error.problems[0]).removeprefix(str(folder)).lstrip("/\\:").lstrip()
        return replace(
            progress, problem=f"{several(len(error.problems), 'problem')} in the spec; the first: {visible(first)}"
        )
    rungs, plans = [], []
    for rung in _rungs(spec):
        of_rung = spec if rung == "full" else load_spec(folder, rung=rung)
        rung_status = status(make_plan(of_rung))
        plans += [run_status.run for run_status in rung_status.runs]
        rungs.append((rung_status.count("running"), _rung(of_rung, rung_status)))
    rungs.sort(key=lambda entry: -entry[0])
    return replace(
        progress,
        title=spec.work.title,
        question=spec.question,
        rungs=tuple(rung for _, rung in rungs),
        notes=(*_shipped(folder), *_others(folder, plans)),
    )


def _not_to_be_read(folder: Path) -> str:
    if folder.is_symlink() or not folder.is_dir():
        return "is a link; it was not followed" if folder.is_symlink() else "no such folder"
    entries = survey(folder)
    specs = [name for name in NAMES if is_sound(folder / name, MAX_BYTES)]
    if not specs:
        return "no paper.yaml or proposal.yaml that can be read in this folder"
    outside = entries.leads_out("runs", "results")
    if outside:
        return f"{visible(outside[0])} leads out of the folder; no runs were read"
    if astray := strays(entries.out_folders, _data(folder / specs[0])):
        return f"{visible(astray[0])} is a link that leads out of the folder; nothing behind it was read"
    return entries.cut


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


def _rung(spec: Spec, rung_status: Status) -> RungShown:
    columns, grid = _grid(spec, rung_status)
    shown = RungShown(spec.rung, columns, grid)
    ledger = Ledger(spec.folder, "runs")
    records = ledger.of(rung_status.plan)
    notes = [f"{damage.path.name}: not counted: {damage.why}" for damage in rung_status.damaged]
    notes += [f"{stale.path.name}: not of this spec: {stale.why}" for stale in rung_status.stale[:3]]
    if len(rung_status.stale) > 3:
        notes.append(f"and {len(rung_status.stale) - 3} more records that are not of this spec")
    panels = _tried("curves", lambda: read_curves(spec, rung_status), notes) or ()
    table = _tried("the table", lambda: results(spec, rung_status.plan, records), notes) if records else None
    if table is not None:
        notes += table.warnings
        shown = replace(shown, tables=tuple(_tables(table, rung_status)), headline=table.headline)
    return replace(shown, panels=panels, notes=tuple(visible(note) for note in notes))


def _grid(spec: Spec, rung_status: Status) -> tuple[tuple[str, ...], tuple[GridRow, ...]]:
    """Experiments by seeds and folds, as the plan has them."""
    places = list(dict.fromkeys((run_status.run.seed, run_status.run.fold) for run_status in rung_status.runs))
    places.sort(key=lambda place: (place[0], place[1] or 0))
    columns = tuple(f"{seed}" if fold is None else f"{seed}.{fold}" for seed, fold in places)
    rows: dict[str, dict[tuple[int, int | None], RunShown]] = {}
    for run_status in rung_status.runs:
        rows.setdefault(run_status.run.experiment.name, {})[run_status.run.seed, run_status.run.fold] = _run(run_status)
    return columns, tuple(
        GridRow(name, spec.experiments[name].title or name, tuple(cells.get(place) for place in places))
        for name, cells in rows.items()
    )


def _run(run_status: RunStatus) -> RunShown:
    share = 1.0 if run_status.state == "done" else None
    if run_status.state == "running" and run_status.holder is not None and run_status.holder.steps:
        share = min(1.0, max(0.0, run_status.holder.step / run_status.holder.steps))
    return RunShown(run_status.run.title, run_status.state, share, visible(run_status.why))


def _tables(table: Results, rung_status: Status) -> Iterator[TableShown]:
    planned: dict[str, set[int]] = {}
    for run_status in rung_status.runs:
        planned.setdefault(run_status.run.experiment.name, set()).add(run_status.run.seed)
    for heading, rows in sections(table.rows):
        lines = []
        for row in rows:
            row_cells = cells(row, rows)
            measured = row_cells.measured
            sentence = "; ".join(note for note in (row_cells.sentence, *row_cells.notes) if note and note != NOT_YET)
            seeds = len(planned.get(row.experiment, ()))
            runs = f"{row_cells.runs} of {seeds}{f'×{row.folds_planned}' * bool(row.folds_planned)}" if seeds else ""
            lines.append(
                TableRow(
                    row.title or row_cells.name,
                    row_cells.paper,
                    measured,
                    runs if row_cells.runs else "",
                    row_cells.verdict,
                    sentence,
                )
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
        claims = sorted(path for path in (folder / "runs" / LIVE).glob("*.json") if path.name not in known)
    except OSError:
        return
    alive = 0
    for path in claims[:200]:
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
