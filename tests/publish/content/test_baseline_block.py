"""The table of all experiments against the baseline."""

import pytest

from repro.publish.content.baseline_block import baseline
from repro.publish.content.document_model import Table
from repro.publish.content.report_context import ReportContext


@pytest.mark.parametrize(("kind", "last"), [("paper", "paper says"), ("proposal", "expected")])
def test_a_proposal_has_no_paper_that_says_a_number(subject: ReportContext, kind: str, last: str) -> None:
    one = ReportContext(subject.spec.model_copy(update={"kind": kind}), subject.plan, subject.ledger)
    (table,) = [block for block in baseline(one) if isinstance(block, Table)]
    assert table.head[-1] == last
