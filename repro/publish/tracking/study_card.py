"""The one run that sums a study up: the result table, claims, figures, report, spec, splits and records."""

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from repro.data.frozen_splits import MAX_BYTES
from repro.disk.atomic_write import write_atomically
from repro.disk.untrusted_files import is_file_inside, is_folder_inside, names_inside, read_inside
from repro.publish.assignments.read_course import find_course, load_course
from repro.publish.content.document import document
from repro.publish.content.report_context import ReportContext, StaleError
from repro.publish.report.page import page
from repro.publish.tracking.attachments import Attachment, Attachments, File, Grid
from repro.publish.tracking.card import MOST_LETTERS, Card
from repro.results.figures.style import to_png
from repro.results.results import Results
from repro.results.table import to_csv, to_json, to_markdown
from repro.spec.problem import SpecError
from repro.spec.spec import Spec

COLUMNS = (
    "experiment", "metric", "unit", "reported", "mean", "low", "high", "n", "difference", "margin", "verdict",
    "in words",
)  # fmt: skip
CLAIM_COLUMNS = ("claim", "verdict", "mean", "low", "high", "pairs", "unit", "in words")


def study_card(spec: Spec, results: Results) -> Card:
    """The card. Its summary counts verdicts and repeats the headline."""
    counts = {f"verdict/{verdict}": number for verdict, number in results.counts.items()}
    for claim in results.claims:
        counts[f"claim/{claim.verdict}"] = counts.get(f"claim/{claim.verdict}", 0) + 1
    return Card(
        key=f"study-{spec.rung}",
        name=f"{spec.name}, rung {spec.rung}: results",
        group="results",
        job_type="summary",
        tags=tuple(word[:MOST_LETTERS] for word in (spec.name, f"rung {spec.rung}", *map(str, results.counts))),
        config={
            "spec": spec.name,
            "title": spec.work.title,
            "question": spec.question,
            "rung": spec.rung,
            "spec_sha256": _sha256(spec.path, spec.folder),
        },
        summary={
            "headline": results.headline,
            "records_sha256": hashlib.sha256(to_json(results).encode()).hexdigest(),
            **counts,
        },
        rows=(),
        notes=results.headline,
    )


def result_grid(results: Results) -> Grid:
    """The result table as W&B shows it: numbers as numbers."""
    rows = []
    for row in results.rows:
        number = None if row.reported is None else row.reported.number
        low, high = row.ci95 or (None, None)
        rows.append(
            (
                *(row.experiment, row.metric, row.unit, None if number is None else number.value),
                *(row.mean, low, high, len(row.values), row.difference, row.margin),
                *(None if row.verdict is None else str(row.verdict), row.sentence),
            )
        )
    return Grid(COLUMNS, tuple(rows))


def claim_grid(results: Results) -> Grid:
    """The claims, each with the comparison that decides it."""
    rows = []
    for claim in results.claims:
        step = claim.deciding
        low, high = step.ci95 or (None, None)
        rows.append((claim.text, str(claim.verdict), step.mean, low, high, step.pairs, claim.unit, claim.sentence))
    return Grid(CLAIM_COLUMNS, tuple(rows))


@contextmanager
def study_attachments(subject: ReportContext, note: Callable[[str], None]) -> Iterator[Attachments]:
    """Tables, figures and artifacts during the block; ``note`` is told where the report could not be made."""
    results = subject.results
    media: dict[str, Attachment] = {"results": result_grid(results)}
    if results.claims:
        media["claims"] = claim_grid(results)
    figures = {name: to_png(figure) for name, figure in subject.figures.items()}
    media |= {f"figures/{name}": png for name, png in figures.items()}
    with tempfile.TemporaryDirectory(prefix="repro-study-") as folder:
        target = Path(folder)
        texts = {"table.json": to_json(results), "table.csv": to_csv(results), "table.md": to_markdown(results)}
        try:
            assignments = load_course(find_course(subject.spec.folder)).of_kind(subject.spec.kind)
            texts["report.html"] = page(document(subject, assignments))
        except (StaleError, SpecError) as error:
            note(f"W&B gets no report: {str(error).splitlines()[0]}")
        files: dict[str, Path] = {}
        for name, text in texts.items():
            files[name] = target / name
            write_atomically(files[name], text)
        for name, png in figures.items():
            files[f"figures/{name}.png"] = target / f"{name}.png"
            write_atomically(files[f"figures/{name}.png"], png)
        yield Attachments(media, tuple(_artifacts(subject, files)))


def _artifacts(subject: ReportContext, report: dict[str, Path]) -> Iterator[File]:
    spec, name = subject.spec, subject.spec.name
    prefix = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_.") else "-" for sign in name)[:80]
    yield File(f"{prefix}-report", "report", report, {"headline": subject.results.headline, "rung": spec.rung})
    yield File(f"{prefix}-spec", "spec", {spec.path.name: spec.path}, {"sha256": _sha256(spec.path, spec.folder)})
    used = {record.splits_sha256 for record in subject.records}
    folder = spec.folder / "runs" / "splits"
    names = names_inside(folder, spec.folder) if any(used) and is_folder_inside(folder, spec.folder) else []
    paths = [folder / name for name in names if name.endswith(".json")]
    splits = {path.name: path for path in paths if is_file_inside(path, spec.folder)}
    if splits:
        metadata = {"splits_sha256": sorted(sha256 for sha256 in used if sha256)}
        yield File(
            f"{prefix}-splits",
            "splits",
            splits,
            {**metadata, **{n: _sha256(p, spec.folder) for n, p in splits.items()}},
        )
    records: dict[str, Path] = {}
    wanted_records = {record.identity for record in subject.records}
    for path, record in subject.ledger.whole:
        if record.identity in wanted_records:
            records |= {
                file.name: file for file in (path, path.with_suffix(".npz")) if is_file_inside(file, spec.folder)
            }
    if records:
        numbers = {record.run: record.numbers_sha256 for record in subject.results.records}
        yield File(f"{prefix}-{spec.rung}-records", "records", records, {"numbers_sha256": numbers})


def _sha256(path: Path, within: Path) -> str:
    return hashlib.sha256(read_inside(path, within, MAX_BYTES)).hexdigest()
