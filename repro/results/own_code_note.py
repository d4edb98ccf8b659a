"""What records say of a study's own code, in a line: what was tried, and what nobody can show."""

from collections.abc import Iterable, Sequence

from repro.runs.record import Record
from repro.spec.spec import Spec
from repro.training.leakage_probe.own_parts import own_parts

OWN_CODE = "own code, by the records"
_BLIND = ("blind-features", "blind-weights", "blind-predictions")


def own_code_line(spec: Spec, records: Iterable[Record]) -> str | None:
    """The line under a table; None where no finished run has own code.

    It tells what the records say. A test label out of reach of own code, or a net that falls on test items alone, is
    shown by the run itself; that a data set or a feature of own code does not write the label into the input is not.
    """
    own = [r for r in records if r.state == "done" and r.experiment in spec.experiments and _has_code(spec, r)]
    if not own:
        return None
    parts = [r for r in own if own_parts(spec.experiments[r.experiment])]
    sentences = []
    if parts:
        sentences = [
            _tried(parts, ("blind-labels",), "test labels out of its reach", "test labels within its reach"),
            _tried(parts, _BLIND, "blindness tried", "blindness not tried"),
            _tried(parts, ("blind-recall",), "memory of test items tried", "memory of test items not tried"),
        ]
    if any(_makes_inputs(spec, r) for r in own):
        sentences.append("it makes inputs, and nobody can show that these do not carry the label")
    return f"{OWN_CODE}: {'; '.join(sentences)}"


def _has_code(spec: Spec, record: Record) -> bool:
    experiment = spec.experiments[record.experiment]
    return experiment.dataset.is_code or bool(own_parts(experiment))


def _makes_inputs(spec: Spec, record: Record) -> bool:
    experiment = spec.experiments[record.experiment]
    return experiment.dataset.is_code or "feature" in own_parts(experiment)


def _tried(records: Sequence[Record], checks: Sequence[str], all_of: str, none_of: str) -> str:
    """What holds for all records, for none, or for some of them; a check that could not be made does not count."""
    count = sum(all(_state(record, check) == "ok" for check in checks) for record in records)
    if count == len(records):
        return all_of
    return f"{all_of} in {count} of {len(records)} runs" if count else none_of


def _state(record: Record, check: str) -> str | None:
    finding = record.gate.get("checks", {}).get(check, {})
    state = finding.get("state") if isinstance(finding, dict) else None
    return state if isinstance(state, str) else None
