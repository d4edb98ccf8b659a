"""The section that says what there is: items, lengths, rates, forms."""

import numpy as np

from repro.data.profile.build_profile import DataProfile
from repro.data.profile.item_names import item_name
from repro.publish.data.measures import channels, hertz, length, number, tally
from repro.publish.data.section import Line, Section, Table
from repro.results.wording import several


def contents_section(look: DataProfile) -> Section:
    """What there is, a row for each thing that can be said of it."""
    contents, items = look.contents, look.items
    files = ""
    if contents.files:
        files = f" in {contents.files:,} files" if contents.files != contents.items else ", each a file"
    rows = [("items", f"{contents.items:,}{files}")]
    if items.clips is None:
        rows.append(("shape of each", contents.shape))
    if lengths := contents.lengths:
        rows.append(("length in all", length(lengths.total)))
        if lengths.shortest == lengths.longest:
            rows.append(("length of each", length(lengths.shortest)))
        else:
            rows += [
                ("shortest", f"{length(lengths.shortest)}  {item_name(items, lengths.shortest_row)}"),
                ("median", length(lengths.median)),
                ("longest", f"{length(lengths.longest)}  {item_name(items, lengths.longest_row)}"),
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
    lines = _left_out(look) + _constant(look) + _to_one_form(look)
    return Section("What there is", lines, (Table("Contents", ("", ""), tuple(rows), 2),))


def _left_out(look: DataProfile) -> tuple[Line, ...]:
    skipped = look.items.skipped
    if not skipped:
        return ()
    text = f"{several(len(skipped), 'item')} could not be read and {'are' if len(skipped) > 1 else 'is'} left out"
    return (Line(text, "note", skipped),)


def _to_one_form(look: DataProfile) -> tuple[Line, ...]:
    """What features have to begin with where recordings differ and the spec has no features yet."""
    clips = look.items.clips
    experiments = [division.wanted.experiment for division in look.divisions]
    if clips is None or any(
        feature_lists.cached for experiment in experiments for feature_lists in experiment.inputs.values()
    ):
        return ()
    needed = ["ToMono"] if len(look.contents.channels) > 1 else []
    needed += ["Resample: {new_freq: 16000}"] if len(look.contents.rates) > 1 else []
    needed += ["PadOrCrop: {seconds: 1.0}"] if len(np.unique(clips.frames)) > 1 else []
    if not needed:
        return ()
    text = (
        f"the recordings differ, and a model needs them in one form; write for example: features: [{', '.join(needed)}]"
    )
    return (Line(text, "note"),)


def _constant(look: DataProfile) -> tuple[Line, ...]:
    if look.numbers is None or not look.numbers.constant:
        return ()
    names = tuple(item_name(look.items, row) for row in look.numbers.constant)
    return (Line(f"{several(len(names), 'item')} of one value throughout", "note", names),)
