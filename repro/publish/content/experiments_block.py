"""The experiments: what each is, and in what it differs from the baseline."""

from dataclasses import replace

from repro.publish.content.document_model import Block, Name, Number, Row, Table, Text, text
from repro.publish.content.formatting import entry, features, length
from repro.publish.content.report_context import ReportContext
from repro.results.wording import grouped, listed
from repro.spec.experiment import Experiment
from repro.spec.part import Entry


def experiments(subject: ReportContext) -> tuple[Block, ...]:
    """A row for each, those that are not run with the reason."""
    rows = []
    for name, experiment in subject.spec.experiments.items():
        title = experiment.title or name
        if experiment.not_run is not None:
            rows.append(Row((text(title), text(f"not run: {experiment.not_run}"), (), ())))
            continue
        record = subject.first(name)
        size: Text = ()
        if record is not None and record.parameters is not None:
            size = text(Number(grouped(record.parameters), subject.ids(name)))
        shown = (text(title), text("; ".join(_what(experiment, subject))), size, text(str(len(experiment.seeds))))
        rows.append(Row(shown, kind="baseline" if name == subject.spec.baseline else ""))
    head: tuple[str, ...] = ("experiment", "what it is", "parameters", "seeds")
    shape = "llrr"
    if not any(row.cells[2] for row in rows):
        rows = [replace(row, cells=(*row.cells[:2], *row.cells[3:])) for row in rows]
        head, shape = ("experiment", "what it is", "seeds"), "llr"
    note = text("In bold the baseline, ", Name(subject.spec.baseline), ".")
    return (Table("Experiments", head, tuple(rows), shape, (note,)),)


def _what(experiment: Experiment, subject: ReportContext) -> list[str]:
    """The model, and everything that is not as in the first experiment of its kind: a net, or an estimator."""
    model = experiment.model
    assert model is not None
    kin = [other for other in subject.run if other.model is not None and other.model.is_estimator == model.is_estimator]
    base = next((other for other in kin if other.model == model), kin[0])
    named = [f"model {model.name}"]
    if experiment.name == base.name:
        return named
    differences = [] if base.model == model else named
    ablation = subject.spec.ablations.get(experiment.name)
    if ablation is not None and (parent := subject.spec.experiments[ablation.parent]).model != model:
        base, differences = parent, [f"as {parent.title or parent.name}, {', '.join(ablation.changes) or 'otherwise'}"]
    pairs = (
        ("data", experiment.dataset.name, base.dataset.name),
        ("data with", _args(experiment), _args(base)),
        (
            "optimizer",
            entry(experiment.optimizer) if experiment.optimizer else "",
            entry(base.optimizer) if base.optimizer else "",
        ),
        ("trained for", length(experiment), length(base)),
        ("batches of", str(experiment.training.batch_size or ""), str(base.training.batch_size or "")),
    )
    shown = pairs[:2] if model.is_estimator else pairs  # an estimator has no steps
    differences += [f"{word} {mine}" for word, mine, base_value in shown if mine != base_value and mine]
    differences += _other_features(experiment, base)
    if experiment.splits != base.splits:
        differences.append("other splits")
    return differences or [f"as {base.title or base.name}"]


def _other_features(experiment: Experiment, base: Experiment) -> list[str]:
    """Of inputs with the same features in order, those with other arguments; else all of them."""
    mine, base_entries = _entries(experiment), _entries(base)
    if mine == base_entries:
        return []
    if [e.name for e in mine] == [e.name for e in base_entries]:
        return [entry(e) for e, other in zip(mine, base_entries, strict=True) if e != other]
    return [f"features {'; '.join(steps for _, steps in features(experiment))}"]


def _entries(experiment: Experiment) -> list[Entry]:
    return [
        e
        for feature_lists in experiment.inputs.values()
        for e in (*feature_lists.cached, *feature_lists.augment, *feature_lists.live)
    ]


def _args(experiment: Experiment) -> str:
    args = experiment.dataset.args.items()
    return ", ".join(f"{name} {listed(value) if isinstance(value, tuple | list) else value}" for name, value in args)
