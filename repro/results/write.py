"""The one module of this room that writes files: tables, figures and a page that shows them."""

from collections.abc import Sequence
from pathlib import Path

from repro.disk.write import write_atomically
from repro.results.figures.asked_for import Drawn
from repro.results.figures.every import every
from repro.results.figures.measurements import Measurements
from repro.results.figures.style import to_png, to_svg
from repro.results.gathered import gather
from repro.results.page import page
from repro.results.results import Results
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
) -> list[Path]:
    """Write ``table.md``, ``.csv`` and ``.tex``, ``figures/*.svg`` and ``*.png``, ``README.md``, then ``table.json``.

    The same results and records give the same bytes. Each file is written whole or not at all; figures of an earlier
    call that this one does not draw are removed, nothing else is touched.

    Returns:
        The files: tables, figures, the page, and ``table.json`` last, which says
        that all others are there.

    Raises:
        OSError: the folder cannot be written.
        SpecError: a ``points`` file of the spec is damaged.

    """
    runs, _ = gather(spec, plan, records)
    study = StudyRuns(spec, runs, results)
    drawn = figures(study, predictions)
    written = [
        _written(folder / f"table.{ending}", text)
        for ending, text in (
            ("md", to_markdown(results)),
            ("csv", to_csv(results)),
            ("tex", to_latex(results)),
        )
    ]
    written += write_figures(drawn, folder / "figures")
    written.append(_written(folder / "README.md", page(spec, results, list(drawn))))
    written.append(_written(folder / "table.json", to_json(results)))  # the last, so that with it all others are there
    return written


def figures(study: StudyRuns, predictions: Predictions | None = None) -> Drawn:
    """All figures of what a study measured, by file name."""
    return every(Measurements(study, predictions))


def write_figures(drawn: Drawn, folder: Path) -> list[Path]:
    """Write each figure as SVG and PNG into a folder of figures; those of an earlier call that are no more go away."""
    written = []
    for name, figure in drawn.items():
        written.append(_written(folder / f"{name}.svg", to_svg(figure)))
        written.append(_written(folder / f"{name}.png", to_png(figure)))
    _remove_old(folder, set(drawn))
    return written


def _written(path: Path, data: bytes | str) -> Path:
    write_atomically(path, data)
    return path


def _remove_old(folder: Path, kept: set[str]) -> None:
    for path in [*folder.glob("*.svg"), *folder.glob("*.png")]:
        if path.stem not in kept:
            path.unlink()
