"""The examples in all docstrings are true."""

import doctest
import importlib
import pkgutil

import pytest

import repro

ROOMS = sorted(m.name for m in pkgutil.iter_modules(repro.__path__, "repro.") if m.name != "repro.__main__")
OPTIONAL = {"mirdata", "submitit"}  # an extra that may not be installed


@pytest.mark.parametrize("room", ROOMS)
def test_examples_in_docstrings(room: str) -> None:
    package = importlib.import_module(room)
    inner = pkgutil.walk_packages(getattr(package, "__path__", []), f"{room}.")
    for name in [room, *(module.name for module in inner)]:
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name in OPTIONAL:
                continue
            raise
        assert doctest.testmod(module).failed == 0, name


def test_there_are_examples() -> None:
    """The sweep above would pass over a tree without any."""
    from repro.results import wording

    assert doctest.testmod(wording).attempted >= 5
