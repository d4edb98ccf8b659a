"""The one module of this room that writes files: tables, figures and a page that shows them."""

from collections.abc import Collection, Sequence
from pathlib import Path

from repro.disk.atomic_write import write_atomically
from repro.disk.untrusted_files import is_folder_inside
from repro.disk.without_paths import without_paths
from repro.results.figures.all_figures import all_figures
from repro.results.figures.measurements import Measurements
from repro.results.figures.missing_figures import missing_figures
from repro.results.figures.requested_figures import Drawn
from repro.results.figures.style import to_png, to_svg
from repro.results.results import Results
from repro.results.results_page import page
from repro.results.runs_by_experiment import gather
from repro.results.study_runs import StudyRuns
from repro.results.table import to_csv, to_json, to_latex, to_markdown
from repro.results.view_noise import Predictions
from repro.runs.plan import Plan
from repro.runs.record import Record
from repro.spec.spec import Spec


def write_results(
    spec: Spec,
    results: Results,
    records: Sequence[Record],
    folder: Path,
    *,
    plan: Plan | None = None,
    predictions: Predictions | None = None,
    within: Path | None = None,
) -> list[Path]:
    """Write ``table.md``, ``.csv`` and ``.tex``, ``figures/*.svg`` and ``*.png``, ``README.md``, then ``table.json``.

    The same results and records give the same bytes. Each file is written whole or not at all; figures of an earlier
    call that this one does not draw are removed, nothing else is touched. No text holds an absolute path. No link is
    followed out of ``within``, a study's folder.

    Returns:
        The files: tables, figures, the page, and ``table.json`` last, which says
        that all others are there.

    Raises:
        OSError: the folder cannot be written, or is a link that leads out of ``within``.
        SpecError: a ``points`` file of the spec is damaged.

    """
    runs, _ = gather(spec, plan, records)
    study = StudyRuns(spec, runs, results)
    drawn = figures(study, predictions)
    written = [
        _written(folder / f"table.{ending}", without_paths(text, spec.folder), within)
        for ending, text in (
            ("md", to_markdown(results)),
            ("csv", to_csv(results)),
            ("tex", to_latex(results)),
        )
    ]
    written += write_figures(drawn, folder / "figures", within)
    # table.json is the last, so that with it all others are there
    written.append(_written(folder / "README.md", without_paths(page(spec, results, list(drawn)), spec.folder), within))
    written.append(_written(folder / "table.json", without_paths(to_json(results), spec.folder), within))
    return written


def figures(study: StudyRuns, predictions: Predictions | None = None) -> Drawn:
    """All figures of what a study measured, by file name."""
    return all_figures(Measurements(study, predictions))


def describe_missing_figures(
    spec: Spec,
    results: Results,
    records: Sequence[Record],
    names: Collection[str],
    *,
    plan: Plan | None = None,
    predictions: Predictions | None = None,
) -> tuple[str, ...]:
    """Why a figure that the spec asks for is not among those drawn, by file name; see :func:`missing_figures`."""
    if not spec.figures:
        return ()
    runs, _ = gather(spec, plan, records)
    return missing_figures(Measurements(StudyRuns(spec, runs, results), predictions), names)


def write_figures(drawn: Drawn, folder: Path, within: Path | None = None) -> list[Path]:
    """Write each figure as SVG and PNG into a folder of figures; those of an earlier call that are no more go away."""
    written = []
    for name, figure in drawn.items():
        written.append(_written(folder / f"{name}.svg", to_svg(figure), within))
        written.append(_written(folder / f"{name}.png", to_png(figure), within))
    if is_folder_inside(folder, folder if within is None else within):
        _remove_old(folder, set(drawn))
    return written


def _written(path: Path, data: bytes | str, within: Path | None) -> Path:
    write_atomically(path, data, within=within)
    return path


def _remove_old(folder: Path, names: set[str]) -> None:
    for path in [*folder.glob("*.svg"), *folder.glob("*.png")]:
        if path.stem not in names:
            path.unlink()
