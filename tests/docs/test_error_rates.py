"""The simulated error rates on the page of the verdict: a small sample says the same."""

import importlib.util
import math
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
DRAWS = 400


@pytest.fixture(scope="module")
def rates() -> ModuleType:
    place = importlib.util.spec_from_file_location("error_rates", ROOT / "benchmarks" / "error_rates.py")
    assert place is not None
    assert place.loader is not None
    module = importlib.util.module_from_spec(place)
    sys.modules["error_rates"] = module
    place.loader.exec_module(module)
    return module


def test_the_tables_of_the_page_are_those_of_the_simulation(rates: ModuleType) -> None:
    text = (ROOT / "docs" / "explanation" / "verdict.md").read_text(encoding="utf-8")
    written = text.partition(rates.BEGIN)[2].partition(rates.END)[0]
    found = re.findall(r"^\| ([^|]+) \| (.* %) \|$", written, re.M)
    on_page = [(name, [float(cell.rstrip(" %")) / 100 for cell in cells.split(" | ")]) for name, cells in found]
    drawn = [row for table in rates.tables(DRAWS) for row in table.rows]
    assert [name for name, _ in on_page] == [name for name, _ in drawn]
    for (name, shares), (_, sample) in zip(on_page, drawn, strict=True):
        assert len(shares) == len(sample), name
        for share, one in zip(shares, sample, strict=True):
            assert one == pytest.approx(share, abs=4 * math.sqrt(max(share * (1 - share), 0.01) / DRAWS)), name
