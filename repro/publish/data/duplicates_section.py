"""The section of items that hold the same, and of what differs between them."""

from repro.data.profile.build_profile import DataProfile
from repro.data.profile.duplicates import Duplicate
from repro.data.profile.item_names import item_name
from repro.publish.data.measures import length
from repro.publish.data.section import Line, Section
from repro.results.wording import several


def duplicates_section(look: DataProfile) -> Section:
    """Pairs with both names and what differs."""
    how = "that hold the same sound" if look.twins is not None else "with exactly the same values"
    if not look.duplicates:
        lines = [Line(f"no two items {how}", "ok")]
    else:
        names = tuple(pair_line(look, pair) for pair in look.duplicates)
        lines = [Line(f"{several(len(names), 'pair')} of items {how}", "note", names)]
    if look.twins is not None:
        rest = [(len(look.twins.silent), "silent"), (len(look.twins.short), "too short to compare")]
        reasons = [f"{count:,} {why}" for count, why in rest if count]
        if reasons:
            lines.append(Line(f"not compared: {', '.join(reasons)}"))
        if look.twins.long:
            lines.append(
                Line(f"of {several(len(look.twins.long), 'long recording')} only the first 4 min were compared")
            )
    return Section("Duplicates", tuple(lines))


def pair_line(look: DataProfile, pair: Duplicate) -> str:
    """A pair in a line: both names, where they stand, and what differs."""
    first, other = (f"{item_name(look.items, row)}{_place(look, row)}" for row in (pair.one, pair.other))
    return f"{first} = {other}: {difference(pair)}"


def difference(pair: Duplicate) -> str:
    """What differs between the two, in words.

    >>> difference(Duplicate(0, 1, equal=True))
    'exactly the same'
    >>> difference(Duplicate(0, 1, equal=False, correlation=0.9987, gain_db=-6.02, shift=0.5, differs=("wav and mp3",)))
    'correlation 0.999; the second is 6.0 dB quieter; it starts 0.50 s later in the second; wav and mp3'
    """
    if pair.equal:
        return "exactly the same"
    differences = [f"correlation {pair.correlation:.3f}"]
    if pair.gain_db:
        differences.append(f"the second is {abs(pair.gain_db):.1f} dB {'louder' if pair.gain_db > 0 else 'quieter'}")
    if pair.shift:
        differences.append(
            f"it starts {length(abs(pair.shift))} {'later' if pair.shift > 0 else 'earlier'} in the second"
        )
    return "; ".join([*differences, *pair.differs])


def _place(look: DataProfile, row: int) -> str:
    if len(look.divisions) != 1:
        return ""
    part = look.divisions[0].part_of(row)
    return f" ({part})" if part else " (in no part)"
