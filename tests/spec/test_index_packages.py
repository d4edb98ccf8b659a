"""The index against the installed libraries, and the table of our own classes against those that are built."""

import importlib
import inspect
import subprocess
import sys
import typing
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from repro.spec.builtin_components import OURS
from repro.spec.class_facts import ClassFacts
from repro.spec.index import NAMESPACES, index

ROOT = Path(__file__).parents[2]
THEIRS = [(n, c) for n in NAMESPACES for c, facts in index().namespace(n).items() if not facts.ours]
OUR_MODULES = {
    "Steps": "repro.training.schedule",
    "InverseSqrt": "repro.training.schedule",
    "ErrorRate": "repro.training.count_metric",
}


def real(facts: ClassFacts) -> Any:
    module, _, name = facts.source.rpartition(".")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return getattr(importlib.import_module(module), name)


def signatures(found: Any, namespace: str, facts: ClassFacts) -> list[inspect.Signature]:
    """All the ways in which a class may be made: its signature, its overloads, torchmetrics' classes of each task."""
    if not inspect.isclass(found):
        return [inspect.signature(found)]
    ways = [inspect.signature(o) for o in typing.get_overloads(found.__init__)]
    if namespace == "metric" and "__new__" in vars(found):
        module = importlib.import_module("torchmetrics.classification")
        ways.append(inspect.signature(found.__new__))
        tasks: Iterable[str] = index().metric(facts.name).tasks
        ways += [inspect.signature(getattr(module, task.capitalize() + facts.name)) for task in tasks]
    return [*ways, inspect.signature(found)]


@pytest.mark.parametrize(("namespace", "name"), THEIRS)
def test_every_name_binds_to_the_real_class(namespace: str, name: str) -> None:
    facts = index().namespace(namespace)[name]
    ways = signatures(real(facts), namespace, facts)
    for argument in facts.arguments.values():
        found = [way.parameters[argument.name] for way in ways if argument.name in way.parameters]
        assert found, f"{name} has no argument {argument.name}"
        if argument.required:
            assert all(p.default is p.empty for p in found)
        elif argument.type != "function":
            defaults = [p.default for p in found if p.default is not p.empty]
            assert defaults
            spelled = {repr(_plain(default)) for default in defaults}
            assert repr(_plain(argument.default)) in spelled
    required = {p.name for p in ways[0].parameters.values() if p.default is p.empty and p.kind is p.KEYWORD_ONLY}
    assert required <= set(facts.arguments) | set(facts.refused)


def _plain(default: Any) -> Any:
    if isinstance(default, (tuple, list)):
        return tuple(_plain(one) for one in default)
    if hasattr(default, "item"):  # numpy's own numbers
        return default.item()
    return default.__name__ if callable(default) else default


@pytest.mark.slow
def test_the_index_is_what_the_installed_libraries_say() -> None:
    if index().version_notes():
        pytest.skip(f"made from other versions: {'; '.join(index().version_notes())}")
    script = ROOT / "scripts" / "make_index.py"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(script), "--check"], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == ("differ: nothing\n", 0), done.stderr


@pytest.mark.parametrize("namespace", OURS)
def test_every_class_of_ours_says_what_it_does(namespace: str) -> None:
    for name, facts in OURS[namespace].items():
        assert facts.name == name
        assert facts.doc.startswith("Ours: ")
        assert facts.doc.endswith(".")


def test_features_of_ours_are_those_that_are_built() -> None:
    from repro.data.features.registry import FEATURES

    assert set(FEATURES) == set(OURS["feature"]) | set(OURS["augment"])


@pytest.mark.parametrize(("namespace", "name"), [(n, c) for n in ("feature", "augment") for c in OURS[n]])
def test_features_of_ours_take_what_the_table_says(namespace: str, name: str) -> None:
    from repro.data.features.registry import FEATURES

    _agree(OURS[namespace][name], FEATURES[name], but={"seed"} if namespace == "augment" else set())


@pytest.mark.parametrize("name", [*OURS["scheduler"], *OURS["metric"]])
def test_schedulers_and_metrics_of_ours_take_what_the_table_says(name: str) -> None:
    facts = {**OURS["scheduler"], **OURS["metric"]}[name]
    cls = getattr(importlib.import_module(OUR_MODULES[name]), name)
    _agree(facts, cls, but={"optimizer", "last_epoch", "num_classes", "task", "kwargs"})


def _agree(facts: ClassFacts, cls: type, but: set[str]) -> None:
    parameters = {n.removesuffix("_"): p for n, p in inspect.signature(cls).parameters.items() if n not in but}
    assert set(facts.arguments) == set(parameters)
    for argument in facts.arguments.values():
        default = parameters[argument.name].default
        if argument.required and argument.name == "seed":  # a feature must say it, an augmentation has none
            continue
        assert argument.required == (default is inspect.Parameter.empty)
        assert argument.required or _plain(argument.default) == _plain(default)
