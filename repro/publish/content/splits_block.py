"""How the items are divided, with the number in each part."""

from repro.data.part_counts import part_counts
from repro.publish.content.document_model import Block, Number, Paragraph, Row, Table, text
from repro.publish.content.formatting import amount
from repro.publish.content.report_context import ReportContext
from repro.publish.content.scope_label import scope_label
from repro.results.collect import run_id
from repro.results.wording import listed
from repro.spec.experiment import Experiment, Splits, Values

PARTS = ("train", "validation", "test")


def splits(subject: ReportContext) -> tuple[Block, ...]:
    """How parts are made, and a table of how many items they have, for each way in which the study divides."""
    groups: dict[str, list[Experiment]] = {}
    for experiment in subject.run:
        groups.setdefault(_how(experiment.splits), []).append(experiment)
    blocks: list[Block] = []
    if "splits" in subject.of_rung:
        paper = _how(subject.full.experiments[subject.full.baseline].splits)
        blocks.append(Paragraph(text(f"{paper[:1].upper()}{paper[1:]}.")))
        blocks.append(Paragraph(text(f"Here, at rung {subject.spec.rung}, otherwise:"), "note"))
    for how, members in groups.items():
        only = scope_label(
            [experiment.title or experiment.name for experiment in members],
            [experiment.title or experiment.name for experiment in subject.run],
        )
        sentence = f"{only}: {how}." if only else f"{how}."
        blocks.append(Paragraph(text(sentence[:1].upper() + sentence[1:])))
        if members[0].splits.why:
            blocks.append(Paragraph(text(f"Why so: {members[0].splits.why}")))
        counted = _counted(subject, members)
        if counted is not None:
            blocks.append(counted)
        elif _has_shares(members[0].splits) and (known := part_counts(subject.spec, members[0])) and known.parts:
            sentence = ", ".join(f"{part} {count:,}" for part, count in known.parts.items())
            nearly = "" if known.drawn or not members[0].splits.group else ", as nearly as whole groups allow"
            blocks.append(Paragraph(text(f"Of {known.items:,} items: {sentence}{nearly}.")))
    return tuple(blocks)


def _has_shares(splits: Splits) -> bool:
    """Whether a part is written as a share or as what is left, so that the spec alone does not say its number."""
    return any(isinstance(getattr(splits, part), float | str) for part in PARTS)


def _how(splits: Splits) -> str:
    if splits.folds is not None:
        which = "official folds" if splits.source == "official" else "folds"
        held = f"{which}; each is the test part once"
        validation = f", validation is {amount(splits.validation)}" if splits.validation else ", no validation part"
        held += validation
    elif splits.source == "official":
        held = "the data set's own parts"
        if splits.validation:
            held += f", {amount(splits.validation)} of train held out for validation"
        amounts = [f"{part} {amount(n)}" for part in PARTS if (n := getattr(splits, part)) is not None]
        held += f" ({', '.join(amounts)})" if splits.train or splits.test else ""
    elif any(isinstance(getattr(splits, part), Values) for part in PARTS):
        held = ", ".join(f"{part}: {amount(n)}" for part in PARTS if (n := getattr(splits, part)) is not None)
    else:
        amounts = [f"{part} {amount(n)}" for part in PARTS if (n := getattr(splits, part)) is not None]
        held = f"drawn once by seed {splits.seed}: {', '.join(amounts)}"
        if splits.stratify:
            held += f", the same mix of {splits.stratify} in each"
    if splits.group:
        held += f"; items of one {splits.group} stay together"
    elif splits.group_none:
        held += "; groups are not kept together"
    if splits.only:
        held += f"; only fold{'s' * (len(splits.only) > 1)} {listed([str(n) for n in splits.only])} here"
    return held


def _counted(subject: ReportContext, members: list[Experiment]) -> Table | None:
    """Items by part (and class, where there are few), from the first record of these experiments."""
    record = next((first for experiment in members if (first := subject.first(experiment.name))), None)
    if record is None:
        return None
    sources = (run_id(record),)
    counts = record.gate.get("checks", {}).get("labels", {}).get("counts", {})
    by_label: dict[str, dict[str, int]] = next(iter(counts.values()), {}) if isinstance(counts, dict) else {}
    parts = [part for part in PARTS if part in by_label]
    if not parts:
        return None
    totals = {part: sum(by_label[part].values()) for part in parts}
    classes = list(dict.fromkeys(name for part in parts for name in by_label[part]))
    rows = [
        Row((text("all"), *(text(Number(f"{totals[part]:,}", sources)) for part in parts)), kind="baseline"),
    ]
    if len(classes) <= 12:
        rows += [
            Row((text(name), *(text(Number(f"{by_label[part].get(name, 0):,}", sources)) for part in parts)))
            for name in classes
        ]
    fold = f", fold {record.fold}" if record.fold is not None else ""
    return Table(f"Items in each part{fold}", ("class", *parts), tuple(rows), "l" + "r" * len(parts))
