"""What it took: hardware, seconds, parameters, versions."""

from statistics import mean

from repro.publish.content.document_model import Block, Bullets, Number, Paragraph, Row, Table, text
from repro.publish.content.report_context import ReportContext
from repro.results.collect import run_id
from repro.results.wording import duration, grouped

_SHOWN = (
    "torch",
    "lightning",
    "torchaudio",
    "torchmetrics",
    "scikit-learn",
    "numpy",
    "repro-harness",
    "repro numerics",
)


def compute(subject: ReportContext) -> tuple[Block, ...]:
    """A row for each experiment, from its records."""
    rows = []
    for experiment in subject.run:
        done = [record for record in subject.records if record.experiment == experiment.name and record.state == "done"]
        if not done:
            continue
        sources = tuple(run_id(record) for record in done)
        seconds = mean(record.timings.total for record in done)
        first = done[0]
        rows.append(
            Row(
                (
                    text(experiment.title or experiment.name),
                    text(str(len(done))),
                    text(Number(duration(seconds), sources)),
                    text(Number(grouped(first.parameters), sources)) if first.parameters is not None else (),
                    text(Number(grouped(first.multiply_adds), sources)) if first.multiply_adds is not None else (),
                    text(Number(grouped(first.steps), sources)) if first.steps else (),
                )
            )
        )
    if not rows:
        return (Paragraph(text(f"{subject.not_run}."), "note"),)
    total = sum(record.timings.total for record in subject.records)
    head = ("experiment", "runs", "time a run", "parameters", "multiply-adds", "steps")
    versions = subject.records[0].environment.versions
    facts = [
        *(text(line) for line in subject.results.environments),
        text("all runs together took ", Number(duration(total), tuple(run_id(r) for r in subject.records))),
        text("versions: ", ", ".join(f"{name} {versions[name]}" for name in _SHOWN if name in versions)),
    ]
    dirty = sum(bool(record.environment.git_dirty) for record in subject.records)
    if dirty:
        facts.append(text(f"{dirty} of {len(subject.records)} runs were made with uncommitted changes in the folder"))
    return (Table("Compute", head, tuple(rows), "lrrrrr"), Bullets(tuple(facts)))
