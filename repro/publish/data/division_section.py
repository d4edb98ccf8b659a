"""The section of one way of dividing: classes and groups by part, and the leakage gate."""

from repro.data.gate.own_data import FEW
from repro.data.gate.shared_groups import NO_COLUMN
from repro.data.profile.build_profile import DataProfile
from repro.data.profile.division import CheckSummary, CountTable, Division, GroupSummary, NumberSummary
from repro.publish.data.measures import number
from repro.publish.data.section import Line, Mark, Section, Table
from repro.results.wording import listed, several

MOST_FOLDS = 10
"""With more folds than this the table has the least and the most of all folds, and no column for each."""

STATES: dict[str, Mark] = {"ok": "ok", "found": "note", "failed": "bad"}


def division_section(look: DataProfile, division: Division, *, alone: bool) -> Section:
    """How items are divided. ``alone``: no other experiment divides them otherwise, so none has to be named."""
    whose = "" if alone else f" of {listed(division.wanted.names)}"
    tables = [_class_table(label, counts, division) for label, counts in division.classes.items()]
    tables += [_number_table(spread) for spread in division.numbers]
    lines = [Line(_how(division))]
    if division.unused:
        lines.append(Line(f"{several(division.unused, 'item')} in no part", "note"))
    lines += [_few(label, counts) for label, counts in division.classes.items() if min(counts.all) < FEW]
    lines += [line for groups in division.groups for line in _group_lines(groups)]
    return Section(f"Classes, groups and parts{whose}", tuple(lines), tuple(tables))


def gate_section(division: Division, *, alone: bool) -> Section:
    """What the leakage gate says; ``alone`` as above."""
    whose = "" if alone else f" of {listed(division.wanted.names)}"
    lines = [line for check in division.checks if check.name != "few-items" for line in _check_lines(check, division)]
    if division.failed:
        waived = f"waived in the spec: {division.waiver}; the verdict will be INVALID" if division.waiver else ""
        lines.append(Line(waived or "repro run stops here with exit code 1 until this is mended", "bad"))
    return Section(f"Leakage gate{whose}", tuple(lines))


def _check_lines(check: CheckSummary, division: Division) -> list[Line]:
    """What a check says, and how it is mended."""
    mark = "" if check.text == NO_COLUMN else STATES[check.state]  # nothing was there to be looked at
    lines = [Line(f"{check.name}: {check.text}{_of_folds(check.folds, division)}", mark)]
    return lines + ([Line(f"to mend it: {check.mend}")] if check.mend else [])


def _how(division: Division) -> str:
    """How the items were divided, in a sentence."""
    how = next(iter(division.splits.values())).how
    sentences = {
        "official": "the data set's own parts",
        "all": "parts drawn from all items",
        "folds: official": "the data set's own folds",
        "folds: count": "folds drawn from all items",
        "folds: each": "each group left out in turn",
        "folds: lists": "folds listed in the spec",
    }.get(str(how["from"]), str(how["from"]))
    sentences += f", no {how['group']} in two parts" if how.get("group") else ""
    sentences += f", in the shares of {how['stratify']}" if how.get("stratify") and "all" in str(how["from"]) else ""
    split_seed = division.wanted.experiment.splits.seed
    anew = split_seed == "run"
    drawn = how["from"] in ("all", "folds: count") or isinstance(how.get("validation"), float)
    sentences += f", seed {how['seed']}" if drawn and not anew else ""
    sentences += f"; drawn anew for each seed, shown is seed {how['seed']}" if anew else ""
    if division.has_folds:
        sentences += f"; {several(len(division.splits), 'fold')}, each the test part of a run of its own"
    return f"Divided by: {sentences}."


def _class_table(label: str, counts: CountTable, division: Division) -> Table:
    places = counts.places
    heads, columns = list(places), [list(column) for column in places.values()]
    what = "part"
    if division.has_folds:
        what = "test part of each fold"
        if len(places) > MOST_FOLDS:
            what = f"test part, over {len(places)} folds"
            heads = ["fewest in a fold", "most in a fold"]
            columns = [[pick(some) for some in zip(*places.values(), strict=True)] for pick in (min, max)]
    rows = [
        (name or "(empty)", f"{in_all:,}", *(f"{column[at]:,}" for column in columns))
        for at, (name, in_all) in enumerate(zip(counts.names, counts.all, strict=True))
    ]
    sums = [sum(column) for column in columns] if len(places) <= MOST_FOLDS or not division.has_folds else []
    total = ("all", f"{sum(counts.all):,}", *(f"{n:,}" for n in sums), *("" for _ in columns[len(sums) :]))
    return Table(f"Items of each {label}, by {what}", (label, "all", *heads), (*rows, total))


def _number_table(spread: NumberSummary) -> Table:
    rows = tuple((place, f"{values[0]:,}", *(number(v) for v in values[1:])) for place, values in spread.places.items())
    return Table(f"{spread.label} in each part", ("part", "items", "least", "mean", "median", "greatest"), rows)


def _few(label: str, counts: CountTable) -> Line:
    names = tuple(f"{n or '(empty)'}: {c}" for n, c in zip(counts.names, counts.all, strict=True) if c < FEW)
    text = f"1 {label}" if len(names) == 1 else f"{len(names)} values of {label}"
    return Line(f"{text} with fewer than {FEW} items, too few for train, validation and test", "note", names)


def _group_lines(groups: GroupSummary) -> list[Line]:
    many = len(groups.counts.names)
    biggest = ", ".join(f"{name} {count:,}" for name, count in groups.biggest)
    text = f"{groups.column}: {many:,} different, the biggest {biggest}"
    text += f"; {several(groups.without, 'item')} without one" if groups.without else ""
    lines = [Line(text)]
    for parts, values in groups.shared.items():
        mark: Mark = "bad" if groups.must_hold else "note"
        where = f"{several(len(values), groups.column)} in both {listed(parts.split(', '))}"
        lines.append(Line(where, mark, values))
    return lines


def _of_folds(folds: tuple[int, ...], division: Division) -> str:
    if not folds or len(folds) == len(division.splits):
        return ""
    return f" (fold{'s' * (len(folds) > 1)} {listed(folds)})"
