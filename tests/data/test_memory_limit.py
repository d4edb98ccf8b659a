import pytest

from repro.data import memory_limit
from repro.data.data_error import DataError
from repro.data.memory_limit import memory_limit_bytes


@pytest.mark.parametrize(("free", "limit"), [(2**31, 2**28), (2**40, 2**29)], ids=["a share", "never more"])
def test_the_limit_follows_free_memory_up_to_a_cap(free, limit, monkeypatch):
    monkeypatch.delenv("REPRO_MEMORY_GB", raising=False)
    monkeypatch.setattr(memory_limit, "free_memory_bytes", lambda: free)
    assert memory_limit_bytes() == limit


@pytest.mark.parametrize(("said", "limit"), [("0", 0), ("0.5", 2**29), ("64", 2**36)])
def test_the_variable_is_taken_as_it_is(said, limit, monkeypatch):
    monkeypatch.setenv("REPRO_MEMORY_GB", said)
    assert memory_limit_bytes() == limit


@pytest.mark.parametrize("said", ["", "much", "-1", "nan", "inf"])
def test_what_is_no_number_of_gb_is_refused(said, monkeypatch):
    monkeypatch.setenv("REPRO_MEMORY_GB", said)
    with pytest.raises(DataError, match=f"REPRO_MEMORY_GB is '{said}'; expected a number of GB"):
        memory_limit_bytes()
