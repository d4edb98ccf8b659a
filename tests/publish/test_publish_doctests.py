"""The examples in the docstrings of the data report are true."""

import doctest
from importlib import import_module
from types import ModuleType

import pytest

MODULES = [
    import_module(name)
    for name in (
        "repro.cli.data",
        "repro.data.look.names",
        "repro.publish.data.duplicates_section",
        "repro.publish.data.measures",
    )
]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_examples(module: ModuleType) -> None:
    done = doctest.testmod(module)
    assert done.attempted
    assert not done.failed
