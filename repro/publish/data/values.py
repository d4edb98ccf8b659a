"""A look at data as plain values, for programs. Keys stay; new ones may come."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from repro.data.profile.build_profile import DataProfile
from repro.data.profile.division import CountTable, Division
from repro.data.profile.item_names import item_name
from repro.publish.data.sound_section import flagged


def values_of(look: DataProfile) -> dict[str, Any]:
    """Everything that was counted and measured, as dicts, lists, numbers and texts. Rows count from 0."""
    contents, lengths = look.contents, look.contents.lengths
    names = {row: item_name(look.items, row) for rows in flagged(look).values() for row in rows}
    return {
        "dataset": look.dataset.name,
        "args": dict(look.dataset.args),
        "data_sha256": look.items.sha256,
        "items": contents.items,
        "files": contents.files,
        "shape": contents.shape,
        "seconds": None
        if lengths is None
        else {
            "total": lengths.total,
            "shortest": lengths.shortest,
            "median": lengths.median,
            "longest": lengths.longest,
        },
        "rates": [{"hz": rate, "items": n} for rate, n in contents.rates.items()],
        "channels": [{"channels": n, "items": count} for n, count in contents.channels.items()],
        "formats": dict(contents.forms),
        "values": None
        if look.numbers is None
        else {
            "low": look.numbers.low,
            "high": look.numbers.high,
            "mean": look.numbers.mean,
            "std": look.numbers.std,
            "constant": list(look.numbers.constant),
        },
        "skipped": list(look.items.skipped),
        "few_items": [{"label": label, "class": name, "items": n} for label, name, n in look.few],
        "flagged": {kind: [{"row": row, "name": names[row]} for row in rows] for kind, rows in flagged(look).items()},
        "levels": None if look.levels is None else _levels(look),
        "duplicates": [
            {
                "rows": [pair.one, pair.other],
                "names": [item_name(look.items, pair.one), item_name(look.items, pair.other)],
                "equal": pair.equal,
                "correlation": pair.correlation,
                "gain_db": pair.gain_db,
                "shift_seconds": pair.shift,
                "differs": list(pair.differs),
            }
            for pair in look.duplicates
        ],
        "splits": [_division(division) for division in look.divisions],
    }


def _levels(look: DataProfile) -> dict[str, list[Any]]:
    """One number for each item, in their order; linear, full scale being 1; seconds."""
    assert look.levels is not None
    return {
        name: np.asarray(getattr(look.levels, name)).tolist()
        for name in ("peak", "rms", "offset", "clipped", "loudest", "lead", "tail", "seconds")
    }


def _division(division: Division) -> dict[str, Any]:
    return {
        "experiments": list(division.wanted.names),
        "seed": division.wanted.seed,
        "folds": [fold for fold in division.splits if fold is not None],
        "parts": {place: len(rows) for place, rows in division.places.items()},
        "in_no_part": division.unused,
        "classes": {label: _counts(counts) for label, counts in division.classes.items()},
        "numbers": {
            spread.label: {
                place: dict(zip(("items", "least", "mean", "median", "greatest"), statistics, strict=True))
                for place, statistics in spread.places.items()
            }
            for spread in division.numbers
        },
        "groups": [
            {
                "column": groups.column,
                "must_hold": groups.must_hold,
                "counts": _counts(groups.counts),
                "without": groups.without,
                "shared": {parts: list(values) for parts, values in groups.shared.items()},
            }
            for groups in division.groups
        ],
        "gate": {
            check.name: {"state": check.state, "text": check.text, "folds": list(check.folds)}
            for check in division.checks
        },
        "waiver": division.waiver,
    }


def _counts(counts: CountTable) -> Mapping[str, dict[str, int]]:
    return {
        name: {"all": counts.all[at]} | {place: column[at] for place, column in counts.places.items()}
        for at, name in enumerate(counts.names)
    }
