"""Hands the hand-made studies and the second implementation of the verdict to the tests."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


def _beside(name: str) -> ModuleType:
    place = importlib.util.spec_from_file_location(f"results_{name}", Path(__file__).with_name(f"{name}.py"))
    assert place is not None
    assert place.loader is not None
    module = importlib.util.module_from_spec(place)
    place.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def made() -> ModuleType:
    return _beside("made")


@pytest.fixture(scope="session")
def oracle() -> ModuleType:
    return _beside("oracle")


@pytest.fixture(scope="session")
def folded() -> ModuleType:
    return _beside("fold_study")
