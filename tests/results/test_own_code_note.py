"""The line on own code: what the records say was tried, and what cannot be shown."""

from typing import Any

import pytest

from repro.results.own_code_note import OWN_CODE
from repro.spec.experiment import Dataset, Input
from repro.spec.part import Entry
from tests.results import made

OK = {"state": "ok", "text": "fine"}
TRIED = dict.fromkeys(("blind-features", "blind-weights", "blind-predictions"), OK)
APART = {"blind-labels": OK, "blind-recall": OK}
OWN_LOSS = {"losses": {"digit": Entry(name="model.py:Mine")}}


def line(changes: dict[str, Any], *checks: dict[str, Any]) -> str | None:
    """The line of a study with one run for each gate."""
    spec = made.spec([made.experiment("cnn", **changes)])
    records = [made.record("cnn", seed, 90.0, gate={"checks": each}) for seed, each in enumerate(checks)]
    own = [note for note in made.collected(spec, records).footnotes if note.startswith(OWN_CODE)]
    return own[0] if own else None


def test_a_study_without_own_code_has_no_line() -> None:
    assert line({}, APART) is None


@pytest.mark.parametrize(
    ("checks", "said"),
    [
        ([TRIED | APART] * 2, "test labels out of its reach; blindness tried; memory of test items tried"),
        ([TRIED] * 2, "test labels within its reach; blindness tried; memory of test items not tried"),
        ([TRIED | APART, TRIED], "test labels out of its reach in 1 of 2 runs; blindness tried; memory of test items"),
        ([APART, APART], "test labels out of its reach; blindness not tried; memory of test items tried"),
        ([TRIED | {"blind-weights": {"state": "found", "text": "could not be tried"}}], "blindness not tried"),
        (
            [{"blind-labels": {"state": 3, "text": ""}, "blind-weights": {}}],
            "test labels within its reach; blindness not tried",
        ),
    ],
)
def test_it_says_what_the_records_say(checks: list[dict[str, Any]], said: str) -> None:
    found = line(OWN_LOSS, *checks)
    assert found is not None
    assert said in found
    assert "carry the label" not in found


@pytest.mark.parametrize(
    "changes",
    [
        {"dataset": Dataset(name="data.py:Notes")},
        {"inputs": {"input": Input(name="input", cached=(Entry(name="x.py:Mine"),))}},
    ],
)
def test_inputs_that_own_code_makes_may_carry_the_label(changes: dict[str, Any]) -> None:
    found = line(changes, TRIED | APART)
    assert found is not None
    assert "nobody can show that these do not carry the label" in found
