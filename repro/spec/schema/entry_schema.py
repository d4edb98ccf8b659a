"""JSON Schema of every class that a spec may name: one definition each, shared by all places where it may stand."""

import json
from collections.abc import Mapping
from importlib import resources

from repro.spec.builtin_components import WORDS
from repro.spec.class_facts import Argument, ClassFacts
from repro.spec.index import NAMESPACES, index
from repro.spec.schema.type_schema import Schema, argument_schema

OWN = r"^[^:]+\.py:[A-Za-z_]\w*$"
"""Own code, ``FILE.py:ClassName``."""

OWN_NAME = "^[a-z0-9][a-z0-9_-]*$"
"""A name that the author gives, such as that of a named list."""

WORD_DOCS: Mapping[str, str] = {
    "name": "Ours: a name of yours for this layer, by which `weights` and changes find it.",
    "every": "Ours: is the learning rate changed after each step or after each epoch?",
    "watch": "Ours: VIEW/METRIC that ReduceLROnPlateau looks at.",
}


def definitions() -> dict[str, Schema]:
    """``layer`` and the like (an entry of that namespace), and ``layer.Conv1d`` and the like (its arguments)."""
    docs: dict[str, dict[str, dict[str, str]]] = json.loads(
        resources.files("repro.spec.facts").joinpath("docs.json").read_text(encoding="utf-8")
    )
    schemas: dict[str, Schema] = {}
    for namespace in NAMESPACES:
        classes = index().namespace(namespace)
        schemas[namespace] = _entry(namespace, classes, docs[namespace])
        for name, facts in classes.items():
            schemas[f"{namespace}.{name}"] = _class(facts, docs[namespace].get(name, {}), WORDS.get(namespace, {}))
    return schemas


def _entry(namespace: str, classes: Mapping[str, ClassFacts], docs: Mapping[str, Mapping[str, str]]) -> Schema:
    """An entry: a class alone where it needs no argument, or a block of the class and its arguments."""
    extra = WORDS.get(namespace, {})
    needless = not any(argument.required for argument in extra.values())
    alone = [n for n, facts in classes.items() if needless and not any(a.required for a in facts.arguments.values())]
    block: Schema = {
        "type": "object",
        "properties": {name: {"$ref": f"#/definitions/{namespace}.{name}"} for name in classes},
        "patternProperties": {OWN: {"type": "object", "description": "own code in this folder"}},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
    own: Schema = {"type": "string", "pattern": OWN}
    choices: list[Schema] = [{"enum": alone}] if alone else []
    choices += [block] if namespace == "init" else [own, block]
    return {"anyOf": choices}


def _class(facts: ClassFacts, docs: Mapping[str, str], extra: Mapping[str, Argument]) -> Schema:
    docs = {**docs, **{word: WORD_DOCS[word] for word in extra}}
    arguments = {**facts.arguments, **extra}
    schema: Schema = {
        "type": "object",
        "properties": {name: argument_schema(a, docs.get(name, "")) for name, a in arguments.items()},
        "additionalProperties": False,
    }
    described = facts.doc if facts.ours else docs.get("", "")
    if described:
        schema["description"] = described
    required = [name for name, argument in arguments.items() if argument.required]
    return {**schema, "required": required} if required else schema
