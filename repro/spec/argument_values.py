"""Reading the value of an argument as the type that the index gives it."""

from collections.abc import Mapping
from typing import Any

from repro.spec import scalars
from repro.spec.argument_type import Choice, Fixed, Many, Union, Word, parse_type
from repro.spec.class_facts import Argument
from repro.spec.index import index
from repro.spec.problem import unknown
from repro.spec.reading import kind
from repro.spec.tree import ListNode, MapNode, Node, TextNode

_IN_WORDS: Mapping[str, tuple[str, str]] = {
    "int": ("a whole number", "whole numbers"),
    "float": ("a number", "numbers"),
    "bool": ("true or false", "truth values"),
    "str": ("a text", "texts"),
    "none": ("none", "none"),
    "any": ("a value", "values"),
    "dict": ("`name: value` pairs", "blocks"),
    "tensor": ("a list of numbers", "lists of numbers"),
    "function": ("the name of a function", "names of functions"),
    "classes": ("the word classes", "classes"),
    "layers": ("a list of layers", "lists of layers"),
}
_SHOWN_CHOICES = 6


class Misfit(ValueError):
    """A value that its argument does not take; ``node`` is the part that is wrong."""

    def __init__(self, node: Node, text: str) -> None:
        super().__init__(text)
        self.node = node


def read_value(node: Node, argument: Argument) -> Any:
    """The value, typed: int, float, bool, str, None, tuples and dicts of these.

    Raises:
        Misfit: it is none of the types that the argument takes; says what was expected and what to write.

    >>> read_value(ListNode([TextNode("3"), TextNode("5")]), Argument("kernel_size", "int | (int, int)"))
    (3, 5)
    >>> read_value(TextNode("classes"), Argument("out_features", "int | classes"))
    'classes'

    """
    return _read(node, parse_type(argument.type), argument.name)


def read_anything(node: Node) -> Any:
    """A value of an argument whose type nobody knows, read as YAML 1.2 does; ``none`` is None."""
    if isinstance(node, ListNode):
        return tuple(read_anything(item) for item in node)
    if isinstance(node, MapNode):
        return {str(key): read_anything(value) for key, value in node.items()}
    if node.quoted:
        return str(node)
    if node in ("true", "false", "none"):
        return {"true": True, "false": False, "none": None}[node]
    for read in (scalars.whole, scalars.number):
        try:
            return read(node)
        except ValueError:
            continue
    return str(node)


def described(union: Union) -> str:
    """A type in words.

    >>> described(parse_type("int | (int, int) | none"))
    'a whole number, a list of 2 whole numbers or none'
    """
    phrases = [_described(a) for a in union.alternatives if not isinstance(a, Choice)]
    choices = union.choices
    if choices:
        shown = choices[:_SHOWN_CHOICES]
        phrases = [*shown, *(["another of its words"] if len(choices) > len(shown) else []), *phrases]
    phrases = list(dict.fromkeys(phrases))
    return phrases[0] if len(phrases) == 1 else f"{', '.join(phrases[:-1])} or {phrases[-1]}"


def _described(alternative: Word | Choice | Fixed | Many) -> str:
    if isinstance(alternative, Word):
        return _IN_WORDS[alternative.word][0]
    if isinstance(alternative, Fixed):
        n = len(alternative.items)
        return (
            f"a list of {n} {_plural(alternative.items[0])}"
            if n > 1
            else f"a list of one {_plural(alternative.items[0])[:-1]}"
        )
    return f"a list of {_plural(alternative.item)}" if isinstance(alternative, Many) else alternative.text


def _plural(union: Union) -> str:
    first = next((a for a in union.alternatives if isinstance(a, Word) and a.word != "none"), None)
    return _IN_WORDS[first.word][1] if first else "values"


def _read(node: Node, union: Union, name: str) -> Any:
    if isinstance(node, TextNode):
        return _read_text(node, union, name)
    if isinstance(node, MapNode):
        if union.words & {"dict", "any"}:
            return read_anything(node)
    else:
        for alternative in union.alternatives:
            if isinstance(alternative, Fixed) and len(alternative.items) == len(node):
                return tuple(
                    _read(item, item_type, name) for item, item_type in zip(node, alternative.items, strict=True)
                )
            if isinstance(alternative, Many):
                return tuple(_read(item, alternative.item, name) for item in node)
        if "tensor" in union.words:
            return _read_tensor(node)
        if "any" in union.words:
            return read_anything(node)
    got = f"a list of {len(node)}" if isinstance(node, ListNode) else kind(node)
    raise Misfit(node, f"expected {described(union)}, got {got}")


def _read_tensor(node: Node) -> Any:
    if isinstance(node, ListNode):
        return tuple(_read_tensor(item) for item in node)
    return _read_text(node, parse_type("float"), "") if isinstance(node, TextNode) else _no_tensor(node)


def _no_tensor(node: Node) -> Any:
    raise Misfit(node, f"expected a number, got {kind(node)}")


def _read_text(node: TextNode, union: Union, name: str) -> Any:
    words, choices = union.words, union.choices
    if node in choices or ("classes" in words and node == "classes"):
        return str(node)
    if "none" in words and node == "none" and not node.quoted:
        return None
    failed: list[str] = []
    if "bool" in words:
        try:
            return scalars.truth(node)
        except ValueError as error:
            failed.append(str(error))
    for word, read in (("int", scalars.whole), ("float", scalars.number)):
        if word in words:
            try:
                return read(node)
            except ValueError as error:
                failed.append(str(error))
    if "function" in words:
        return _read_function(node, name)
    if "str" in words:
        return str(node)
    if "any" in words:
        return read_anything(node)
    if "tensor" in words and not failed:
        return _read_tensor(node)
    for alternative in union.alternatives:  # one thing may stand for a list of one
        if isinstance(alternative, Many) and not failed and not choices:
            return (_read(node, alternative.item, name),)
    raise Misfit(node, _said(node, union, failed))


def _said(node: TextNode, union: Union, failed: list[str]) -> str:
    """What to say of a text that fits no alternative."""
    if len(failed) == 1 and len(union.alternatives) == 1:
        return failed[0]
    hint = next((f.partition("; ")[2] for f in failed if "; " in f), "")
    if not hint and node == "none":
        return f"there is always one; expected {described(union)}"
    if union.choices and not hint:
        near = unknown("choice", node, union.choices).partition("; ")[2]
        if near:
            return f"unknown word {scalars.shown(node)}; {near}"
    if not hint and node.startswith("(") and node.endswith(")"):
        hint = f"a list is written in brackets: [{node[1:-1]}]"
    return f"expected {described(union)}, got {scalars.shown(node)}" + (f"; {hint}" if hint else "")


def _read_function(node: TextNode, name: str) -> str:
    known = index().functions.get(name, {})
    if node not in known:
        raise Misfit(node, unknown("function", node, known))
    return str(node)
