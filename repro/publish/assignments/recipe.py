"""Whether a study's recipe is its author's, or still the one that ``repro new`` writes."""

import json
from functools import cache
from importlib.resources import files
from pathlib import Path

from repro.runs.identity import resolved
from repro.spec.load import read_spec
from repro.spec.spec import Spec


def is_as_started(spec: Spec) -> bool:
    """Whether every experiment is one of those in the spec that ``repro new`` writes for this kind of study."""
    started = _started(spec.kind)
    return set(spec.experiments) <= set(started) and all(
        _text(spec, name) == text for name, text in started.items() if name in spec.experiments
    )


@cache
def _started(kind: str) -> dict[str, str]:
    name = f"{kind}.yaml"
    spec = read_spec((files("repro.spec") / "templates" / name).read_text(encoding="utf-8"), Path(name))
    return {name: _text(spec, name) for name in spec.experiments}


def _text(spec: Spec, name: str) -> str:
    resolved_spec = resolved(spec.experiments[name])
    resolved_spec["dataset"] = {key: value for key, value in resolved_spec["dataset"].items() if key != "why"}
    return json.dumps(resolved_spec, sort_keys=True)
