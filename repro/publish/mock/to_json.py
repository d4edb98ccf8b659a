"""What ``repro mock --json`` prints."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from repro.results.expected_claims import ClaimPower
from repro.results.power import WANTED
from repro.spec.spec import Spec


def to_json(spec: Spec, files: Sequence[Path], notes: Sequence[str], claims: Sequence[ClaimPower]) -> dict[str, Any]:
    """One study as plain values: its figures, what they lack, and each claim's power."""
    return {
        "study": spec.name,
        "expected": True,
        "figures": [str(path) for path in files],
        "not_drawn": list(notes),
        "certainty": WANTED,
        "claims": [_claim(power) for power in claims],
    }


def text(studies: Sequence[dict[str, Any]]) -> str:
    """A list of studies, one after the other."""
    return json.dumps(list(studies), ensure_ascii=False, indent=2) + "\n"


def _claim(power: ClaimPower) -> dict[str, Any]:
    return {
        "claim": power.text,
        "kind": power.claim.kind,
        "metric": power.claim.metric,
        "threshold": power.claim.within if power.claim.kind == "same" else power.claim.by,
        "unit": power.unit,
        "seeds_planned": power.planned,
        "power_planned": _rounded(power.chance),
        "seeds_needed": power.needed,
        "sentence": power.sentence,
        "notes": list(power.notes),
        "steps": [
            {
                "method": step.method,
                "other": step.other,
                "expected_difference": _rounded(step.difference),
                "sd_of_difference": _rounded(step.sd),
                "seeds_planned": step.planned,
                "power_planned": _rounded(step.chance),
                "seeds_needed": step.needed,
                "why": step.why,
            }
            for step in power.steps
        ],
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
