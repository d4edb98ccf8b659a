"""The examples in this room's docstrings are true."""

import doctest
import importlib
import pkgutil

import repro.results


def test_examples_in_docstrings() -> None:
    names = [m.name for m in pkgutil.walk_packages(repro.results.__path__, "repro.results.")]
    tried = 0
    for name in names:
        outcome = doctest.testmod(importlib.import_module(name))
        assert outcome.failed == 0, name
        tried += outcome.attempted
    assert tried >= 15
