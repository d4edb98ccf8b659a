"""A verification as JSON, for programs and for ``results/verified.json``."""

import json
from dataclasses import asdict
from math import isfinite

from repro.runs.verify.verification import Verification

SCHEMA = 1


def to_json(verification: Verification) -> str:
    """The text: what was counted first, then every row and every run trained again, by the hashes of their records.

    It says what was found of the records with these hashes and no more: it is no proof to someone else, who would
    verify again.
    """
    content = asdict(verification)
    for name in ("rows", "retrained"):
        content[name] = [_without_nothing(row) for row in content[name]]
    content["environment"] = verification.environment.model_dump(mode="json")
    content["schema"] = SCHEMA
    content["counts"] = {
        "runs": len(verification.rows),
        "checked": verification.checked,
        "in_part": verification.count("in part"),
        "wrong": verification.wrong,
        "not_checked": verification.count("not checked"),
        "failed_runs": verification.count("failed run"),
        "no_record": verification.count("no record"),
        "trained_again": len(verification.retrained),
        **{judged.replace(" ", "_"): n for judged, n in _judged(verification).items()},
    }
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _judged(verification: Verification) -> dict[str, int]:
    names = ("bitwise equal", "inside", "cannot judge")
    return {name: sum(again.judged == name for again in verification.retrained) for name in names}


def _without_nothing(row: dict[str, object]) -> dict[str, object]:
    """The row without empty entries, and without numbers that JSON cannot say."""
    return {name: value for name, value in row.items() if value not in (None, (), "") and not _not_finite(value)}


def _not_finite(value: object) -> bool:
    return isinstance(value, float) and not isfinite(value)
