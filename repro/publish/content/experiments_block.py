"""The experiments: what each is, and in what it differs from the baseline."""

from repro.publish.content.described import entry, features, length
from repro.publish.content.pieces import Block, Name, Number, Row, Table, text
from repro.publish.content.subject import Subject
from repro.results.wording import grouped
from repro.spec.experiment import Experiment


def experiments(subject: Subject) -> tuple[Block, ...]:
    """A row for each, those that are not run with the reason."""
    rows = []
    for name, one in subject.spec.experiments.items():
        title = one.title or name
        if one.not_run is not None:
            rows.append(Row((text(title), text(f"not run: {one.not_run}"), (), ())))
            continue
        base = name == subject.spec.baseline
        record = subject.first(name)
        size = () if record is None or record.parameters is None else (grouped(record.parameters),)
        rows.append(
            Row(
                (
                    text(title),
                    text("; ".join(_what(one, subject.baseline))),
                    text(Number(size[0], subject.ids(name))) if size else (),
                    text(str(len(one.seeds))),
                ),
                kind="baseline" if base else "",
            )
        )
    head = ("experiment", "what it is", "parameters", "seeds")
    note = text("In bold the baseline, ", Name(subject.spec.baseline), ".")
    return (Table("Experiments", head, tuple(rows), "llrr", (note,)),)


def _what(one: Experiment, base: Experiment) -> list[str]:
    """The model, and everything that is not as in the baseline."""
    model = one.model
    assert model is not None
    said = [f"model {model.name}"]
    if one.name == base.name:
        return said
    if model.name == base.model.name if base.model else False:
        said = []
    pairs = (
        ("data", one.dataset.name, base.dataset.name),
        ("data with", _args(one), _args(base)),
        (
            "features",
            str(features(one)) and "; ".join(t for _, t in features(one)),
            "; ".join(t for _, t in features(base)),
        ),
        ("optimizer", entry(one.optimizer) if one.optimizer else "", entry(base.optimizer) if base.optimizer else ""),
        ("trained for", length(one), length(base)),
        ("batches of", str(one.training.batch_size or ""), str(base.training.batch_size or "")),
    )
    said += [f"{word} {mine}" for word, mine, theirs in pairs if mine != theirs and mine]
    if one.splits != base.splits:
        said.append("other splits")
    return said or ["as the baseline"]


def _args(one: Experiment) -> str:
    return ", ".join(f"{name} {value}" for name, value in one.dataset.args.items())
