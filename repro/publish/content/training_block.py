"""How the nets were trained, and where each choice comes from."""

from collections.abc import Iterator

from repro.publish.content.document_model import Block, Row, Table, plain, text
from repro.publish.content.formatting import entry, features, length, selection
from repro.publish.content.report_context import ReportContext
from repro.publish.content.scope_label import scope_label
from repro.publish.content.sources import SILENT, source_text
from repro.spec.experiment import Experiment


def training(subject: ReportContext) -> tuple[Block, ...]:
    """A row for each choice; what experiments do differently stands in rows of its own."""
    rows: list[Row] = []
    everyone = [experiment.title or experiment.name for experiment in subject.run]
    for word in (
        "optimizer",
        "scheduler",
        "loss",
        "metric",
        "batches",
        "length",
        "choice",
        "order",
        "augment",
        "weights",
    ):
        values: dict[tuple[str, str], list[str]] = {}
        for experiment in subject.run:
            for path, value in _said(word, experiment):
                values.setdefault((path, value), []).append(experiment.title or experiment.name)
        for (path, value), names in values.items():
            only = f" ({said_of})" if (said_of := scope_label(names, everyone)) else ""
            rows.append(Row((text(_WORDS[word]), text(f"{value}{only}"), text(source_text(subject.spec, path)))))
    seeds = {len(experiment.seeds) for experiment in subject.run}
    several = f"{max(seeds)} each" if len(seeds) == 1 else f"{min(seeds)} to {max(seeds)}"
    rows.append(Row((text("seeds"), text(several), text(source_text(subject.spec, "seeds")))))
    return (Table("Training recipe", ("choice", "value", "source"), tuple(rows), "lll"),)


def unsaid(subject: ReportContext) -> list[str]:
    """The choices of the recipe of which nobody says where they come from."""
    rows = [row for block in training(subject) if isinstance(block, Table) for row in block.rows]
    return list(dict.fromkeys(plain(row.cells[0]) for row in rows if plain(row.cells[2]) == SILENT))


_WORDS = {
    "optimizer": "optimizer", "scheduler": "learning-rate schedule", "loss": "loss", "metric": "metric",
    "batches": "batch size", "length": "length", "choice": "scored are", "order": "order of items",
    "augment": "augmentation", "weights": "first weights",
}  # fmt: skip


def _said(word: str, experiment: Experiment) -> Iterator[tuple[str, str]]:
    net = experiment.model is not None and not experiment.model.is_estimator
    if word == "metric":
        yield (
            "metric",
            ", ".join(name if entry(m) == name else f"{name}: {entry(m)}" for name, m in experiment.metrics.items()),
        )
    elif not net:
        if word == "optimizer" and experiment.model is not None:
            steps = [entry(step) for block in experiment.model.blocks for step in block.estimator]
            yield "architecture", f"no gradient steps: scikit-learn fits {', then '.join(steps)}"
    elif word == "optimizer" and experiment.optimizer is not None:
        yield "optimizer", entry(experiment.optimizer)
    elif word == "scheduler" and experiment.scheduler is not None:
        yield "scheduler", f"{entry(experiment.scheduler.entry)}, after each {experiment.scheduler.every}"
    elif word == "loss":
        for name, loss in experiment.losses.items():
            yield "loss", entry(loss) if len(experiment.losses) == 1 else f"{name}: {entry(loss)}"
    elif word == "batches" and experiment.training.batch_size:
        yield "training.batch_size", str(experiment.training.batch_size)
    elif word == "length":
        path = "training.steps" if experiment.training.steps else "training.epochs"
        stop = (
            f", stopped after {experiment.training.stop_patience} looks without gain"
            if experiment.training.stop_patience
            else ""
        )
        yield path, length(experiment) + stop
    elif word == "choice":
        yield "training.select", selection(experiment)
    elif word == "order":
        yield (
            "training.order",
            {"shuffled": "shuffled anew in each pass", "fixed": "as in the file"}[experiment.training.order],
        )
    elif word == "augment":
        lines = [
            text
            for feature_lists in experiment.inputs.values()
            if feature_lists.augment
            for text in [", ".join(map(entry, feature_lists.augment))]
        ]
        if lines:
            yield "augment", "; ".join(lines)
    elif word == "weights" and experiment.weights:
        yield "weights", f"{len(experiment.weights)} rule{'s' * (len(experiment.weights) > 1)} of the spec"


def features_table(subject: ReportContext) -> tuple[Block, ...]:
    """What is made of an item before a model sees it."""
    values: dict[tuple[str, str], list[str]] = {}
    everyone = [experiment.title or experiment.name for experiment in subject.run]
    for experiment in subject.run:
        for name, steps in features(experiment):
            values.setdefault((name, steps), []).append(experiment.title or experiment.name)
    if all(steps == "none" for _, steps in values):
        return ()
    rows = tuple(
        Row((text(name), text(steps), text(scope_label(names, everyone) or "all")))
        for (name, steps), names in values.items()
    )
    return (Table("What a model sees", ("input", "features, in order", "experiments"), rows, "lll"),)
