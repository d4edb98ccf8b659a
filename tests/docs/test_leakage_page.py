"""The page of the leakage gate names every check, with the kinds of leakage that it finds."""

import re
from pathlib import Path

from repro.data.gate.own_data import NOTED
from repro.data.gate.remedies import _WORDS
from repro.data.leakage_kinds import TAXONOMY, kinds_of

PAGE = (Path(__file__).parents[2] / "docs" / "explanation" / "leakage-gate.md").read_text(encoding="utf-8")
OF_OWN_CODE = {"blind-features", "blind-weights", "blind-predictions", "blind-labels", "blind-recall"}


def test_the_table_has_every_check_of_data_with_its_kinds() -> None:
    rows = dict(re.findall(r"^\| `([a-z-]+)` \|([^|]*)\|", PAGE, re.M))
    assert set(rows) == (set(TAXONOMY) | set(NOTED) | set(_WORDS)) - OF_OWN_CODE
    assert {name: tuple(kinds.split()) for name, kinds in rows.items()} == {name: kinds_of(name) for name in rows}


def test_checks_of_own_code_are_named_too() -> None:
    assert all(f"`{name}`" in PAGE for name in OF_OWN_CODE)
