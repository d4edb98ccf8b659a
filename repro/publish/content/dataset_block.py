"""The data set: what it is, why it was taken, and how many items it has."""

from repro.publish.content.pieces import Block, Bullets, Paragraph, Text, text
from repro.publish.content.subject import Subject
from repro.results.class_names import class_names
from repro.spec.dataset_kinds import DatasetFacts
from repro.spec.experiment import Dataset, Experiment
from repro.spec.read_dataset import facts_of


def dataset(subject: Subject) -> tuple[Block, ...]:
    """One list of facts for each data set of the study."""
    theirs = subject.full.experiments[subject.full.baseline]
    shown: list[Dataset] = []
    blocks: list[Block] = []
    if "dataset" in subject.of_rung:
        blocks.append(Bullets(tuple(_facts(theirs, facts_of(theirs.dataset)))))
        said = f"Run here, at rung {subject.spec.rung}, on OTHER data: {subject.baseline.dataset.why}"
        blocks.append(Paragraph(text(said), "note"))
    for one in subject.run:
        if one.dataset in shown:
            continue
        again = any(one.dataset.name == before.name for before in shown)
        shown.append(one.dataset)
        facts = _facts(one, facts_of(one.dataset))
        blocks.append(Bullets(tuple(facts[:1] if again else facts)))
    return tuple(blocks)


def _facts(one: Experiment, facts: DatasetFacts | None) -> list[Text]:
    given = one.dataset
    words = ", ".join(f"{name} {value}" for name, value in given.args.items())
    said = [text(f"{given.name}{f' ({words})' if words else ''}{f': {facts.summary}' if facts else ''}")]
    items = given.items or (facts.items if facts else 0)
    if items:
        rate = f", sampled at {facts.rate:,.0f} Hz" if facts and facts.rate else ""
        said.append(text(f"{items:,} items{rate}"))
    for name, label in one.labels.items():
        classes = class_names(one) if label.kind == "class" else None
        what = f"{len(classes)} classes ({_some(classes)})" if classes else label.kind
        said.append(text(f"label {name}: {what}"))
    if facts and facts.groups:
        said.append(text(f"items belong together by {', '.join(facts.groups)}"))
    if given.licence:
        said.append(text(f"licence: {given.licence}"))
    return said


def _some(names: tuple[str, ...]) -> str:
    return ", ".join(names) if len(names) <= 12 else f"{', '.join(names[:10])}, … {names[-1]}"
