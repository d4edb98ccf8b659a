"""Names of a spec that the installed libraries lack though the index has them; looked up in files, unimported."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from repro.spec.index import NAMESPACES, index
from repro.spec.spec import Spec

MODULES = {"scikit-learn": "sklearn"}
"""Top modules of packages that go by another name."""


def version_notes(spec: Spec) -> list[str]:
    """A sentence for each name of the spec that the index has and the installed version of its library has not.

    Versions that differ are no news as long as the names that are used are there: class, and arguments that are
    written. What a signature hides is for ``repro run``, which binds every entry before data are read.
    """
    notes = []
    for package, of_index in index().versions.items():
        try:
            installed = version(package).partition("+")[0]
        except PackageNotFoundError:
            continue  # a spec can be checked without the libraries
        if installed != of_index:
            root = MODULES.get(package, package)
            notes += [
                f"{package} {installed}, which is installed, has no {name}; names were checked against {of_index}"
                for name in _missing(spec, root)
            ]
    return list(dict.fromkeys(notes))


def _missing(spec: Spec, root: str) -> Iterator[str]:
    for name, arguments in _entries([experiment.model_dump(mode="python") for experiment in spec.experiments.values()]):
        for namespace in NAMESPACES:
            facts = index().namespace(namespace).get(name)
            if facts is None or facts.source.partition(".")[0] != root:
                continue
            words = _words(facts.source.rpartition(".")[0])
            if not words:
                continue  # its files are not there to be read
            if name not in words:
                yield name
            yield from (f"{name}({argument})" for argument in arguments if argument not in words)
            break


def _entries(node: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Name and written arguments of everything in a spec that has both."""
    if isinstance(node, Mapping):
        if isinstance(node.get("name"), str) and isinstance(node.get("args"), Mapping):
            yield node["name"], tuple(node["args"])
        for value in node.values():
            yield from _entries(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _entries(value)


@cache
def _words(module: str) -> frozenset[str]:
    """Every word in the files of a module such as ``torch.nn``, with all below it; nothing of it is imported."""
    top, *inner = module.split(".")
    spec = find_spec(top)  # finds a top module without running it
    if spec is None or spec.origin is None:
        return frozenset()
    place = Path(spec.origin).parent.joinpath(*inner)
    files = list(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
    texts = (file.read_text(encoding="utf-8", errors="replace") for file in files if file.is_file())
    return frozenset(word for text in texts for word in re.findall(r"[A-Za-z_]\w*", text))
