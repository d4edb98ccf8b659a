"""The experiments: what each is, and in what it differs from the baseline."""

from dataclasses import replace

from repro.publish.content.described import entry, features, length
from repro.publish.content.pieces import Block, Name, Number, Row, Table, Text, text
from repro.publish.content.subject import Subject
from repro.results.wording import grouped, listed
from repro.spec.experiment import Experiment
from repro.spec.part import Entry


def experiments(subject: Subject) -> tuple[Block, ...]:
    """A row for each, those that are not run with the reason."""
    rows = []
    for name, one in subject.spec.experiments.items():
        title = one.title or name
        if one.not_run is not None:
            rows.append(Row((text(title), text(f"not run: {one.not_run}"), (), ())))
            continue
        record = subject.first(name)
        size: Text = ()
        if record is not None and record.parameters is not None:
            size = text(Number(grouped(record.parameters), subject.ids(name)))
        shown = (text(title), text("; ".join(_what(one, subject))), size, text(str(len(one.seeds))))
        rows.append(Row(shown, kind="baseline" if name == subject.spec.baseline else ""))
    head: tuple[str, ...] = ("experiment", "what it is", "parameters", "seeds")
    shape = "llrr"
    if not any(row.cells[2] for row in rows):
        rows = [replace(row, cells=(*row.cells[:2], *row.cells[3:])) for row in rows]
        head, shape = ("experiment", "what it is", "seeds"), "llr"
    note = text("In bold the baseline, ", Name(subject.spec.baseline), ".")
    return (Table("Experiments", head, tuple(rows), shape, (note,)),)


def _what(one: Experiment, subject: Subject) -> list[str]:
    """The model, and everything that is not as in the first experiment of its kind: a net, or an estimator."""
    model = one.model
    assert model is not None
    kin = [other for other in subject.run if other.model is not None and other.model.is_estimator == model.is_estimator]
    base = next((other for other in kin if other.model == model), kin[0])
    named = [f"model {model.name}"]
    if one.name == base.name:
        return named
    said = [] if base.model == model else named
    ablation = subject.spec.ablations.get(one.name)
    if ablation is not None and (parent := subject.spec.experiments[ablation.parent]).model != model:
        base, said = parent, [f"as {parent.title or parent.name}, {', '.join(ablation.changes) or 'otherwise'}"]
    pairs = (
        ("data", one.dataset.name, base.dataset.name),
        ("data with", _args(one), _args(base)),
        ("optimizer", entry(one.optimizer) if one.optimizer else "", entry(base.optimizer) if base.optimizer else ""),
        ("trained for", length(one), length(base)),
        ("batches of", str(one.training.batch_size or ""), str(base.training.batch_size or "")),
    )
    shown = pairs[:2] if model.is_estimator else pairs  # an estimator has no steps
    said += [f"{word} {mine}" for word, mine, theirs in shown if mine != theirs and mine]
    said += _other_features(one, base)
    if one.splits != base.splits:
        said.append("other splits")
    return said or [f"as {base.title or base.name}"]


def _other_features(one: Experiment, base: Experiment) -> list[str]:
    """Of inputs with the same features in order, those with other arguments; else all of them."""
    mine, theirs = _entries(one), _entries(base)
    if mine == theirs:
        return []
    if [e.name for e in mine] == [e.name for e in theirs]:
        return [entry(e) for e, other in zip(mine, theirs, strict=True) if e != other]
    return [f"features {'; '.join(said for _, said in features(one))}"]


def _entries(one: Experiment) -> list[Entry]:
    return [e for given in one.inputs.values() for e in (*given.cached, *given.augment, *given.live)]


def _args(one: Experiment) -> str:
    args = one.dataset.args.items()
    return ", ".join(f"{name} {listed(value) if isinstance(value, tuple | list) else value}" for name, value in args)
