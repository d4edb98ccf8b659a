"""A verification as JSON, for programs and for ``results/verified.json``."""

import json
from dataclasses import asdict
from math import isfinite

from repro.runs.verify.verification import Verification

SCHEMA = 1


def to_json(found: Verification) -> str:
    """The text: what was counted first, then every row and every run trained again, by the hashes of their records.

    It says what was found of the records with these hashes and no more: it is no proof to someone else, who would
    verify again.
    """
    whole = asdict(found)
    for name in ("rows", "retrained"):
        whole[name] = [_without_nothing(row) for row in whole[name]]
    whole["environment"] = found.environment.model_dump(mode="json")
    whole["schema"] = SCHEMA
    whole["counts"] = {
        "runs": len(found.rows),
        "checked": found.checked,
        "in_part": found.count("in part"),
        "wrong": found.wrong,
        "not_checked": found.count("not checked"),
        "failed_runs": found.count("failed run"),
        "no_record": found.count("no record"),
        "trained_again": len(found.retrained),
        **{judged.replace(" ", "_"): n for judged, n in _judged(found).items()},
    }
    return json.dumps(whole, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _judged(found: Verification) -> dict[str, int]:
    names = ("bitwise equal", "inside", "cannot judge")
    return {name: sum(again.judged == name for again in found.retrained) for name in names}


def _without_nothing(row: dict[str, object]) -> dict[str, object]:
    """The row without empty entries, and without numbers that JSON cannot say."""
    return {name: value for name, value in row.items() if value not in (None, (), "") and not _not_finite(value)}


def _not_finite(value: object) -> bool:
    return isinstance(value, float) and not isfinite(value)
