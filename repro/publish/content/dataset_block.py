"""The data set: what it is, why it was taken, and how many items it has."""

from repro.publish.content.document_model import Block, Bullets, Paragraph, Text, text
from repro.publish.content.report_context import ReportContext
from repro.results.class_names import class_names
from repro.spec.dataset_kinds import DatasetFacts
from repro.spec.experiment import Dataset, Experiment
from repro.spec.read_dataset import facts_of


def dataset(subject: ReportContext) -> tuple[Block, ...]:
    """One list of facts for each data set of the study."""
    paper = subject.full.experiments[subject.full.baseline]
    shown: list[Dataset] = []
    blocks: list[Block] = []
    if "dataset" in subject.of_rung:
        blocks.append(Bullets(tuple(_facts(paper, facts_of(paper.dataset)))))
        sentence = f"Run here, at rung {subject.spec.rung}, on OTHER data: {subject.baseline.dataset.why}"
        blocks.append(Paragraph(text(sentence), "note"))
    for experiment in subject.run:
        if experiment.dataset in shown:
            continue
        again = any(experiment.dataset.name == before.name for before in shown)
        shown.append(experiment.dataset)
        facts = _facts(experiment, facts_of(experiment.dataset))
        blocks.append(Bullets(tuple(facts[:1] if again else facts)))
    return tuple(blocks)


def _facts(experiment: Experiment, facts: DatasetFacts | None) -> list[Text]:
    dataset = experiment.dataset
    words = ", ".join(f"{name} {value}" for name, value in dataset.args.items())
    sentences = [text(f"{dataset.name}{f' ({words})' if words else ''}{f': {facts.summary}' if facts else ''}")]
    items = dataset.items or (facts.items if facts else 0)
    if items:
        rate = f", sampled at {facts.rate:,.0f} Hz" if facts and facts.rate else ""
        sentences.append(text(f"{items:,} items{rate}"))
    for name, label in experiment.labels.items():
        classes = class_names(experiment) if label.kind == "class" else None
        what = f"{len(classes)} classes ({_some(classes)})" if classes else label.kind
        sentences.append(text(f"label {name}: {what}"))
    if facts and facts.groups:
        sentences.append(text(f"items belong together by {', '.join(facts.groups)}"))
    if dataset.licence:
        sentences.append(text(f"licence: {dataset.licence}"))
    return sentences


def _some(names: tuple[str, ...]) -> str:
    return ", ".join(names) if len(names) <= 12 else f"{', '.join(names[:10])}, … {names[-1]}"
