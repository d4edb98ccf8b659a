"""What a reader has to keep in mind, as far as spec and records tell."""

from collections.abc import Sequence

from repro.publish.content.document_model import Block, Bullets, Paragraph, Text, text
from repro.publish.content.limits_of_data import limits_of_data
from repro.publish.content.report_context import ReportContext
from repro.publish.content.scope_label import scope_label
from repro.publish.content.sources import GUESS
from repro.publish.content.training_block import unsaid
from repro.results.wording import listed

FEW_SEEDS = 5

MANY = 8
"""Choices without a source that are named."""


def limitations(subject: ReportContext) -> tuple[Block, ...]:
    """One line each; a line says so where none is known."""
    spec = subject.spec
    sentences: list[Text] = []
    if spec.rung != "full":
        sentences.append(text(f"Only the rung {spec.rung} has been run: shorter or smaller than the recipe."))
    few = [
        experiment.title or experiment.name
        for experiment in subject.run
        if len(experiment.seeds) < FEW_SEEDS and not _constant(subject, experiment.name)
    ]
    if few:
        named = scope_label(few, [experiment.title or experiment.name for experiment in subject.run]) or "all"
        sentences.append(text(f"Fewer than {FEW_SEEDS} seeds, so intervals are wide: {named}."))
    sentences += limits_of_data(subject)
    failed = [record for record in subject.records if record.state == "failed"]
    if failed:
        sentences.append(text(f"{len(failed)} of {len(subject.records)} runs failed and are shown as failed."))
    missing = len(subject.plan.runs) - len(subject.records)
    if missing == len(subject.plan.runs):
        sentences.append(text(f"{subject.not_run}."))
    elif missing:
        sentences.append(text(f"{missing} of {len(subject.plan.runs)} planned runs are missing."))
    skipped = [
        experiment.title or name for name, experiment in spec.experiments.items() if experiment.not_run is not None
    ]
    if skipped:
        sentences.append(text(f"Rows of the paper that nobody ran here: {listed(skipped)}."))
    chosen = [row for row in spec.reported if row.selection == "best_test"]
    if chosen:
        sentences.append(
            text("The paper chose on test data; the optimism of that choice stands in the notes of the table.")
        )
    unstated = [
        row for row in spec.reported if row.selection == "not stated" and row.number is not None and not row.expected
    ]
    if unstated:
        sentences.append(text(f"How the paper chose what it printed is not stated for {len(unstated)} of its numbers."))
    if any(row.via for row in spec.reported):
        sentences.append(text("Some reported numbers come from a secondary source, not from the paper itself."))
    sentences += [
        text(f"{begin}: {_some(names)}.")
        for begin, names in (
            ("Nobody says where these choices come from", unsaid(subject)),
            ("Guessed", list(spec.sources.get(GUESS, {}))),
        )
        if names
    ]
    for experiment in subject.run:
        if experiment.splits.waiver:
            sentences.append(
                text(
                    f"The leakage gate was waived for {experiment.title or experiment.name}: {experiment.splits.waiver}"
                )
            )
    sentences += [text(leak.sentence) for leak in subject.results.leaks]
    if len(subject.results.environments) > 1:
        sentences.append(text(f"Runs come from {len(subject.results.environments)} kinds of machine."))
    if not sentences:
        return (Paragraph(text("None that spec and records would show.")),)
    return (Bullets(tuple(sentences)),)


def _some(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= MANY else f"{', '.join(names[:MANY])} and {len(names) - MANY} more"


def _constant(subject: ReportContext, name: str) -> bool:
    record = subject.first(name)
    return record is not None and record.constant
