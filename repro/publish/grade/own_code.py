"""Code of their own in a folder, and waivers of the gate: what no reader of records can judge."""

from repro.runs.identity import own_files
from repro.spec.spec import Spec


def own_code(spec: Spec | None, lying_there: list[str]) -> list[str]:
    """A line for the files that the spec names, and one for those that only lie there.

    Args:
        spec: None where it cannot be read; then nobody knows which files it names.
        lying_there: names of the ``.py`` files beside it.

    """
    named = sorted({file for experiment in spec.experiments.values() for file in own_files(experiment)}) if spec else []
    others = [name for name in lying_there if name not in named]
    lines = []
    if named:
        lines.append(f"own code: {', '.join(named)}; not run here, read it")
    if others:
        lines.append(f"Python that the spec does not name: {', '.join(others)}; not run here")
    return lines


def waivers(spec: Spec) -> list[str]:
    """A line for each waiver of the leakage gate, in the student's words."""
    reasons = dict.fromkeys(
        experiment.splits.waiver for experiment in spec.experiments.values() if experiment.splits.waiver
    )
    return [f"waives the leakage gate: {waiver}" for waiver in reasons]
