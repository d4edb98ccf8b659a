"""All checks of the leakage gate, in the order in which they are shown."""

from collections.abc import Mapping, Sequence
from typing import Any

from repro.data.gate.channels_cancel import channels_cancel
from repro.data.gate.class_counts import labels
from repro.data.gate.duplicate_audio import duplicate_audio
from repro.data.gate.exact_duplicates import duplicates
from repro.data.gate.fitted_on_all import fitted_on_all
from repro.data.gate.fitted_on_train import fitted_on_train
from repro.data.gate.fold_reuse import fold_reuse
from repro.data.gate.other_columns import other_columns
from repro.data.gate.own_data import own_data_checks
from repro.data.gate.remedies import remedy
from repro.data.gate.same_file import same_file
from repro.data.gate.shared_groups import shared_groups
from repro.data.gate.shared_items import shared_items
from repro.data.gate.time_order import time_order
from repro.data.gate.validation_is_test import validation_is_test
from repro.data.items import Items
from repro.data.leakage_kinds import kinds_of
from repro.data.near_duplicates.cached import cached_near_duplicates
from repro.data.near_duplicates.find import NearDuplicates, is_audio
from repro.data.splits import Split


def check(
    items: Items,
    split: Split,
    columns: Mapping[str, str],
    fitted: Sequence[str] = (),
    groups: Mapping[str, bool] | None = None,
    *,
    others: Sequence[str] = (),
    answered: bool = False,
    sounds: bool = True,
    twins: NearDuplicates | None = None,
) -> dict[str, Any]:
    """All checks: ``{"checks": {id: {"state": "ok" | "found" | "failed", "text": ..., "kinds": [...]}}}``.

    ``found`` is shown and stops nothing; ``failed`` makes the run invalid. ``kinds`` are those of leakage that the
    check can find (:mod:`repro.data.leakage_kinds`), left out where there are none; ``mend`` says what can be done
    (:mod:`repro.data.gate.remedies`), where something can.

    Args:
        items: the data set.
        split: what was drawn.
        columns: class label to its column.
        fitted: names of the features that learn from data.
        groups: columns that tie items together, each with whether it is a failure when two parts share a value.
        others: columns that may tie items together, though nobody has said so.
        answered: whether the spec says what ties items together.
        sounds: whether recordings are compared by what is heard, the one check that takes more than a moment.
        twins: of the items, where they are at hand.

    """
    listened = sounds and is_audio(items)
    if listened and twins is None:
        twins = cached_near_duplicates(items)
    checks = {
        "shared-items": shared_items(split),
        "duplicates": duplicates(items, split, columns, () if twins is None else twins.silent),
        "labels": labels(items, split, columns),
        "fitted": fitted_on_train(split, fitted),
        "fitted-on-all": fitted_on_all(items, split),
    }
    if groups or items.clips is not None:
        checks["shared-groups"] = shared_groups(items, split, groups or {})
    if "validation" in split.parts:
        checks["validation-is-test"] = validation_is_test(split)
    if listened:
        checks["duplicate-audio"] = duplicate_audio(items, split, twins, columns)
    optional_checks = {
        "channels-cancel": channels_cancel(items, split, twins) if twins is not None else None,
        "other-columns": other_columns(items, split, others, answered=answered),
        "fold-reuse": fold_reuse(items, split),
        "same-file": same_file(items, split),
        "time-order": time_order(items, split),
    }
    for name, result in optional_checks.items():
        if result is not None:
            checks[name] = result
    checks |= own_data_checks(items, columns, groups or {})
    return {"checks": {name: _finished(name, result, items, split) for name, result in checks.items()}}


def failures(gate: Mapping[str, Any]) -> list[str]:
    """Texts of the checks that failed."""
    return [c["text"] for c in gate["checks"].values() if c["state"] == "failed"]


def mending(gate: Mapping[str, Any]) -> list[str]:
    """How each check that failed can be mended, a line for each."""
    failed = {name: result for name, result in gate["checks"].items() if result["state"] == "failed"}
    return [f"to mend {name}: {result['mend']}" for name, result in failed.items() if result.get("mend")]


def _finished(name: str, result: dict[str, Any], items: Items, split: Split) -> dict[str, Any]:
    """A check's result with the kinds of leakage that it finds and how it is mended; pairs were for this alone."""
    how, kinds = remedy(name, result, items, split), kinds_of(name)
    entry = {key: value for key, value in result.items() if key not in ("pairs", "rows")}
    return entry | ({"mend": how} if how else {}) | ({"kinds": list(kinds)} if kinds else {})
