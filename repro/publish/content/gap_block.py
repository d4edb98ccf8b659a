"""The gap explained: every known difference between the paper's recipe and ours, and what nobody says."""

from repro.publish.content.document_model import Block, Paragraph, Row, Table, text
from repro.publish.content.report_context import ReportContext
from repro.publish.content.scope_label import scope_label
from repro.publish.content.sources import DIFFERENT, SILENT, below

WORDS = (
    "dataset",
    "splits",
    "features",
    "architecture",
    "weights",
    "optimizer",
    "scheduler",
    "loss",
    "metric",
    "training",
    "seeds",
)
"""Parts of a recipe, in a spec's order."""

_STATES = {DIFFERENT: "different", SILENT: "paper silent", "guess": "guessed"}


def gap(subject: ReportContext) -> tuple[Block, ...]:
    """A row for each part of the recipe; below it why rows are PARTIAL."""
    spec = subject.spec
    if spec.kind == "proposal":
        return ()
    rows = []
    for word in WORDS:
        if not _used(subject, word):
            continue
        differences = below(spec, word)
        if word in subject.of_rung:
            rows.append(Row((text(word), text("different"), text(f"changed by rung {spec.rung}")), kind="baseline"))
        if not differences:
            if word not in subject.of_rung:
                rows.append(Row((text(word), text(_STATES[SILENT]), text("what we do is our own choice"))))
            continue
        for path, kind, place in sorted(
            differences, key=lambda difference: (difference[1] != DIFFERENT, difference[0])
        ):
            state = _STATES.get(kind, "same")
            what = place if kind == DIFFERENT else f"{kind}{f', {place}' if place else ''}"
            rows.append(Row((text(path), text(state), text(what)), kind="baseline" if kind == DIFFERENT else ""))
        if all(path != word for path, _, _ in differences):
            rows.append(Row((text(f"{word}, the rest"), text(_STATES[SILENT]), text("what we do is our own choice"))))
    blocks: list[Block] = [
        Table("Their recipe and ours", ("part", "ours is", "theirs, or where it says so"), tuple(rows), "lll")
    ]
    reasons: dict[str, list[str]] = {}
    for name, why in spec.partial.items():
        for reason in why:
            reasons.setdefault(reason, []).append(subject.title(name))
    for reason, names in reasons.items():
        named = (
            scope_label(names, [experiment.title or experiment.name for experiment in subject.run]) or "all experiments"
        )
        blocks.append(Paragraph(text(f"Less than the paper's recipe in {named}: {reason}."), "note"))
    return tuple(blocks)


def _used(subject: ReportContext, word: str) -> bool:
    """Whether any experiment has this part."""
    if word in ("optimizer", "scheduler", "weights"):
        return any(getattr(experiment, word) for experiment in subject.run)
    has_features = any(
        feature_lists.cached or feature_lists.live
        for experiment in subject.run
        for feature_lists in experiment.inputs.values()
    )
    return word != "features" or has_features
