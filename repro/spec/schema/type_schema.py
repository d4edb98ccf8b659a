"""Types of the index as JSON Schema (draft 7)."""

from typing import Any

from repro.spec.argument_type import Choice, Fixed, Many, Union, Word, parse_type
from repro.spec.class_facts import Argument
from repro.spec.index import index

Schema = dict[str, Any]

TEXT: Schema = {"type": ["string", "number", "boolean"]}
"""A text: whatever stands there is read as written, so an editor must let a bare number pass."""

_PLAIN: dict[str, str] = {"int": "integer", "float": "number", "bool": "boolean", "dict": "object"}


def argument_schema(argument: Argument, doc: str = "") -> Schema:
    """Schema of one argument: type, description, default.

    >>> argument_schema(Argument("bias", "bool", True), "Adds a bias.")
    {'type': 'boolean', 'description': 'Adds a bias.', 'default': True}
    """
    schema = dict(type_schema(argument.type, argument.name))
    if doc:
        schema["description"] = doc
    if not argument.required:
        default = _plain(argument.default)
        if default == default and default not in (float("inf"), float("-inf")):
            schema["default"] = default
    return schema


def type_schema(text: str, name: str = "") -> Schema:
    """Schema of a type of the index's language; ``name`` is the argument's, for functions."""
    return _union(parse_type(text), name)


def _union(union: Union, name: str) -> Schema:
    words = [*union.choices, *(w for w in ("classes", "none") if w in union.words)]
    plain = [_PLAIN[a.word] for a in union.alternatives if isinstance(a, Word) and a.word in _PLAIN]
    schemas: list[Schema] = []
    if plain:
        schemas.append({"type": plain[0] if len(plain) == 1 else plain})
    if words:
        schemas.append({"enum": words})
    for alternative in union.alternatives:
        if isinstance(alternative, Word):
            if alternative.word not in _PLAIN and alternative.word not in ("classes", "none"):
                schemas.append(_word(alternative.word, name))
        elif not isinstance(alternative, Choice):
            schemas.extend(_list(alternative, name))
    if {} in schemas:
        return {}
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def _word(word: str, name: str) -> Schema:
    if word == "str":
        return TEXT
    if word == "function":
        return {"enum": sorted(index().functions.get(name, {}))}
    if word == "tensor":
        return {"type": ["array", "number"]}
    if word == "layers":
        return {"$ref": "#/definitions/layers"}
    return {}


def _list(alternative: Fixed | Many, name: str) -> list[Schema]:
    if isinstance(alternative, Fixed):
        n = len(alternative.items)
        items = [_union(item, name) for item in alternative.items]
        same: Schema | list[Schema] = items[0] if all(item == items[0] for item in items) else items
        return [{"type": "array", "items": same, "minItems": n, "maxItems": n}]
    return [{"type": "array", "items": _union(alternative.item, name)}, _union(alternative.item, name)]


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return "none" if value is None else value
