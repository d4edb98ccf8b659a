"""The section that says what there is: items, lengths, rates, forms."""

from repro.data.look.look import Look
from repro.data.look.names import item_name
from repro.publish.data.measures import channels, duration, hertz, number, tally
from repro.publish.data.section import Line, Section, Table
from repro.results.wording import several


def contents_section(look: Look) -> Section:
    """What there is, a row for each thing that can be said of it."""
    contents, items = look.contents, look.items
    files = ""
    if contents.files:
        files = f" in {contents.files:,} files" if contents.files != contents.items else ", each a file"
    rows = [("items", f"{contents.items:,}{files}")]
    if items.clips is None:
        rows.append(("shape of each", contents.shape))
    if lengths := contents.lengths:
        rows.append(("length in all", duration(lengths.total)))
        if lengths.shortest == lengths.longest:
            rows.append(("length of each", duration(lengths.shortest)))
        else:
            rows += [
                ("shortest", f"{duration(lengths.shortest)}  {item_name(items, lengths.shortest_row)}"),
                ("median", duration(lengths.median)),
                ("longest", f"{duration(lengths.longest)}  {item_name(items, lengths.longest_row)}"),
            ]
    for title, counts in (
        ("sample rate", {hertz(rate): n for rate, n in contents.rates.items()}),
        ("channels", {channels(n): count for n, count in contents.channels.items()}),
        ("format", contents.forms),
    ):
        if counts:
            rows.append((title, tally(counts)))
    if values := look.numbers:
        rows.append(("values", f"{number(values.low)} to {number(values.high)}"))
        rows.append(("mean, deviation", f"{number(values.mean)}, {number(values.std)}"))
    return Section("What there is", _left_out(look) + _constant(look), (Table("Contents", ("", ""), tuple(rows), 2),))


def _left_out(look: Look) -> tuple[Line, ...]:
    skipped = look.items.skipped
    if not skipped:
        return ()
    text = f"{several(len(skipped), 'item')} could not be read and {'are' if len(skipped) > 1 else 'is'} left out"
    return (Line(text, "note", skipped),)


def _constant(look: Look) -> tuple[Line, ...]:
    if look.numbers is None or not look.numbers.constant:
        return ()
    names = tuple(item_name(look.items, row) for row in look.numbers.constant)
    return (Line(f"{several(len(names), 'item')} of one value throughout", "note", names),)
