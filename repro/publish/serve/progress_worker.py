"""The process that reads how far strangers' runs are; :mod:`repro.publish.sandbox` ends it when it is late."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from repro.publish.grade.visible import visible
from repro.publish.sandbox.job_loop import answer_jobs
from repro.publish.serve.read_progress import read_progress

MOST = 600
"""Characters of one text that are shown."""


def main() -> None:
    """Answer jobs until there are no more."""
    answer_jobs(lambda job: json.dumps(_seen(asdict(read_progress(Path(job["folder"]), job["shown"])))))


def _seen(node: Any) -> Any:
    """Every text made harmless to look at, and none longer than :data:`MOST`."""
    if isinstance(node, str):
        return visible(node, MOST)
    if isinstance(node, dict):
        return {key: _seen(value) for key, value in node.items()}
    return [_seen(child) for child in node] if isinstance(node, list | tuple) else node


if __name__ == "__main__":
    main()
