"""All sections of a report on one data set, and what is to be said of it in one line."""

from repro.data.profile.build_profile import DataProfile
from repro.publish.data.contents_section import contents_section
from repro.publish.data.division_section import division_section, gate_section
from repro.publish.data.duplicates_section import duplicates_section
from repro.publish.data.measures import length
from repro.publish.data.section import Line, Section
from repro.publish.data.sound_section import KINDS, flagged, sound_section
from repro.results.wording import listed, several
from repro.spec.own_folder import CLASS, is_folder


def sections_of(look: DataProfile) -> tuple[Section, ...]:
    """The sections with something in them, in the order in which one reads them."""
    alone = len(look.divisions) == 1
    sections = [
        contents_section(look),
        *(division_section(look, division, alone=alone) for division in look.divisions),
        sound_section(look),
        duplicates_section(look),
        *(gate_section(division, alone=alone) for division in look.divisions),
    ]
    return tuple(section for section in sections if not section.is_empty)


def heading(look: DataProfile) -> str:
    """A data set's name, with the arguments that it has in the spec."""
    if is_folder(look.dataset.name):
        return look.dataset.name
    args = ", ".join(f"{key}: {_word(value)}" for key, value in look.dataset.args.items())
    return look.dataset.name + (f" ({args})" if args else "")


def _of(label: str) -> str:
    return "" if label == CLASS else f" of {label}"


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def in_short(look: DataProfile) -> tuple[Line, Line]:
    """Two lines: what it is, and what is to be looked at."""
    contents = look.contents
    facts = [several(contents.items, "item").replace(str(contents.items), f"{contents.items:,}")]
    if contents.lengths:
        facts.append(length(contents.lengths.total))
    classes = {label: len(c.names) for division in look.divisions for label, c in division.classes.items()}
    facts += [f"{several(n, 'class') if n == 1 else f'{n} classes'}{_of(label)}" for label, n in classes.items()]
    groups = {group.column: len(group.counts.names) for division in look.divisions for group in division.groups}
    facts += [f"{count:,} {column}s" if count != 1 else f"1 {column}" for column, count in groups.items()]
    return Line(", ".join(facts)), to_look_at(look)


def to_look_at(look: DataProfile) -> Line:
    """What asks for a second look, in a line."""
    failed = {check.name: None for division in look.divisions for check in division.failed}
    remarks = [f"the leakage gate fails ({', '.join(failed)})"] if failed else []
    if look.items.skipped:
        remarks.append(f"{len(look.items.skipped):,} left out")
    remarks += [f"{len(rows):,} {KINDS[kind][0]}" for kind, rows in flagged(look).items() if rows]
    if look.duplicates:
        remarks.append(several(len(look.duplicates), "pair") + " of duplicates")
    if look.few:
        remarks.append(f"{'1 class' if len(look.few) == 1 else f'{len(look.few)} classes'} of hardly any items")
    if look.numbers is not None and look.numbers.constant:
        remarks.append(f"{len(look.numbers.constant):,} of one value throughout")
    noted = [check.name for division in look.divisions for check in division.checks if check.state == "found"]
    if noted := [name for name in dict.fromkeys(noted) if name != "few-items"]:
        remarks.append(f"what the leakage gate notes ({', '.join(noted)})")
    if not remarks:
        return Line("nothing stands out", "ok")
    return Line(f"to look at: {listed(remarks)}", "bad" if failed else "note")
