"""How the nets were trained, and where each choice comes from."""

from collections.abc import Iterator

from repro.publish.content.described import entry, features, length, selection
from repro.publish.content.pieces import Block, Row, Table, plain, text
from repro.publish.content.sources import SILENT, told
from repro.publish.content.subject import Subject
from repro.publish.content.whose import whose
from repro.spec.experiment import Experiment


def training(subject: Subject) -> tuple[Block, ...]:
    """A row for each choice; what experiments do differently stands in rows of its own."""
    rows: list[Row] = []
    everyone = [one.title or one.name for one in subject.run]
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
        for one in subject.run:
            for path, said in _said(word, one):
                values.setdefault((path, said), []).append(one.title or one.name)
        for (path, said), names in values.items():
            only = f" ({said_of})" if (said_of := whose(names, everyone)) else ""
            rows.append(Row((text(_WORDS[word]), text(f"{said}{only}"), text(told(subject.spec, path)))))
    seeds = {len(one.seeds) for one in subject.run}
    several = f"{max(seeds)} each" if len(seeds) == 1 else f"{min(seeds)} to {max(seeds)}"
    rows.append(Row((text("seeds"), text(several), text(told(subject.spec, "seeds")))))
    return (Table("Training recipe", ("choice", "value", "source"), tuple(rows), "lll"),)


def unsaid(subject: Subject) -> list[str]:
    """The choices of the recipe of which nobody says where they come from."""
    rows = [row for block in training(subject) if isinstance(block, Table) for row in block.rows]
    return list(dict.fromkeys(plain(row.cells[0]) for row in rows if plain(row.cells[2]) == SILENT))


_WORDS = {
    "optimizer": "optimizer", "scheduler": "learning-rate schedule", "loss": "loss", "metric": "metric",
    "batches": "batch size", "length": "length", "choice": "scored are", "order": "order of items",
    "augment": "augmentation", "weights": "first weights",
}  # fmt: skip


def _said(word: str, one: Experiment) -> Iterator[tuple[str, str]]:
    net = one.model is not None and not one.model.is_estimator
    if word == "metric":
        yield (
            "metric",
            ", ".join(name if entry(m) == name else f"{name}: {entry(m)}" for name, m in one.metrics.items()),
        )
    elif not net:
        if word == "optimizer" and one.model is not None:
            steps = [entry(step) for block in one.model.blocks for step in block.estimator]
            yield "architecture", f"no gradient steps: scikit-learn fits {', then '.join(steps)}"
    elif word == "optimizer" and one.optimizer is not None:
        yield "optimizer", entry(one.optimizer)
    elif word == "scheduler" and one.scheduler is not None:
        yield "scheduler", f"{entry(one.scheduler.entry)}, after each {one.scheduler.every}"
    elif word == "loss":
        for name, loss in one.losses.items():
            yield "loss", entry(loss) if len(one.losses) == 1 else f"{name}: {entry(loss)}"
    elif word == "batches" and one.training.batch_size:
        yield "training.batch_size", str(one.training.batch_size)
    elif word == "length":
        path = "training.steps" if one.training.steps else "training.epochs"
        stop = f", stopped after {one.training.stop_patience} looks without gain" if one.training.stop_patience else ""
        yield path, length(one) + stop
    elif word == "choice":
        yield "training.select", selection(one)
    elif word == "order":
        yield (
            "training.order",
            {"shuffled": "shuffled anew in each pass", "fixed": "as in the file"}[one.training.order],
        )
    elif word == "augment":
        made = [
            text for given in one.inputs.values() if given.augment for text in [", ".join(map(entry, given.augment))]
        ]
        if made:
            yield "augment", "; ".join(made)
    elif word == "weights" and one.weights:
        yield "weights", f"{len(one.weights)} rule{'s' * (len(one.weights) > 1)} of the spec"


def features_table(subject: Subject) -> tuple[Block, ...]:
    """What is made of an item before a model sees it."""
    values: dict[tuple[str, str], list[str]] = {}
    everyone = [one.title or one.name for one in subject.run]
    for one in subject.run:
        for name, said in features(one):
            values.setdefault((name, said), []).append(one.title or one.name)
    if all(said == "none" for _, said in values):
        return ()
    rows = tuple(
        Row((text(name), text(said), text(whose(names, everyone) or "all"))) for (name, said), names in values.items()
    )
    return (Table("What a model sees", ("input", "features, in order", "experiments"), rows, "lll"),)
