"""`dataset`: a built-in name with its words, or own code."""

import re
from pathlib import Path

from repro.spec.argument_type import parse_type
from repro.spec.dataset_facts import DatasetFacts, facts_with
from repro.spec.entries import read_entry
from repro.spec.experiment import Dataset
from repro.spec.index import index
from repro.spec.keywords import DATASET_KEYS, FOLDER_KEYS
from repro.spec.other_libraries import LIBRARIES, read_other_library
from repro.spec.own_folder import folder_facts, is_folder
from repro.spec.problem import unknown
from repro.spec.read_own_folder import read_own_folder
from repro.spec.reading import Reading, kind
from repro.spec.tree import MapNode, Node, TextNode

_OWN = re.compile(r".*\.py:\w*")


def read_dataset(node: Node, key: str, reading: Reading) -> Dataset | None:
    """The data set of an experiment. ``name`` and ``why`` are words of ours, all else are the data set's arguments."""
    if isinstance(node, TextNode):
        node = MapNode({TextNode("name", node.place): node}, node.place)
    if not isinstance(node, MapNode):
        reading.say(node, key, f"expected a name or {{name: ..., why: ...}}, got {kind(node)}")
        return None
    name = node.get(TextNode("name"))
    for library in LIBRARIES:
        if name is None and TextNode(library) in node:
            return read_other_library(node, library, key, reading)
    if name is None and TextNode("folder") in node:
        return read_own_folder(node, key, reading)
    if name is None:
        reading.say(node, f"{key}.name", "is missing; write a name, or folder: with your own recordings")
        return None
    if not isinstance(name, TextNode):
        reading.say(name, f"{key}.name", f"expected the name of a data set, got {kind(name)}")
        return None
    why = reading.text(node[TextNode("why")], f"{key}.why") if "why" in node else ""
    args = MapNode([(k, v) for k, v in node.items() if k not in DATASET_KEYS], node.place)
    if _OWN.fullmatch(name):
        entry: Node = MapNode({name: args}, node.place) if args else name
        read = read_entry(entry, "dataset", key=key, folder=reading.folder, problems=reading.problems)
        if read is None:
            return None
        return Dataset(place=node.place, name=read.name, args=read.args, why=why or "")
    facts = index().datasets.get(name)
    if facts is None:
        if name in index().datasets_not_yet:
            reading.not_yet(name, f"{key}.name", f"the data set {str(name)!r}")
        else:
            reading.say(name, f"{key}.name", unknown("data set", name, [*index().datasets, *index().datasets_not_yet]))
        return None
    read_args: dict[str, object] = {}
    for word, value in args.items():
        if word in (*FOLDER_KEYS, *LIBRARIES) and word not in facts.arguments:
            reading.say(word, f"{key}.{word}", f"{facts.name} comes with the program and has no {str(word)!r}")
        elif word not in facts.arguments:
            reading.say(word, f"{key}.{word}", unknown("key", word, [*DATASET_KEYS, *facts.arguments]))
        else:
            argument = _argument(value, facts.arguments[word].type, f"{key}.{word}", reading)
            if argument is not None:
                read_args[str(word)] = argument
    defaults = {a.name: a.default for a in facts.arguments.values() if not a.required}
    words = {**defaults, **read_args}
    try:
        facts_with(facts.name, words)
    except ValueError as error:
        reading.say(next((value for word, value in args.items() if word in facts.arguments), node), key, str(error))
        return None
    return Dataset(place=node.place, name=facts.name, args=words, why=why or "")


def _argument(node: Node, type_text: str, key: str, reading: Reading) -> object:
    if type_text == "int":
        return reading.whole(node, key, least=0)
    if type_text == "float":
        return reading.number(node, key)
    if type_text == "bool":
        return reading.truth(node, key)
    choices = parse_type(type_text).choices
    return reading.word(node, key, choices) if choices else reading.text(node, key)


def facts_of(dataset: Dataset | None, folder: Path | None = None) -> DatasetFacts | None:
    """What is known about the data set, with the words beside its name, without reading it; None for own code.

    A folder of one's own is looked up in ``folder``, the spec's; None too where it is not there.
    """
    if dataset is not None and folder is not None and is_folder(dataset.name):
        return folder_facts(folder, dataset)
    if dataset is None or dataset.name not in index().datasets:
        return None
    return facts_with(dataset.name, dataset.args)
