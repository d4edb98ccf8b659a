"""The shipped results are real: every record is worked out again from predictions and the data set's own labels."""

from pathlib import Path

import pytest

from repro.runs.verify.verify import verify
from repro.study import load

PAPERS = Path(__file__).parents[2] / "papers"


@pytest.mark.slow
@pytest.mark.parametrize(("paper", "records"), [("mnist1d", 40), ("lenet5", 35)])
def test_every_shipped_record_is_right(paper: str, records: int) -> None:
    study = load(PAPERS / paper)
    found = verify(study.plan, study.ledger("results"), sample=0, seed=0, own_code=True)
    assert [(row.id, row.wrong, row.unchecked) for row in found.rows if row.state != "ok"] == []
    assert found.checked == records
