"""How the items are divided, with the number in each part."""

from repro.data.part_counts import part_counts
from repro.publish.content.described import amount
from repro.publish.content.pieces import Block, Number, Paragraph, Row, Table, text
from repro.publish.content.subject import Subject
from repro.publish.content.whose import whose
from repro.results.collect import run_id
from repro.results.wording import listed
from repro.spec.experiment import Experiment, Splits, Values

PARTS = ("train", "validation", "test")


def splits(subject: Subject) -> tuple[Block, ...]:
    """How parts are made, and a table of how many items they have, for each way in which the study divides."""
    groups: dict[str, list[Experiment]] = {}
    for one in subject.run:
        groups.setdefault(_how(one.splits), []).append(one)
    blocks: list[Block] = []
    if "splits" in subject.of_rung:
        theirs = _how(subject.full.experiments[subject.full.baseline].splits)
        blocks.append(Paragraph(text(f"{theirs[:1].upper()}{theirs[1:]}.")))
        blocks.append(Paragraph(text(f"Here, at rung {subject.spec.rung}, otherwise:"), "note"))
    for how, members in groups.items():
        only = whose([one.title or one.name for one in members], [one.title or one.name for one in subject.run])
        said = f"{only}: {how}." if only else f"{how}."
        blocks.append(Paragraph(text(said[:1].upper() + said[1:])))
        if members[0].splits.why:
            blocks.append(Paragraph(text(f"Why so: {members[0].splits.why}")))
        counted = _counted(subject, members)
        if counted is not None:
            blocks.append(counted)
        elif _has_shares(members[0].splits) and (known := part_counts(subject.spec, members[0])) and known.parts:
            said = ", ".join(f"{part} {count:,}" for part, count in known.parts.items())
            nearly = "" if known.drawn or not members[0].splits.group else ", as nearly as whole groups allow"
            blocks.append(Paragraph(text(f"Of {known.items:,} items: {said}{nearly}.")))
    return tuple(blocks)


def _has_shares(given: Splits) -> bool:
    """Whether a part is written as a share or as what is left, so that the spec alone does not say its number."""
    return any(isinstance(getattr(given, part), float | str) for part in PARTS)


def _how(given: Splits) -> str:
    if given.folds is not None:
        which = "official folds" if given.source == "official" else "folds"
        held = f"{which}; each is the test part once"
        validation = f", validation is {amount(given.validation)}" if given.validation else ", no validation part"
        held += validation
    elif given.source == "official":
        held = "the data set's own parts"
        if given.validation:
            held += f", {amount(given.validation)} of train held out for validation"
        amounts = [f"{part} {amount(n)}" for part in PARTS if (n := getattr(given, part)) is not None]
        held += f" ({', '.join(amounts)})" if given.train or given.test else ""
    elif any(isinstance(getattr(given, part), Values) for part in PARTS):
        held = ", ".join(f"{part}: {amount(n)}" for part in PARTS if (n := getattr(given, part)) is not None)
    else:
        amounts = [f"{part} {amount(n)}" for part in PARTS if (n := getattr(given, part)) is not None]
        held = f"drawn once by seed {given.seed}: {', '.join(amounts)}"
        if given.stratify:
            held += f", the same mix of {given.stratify} in each"
    if given.group:
        held += f"; items of one {given.group} stay together"
    elif given.group_none:
        held += "; groups are not kept together"
    if given.only:
        held += f"; only fold{'s' * (len(given.only) > 1)} {listed([str(n) for n in given.only])} here"
    return held


def _counted(subject: Subject, members: list[Experiment]) -> Table | None:
    """Items by part (and class, where there are few), from the first record of these experiments."""
    record = next((found for one in members if (found := subject.first(one.name))), None)
    if record is None:
        return None
    behind = (run_id(record),)
    counts = record.gate.get("checks", {}).get("labels", {}).get("counts", {})
    by_label: dict[str, dict[str, int]] = next(iter(counts.values()), {}) if isinstance(counts, dict) else {}
    parts = [part for part in PARTS if part in by_label]
    if not parts:
        return None
    totals = {part: sum(by_label[part].values()) for part in parts}
    classes = list(dict.fromkeys(name for part in parts for name in by_label[part]))
    rows = [
        Row((text("all"), *(text(Number(f"{totals[part]:,}", behind)) for part in parts)), kind="baseline"),
    ]
    if len(classes) <= 12:
        rows += [
            Row((text(name), *(text(Number(f"{by_label[part].get(name, 0):,}", behind)) for part in parts)))
            for name in classes
        ]
    fold = f", fold {record.fold}" if record.fold is not None else ""
    return Table(f"Items in each part{fold}", ("class", *parts), tuple(rows), "l" + "r" * len(parts))
