"""The JSON Schema: what it holds, and that the shipped file is the one that would be made today."""

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from repro.spec.index import NAMESPACES, index
from repro.spec.keywords import ORDER
from repro.spec.schema import json_schema

ROOT = Path(__file__).parents[2]


def refs(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*(refs(value) for value in node.values()))
    return set().union(*(refs(value) for value in node)) if isinstance(node, list) else set()


def enums(node: Any) -> list[list[Any]]:
    if isinstance(node, dict):
        own = [node["enum"]] if isinstance(node.get("enum"), list) else []
        return own + [found for value in node.values() for found in enums(value)]
    return [found for value in node for found in enums(value)] if isinstance(node, list) else []


def test_it_has_every_word_in_the_order_of_a_spec() -> None:
    assert tuple(json_schema()["properties"]) == ORDER
    assert all(json_schema()["properties"][word]["description"] for word in ORDER)
    assert json_schema()["additionalProperties"] is False


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_every_class_and_argument_is_there(namespace: str) -> None:
    definitions = json_schema()["definitions"]
    block = next(choice for choice in definitions[namespace]["anyOf"] if choice.get("type") == "object")
    assert set(block["properties"]) == set(index().namespace(namespace))
    for name, facts in index().namespace(namespace).items():
        made = definitions[f"{namespace}.{name}"]
        assert set(facts.arguments) <= set(made["properties"])
        assert not set(facts.refused) & set(made["properties"])
        assert {a.name for a in facts.arguments.values() if a.required} <= set(made.get("required", []))
        assert made["additionalProperties"] is False


def test_arguments_have_type_default_and_a_sentence() -> None:
    conv = json_schema()["definitions"]["layer.Conv1d"]
    assert conv["properties"]["groups"]["type"] == "integer"
    assert conv["properties"]["stride"]["default"] == 1
    assert "kernel" in conv["properties"]["kernel_size"]["description"]
    assert conv["required"] == ["out_channels", "kernel_size"]
    assert "1D convolution" in conv["description"]
    assert {"enum": ["classes"]} in conv["properties"]["out_channels"]["anyOf"]
    assert "Ours" in json_schema()["definitions"]["layer.Residual"]["description"]


def test_most_classes_and_arguments_have_a_sentence() -> None:
    """Docstrings are read by their layout; a change of layout should not empty the editor's help unseen."""
    definitions = json_schema()["definitions"]
    classes = [d for name, d in definitions.items() if "." in name]
    arguments = [a for d in classes for a in d["properties"].values()]
    assert sum("description" in d for d in classes) > 0.95 * len(classes)
    assert sum("description" in a for a in arguments) > 0.8 * len(arguments)


def test_every_reference_leads_somewhere() -> None:
    names = {f"#/definitions/{name}" for name in json_schema()["definitions"]}
    assert refs(json_schema()) <= names


def test_no_choice_stands_twice() -> None:
    """Editors refuse the whole schema for one doubled word."""
    for choices in enums(json_schema()):
        assert len(choices) == len({json.dumps(choice) for choice in choices})


def test_it_is_plain_json_without_infinities() -> None:
    json.dumps(json_schema(), allow_nan=False)


def test_the_shipped_file_is_up_to_date() -> None:
    found = importlib.util.spec_from_file_location("make_schema", ROOT / "scripts" / "make_schema.py")
    assert found is not None
    assert found.loader is not None
    make_schema = importlib.util.module_from_spec(found)
    found.loader.exec_module(make_schema)
    shipped = (ROOT / "repro" / "spec" / "schema" / "paper.json").read_text(encoding="utf-8")
    assert shipped == make_schema.text(), "run: python scripts/make_schema.py"
    assert json.loads(shipped) == json_schema()
