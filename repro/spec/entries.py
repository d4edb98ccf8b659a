"""Reading an entry, ``ReLU`` or ``{Conv1d: {out_channels: 25}}``, and holding it against the index of names."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from repro.spec.argument_values import Misfit, read_anything, read_value
from repro.spec.builtin_components import NESTED, WORDS
from repro.spec.class_facts import REFUSALS, Argument, ClassFacts
from repro.spec.foreign_names import hint
from repro.spec.index import KIND_NAMES, index
from repro.spec.own_classes import is_own, own_class
from repro.spec.part import Entry
from repro.spec.place import Place
from repro.spec.problem import Problem, unknown
from repro.spec.reading import kind
from repro.spec.scalars import shown
from repro.spec.tree import ListNode, MapNode, Node, TextNode

_GLUED = re.compile(r"([A-Za-z_]\w*):(\S.*)")
_NUMBER = re.compile(r"[0-9.]+(?:e-?[0-9]+)?")
_CALL = re.compile(r"([\w.]+)\((.*)\)")


def read_entry(
    node: Node,
    namespace: str,
    *,
    key: str,
    folder: Path,
    problems: list[Problem],
    extra: Mapping[str, Argument] = {},
) -> Entry | None:
    """Read one entry.

    Args:
        node: ``ReLU``, ``model.py:Mine`` or a block of one of these and its arguments.
        namespace: one of :data:`repro.spec.index.NAMESPACES`.
        key: path of the entry for messages, without the class name: ``optimizer``, ``architecture.cnn``.
        folder: the spec's folder, where own code lies.
        problems: every problem is added here.
        extra: words of ours that may stand among the arguments (:data:`repro.spec.builtin_components.WORDS`). They are
            typed and put into ``args``, and only when they are written; the caller takes them out.

    Returns:
        The entry with typed arguments, or None when there was any problem. Arguments of type ``layers`` are not in
        ``args``: the caller reads them from the node.

    """
    named = _name_and_arguments(node, namespace, key, problems)
    if named is None:
        return None
    name, arguments = named
    try:
        facts = class_facts(name, namespace, folder)
    except ValueError as error:
        problems.append(Problem(name.place, f"{key}.{name}", str(error)))
        return None
    key = f"{key}.{facts.name.rpartition(':')[2]}"
    block = _block(arguments, name, facts, key, problems)
    if block is None:
        return None
    words = WORDS.get(namespace, {})
    args = read_arguments(block, facts, key=key, place=name.place, problems=problems, extra=extra, words=words)
    if args is None:
        return None
    return Entry(name=facts.name, args=args, places={str(a): a.place for a in block}, place=name.place)


def class_facts(name: str, namespace: str, folder: Path) -> ClassFacts:
    """Facts of a class by the name that a spec writes; ValueError says what is wrong with the name."""
    if is_own(name):
        return own_class(folder, name, namespace)
    known = index().namespace(namespace)
    if name in known:
        return known[name]
    raise ValueError(_wrong_name(name, namespace, known))


def read_arguments(
    block: Mapping[TextNode, Node],
    facts: ClassFacts,
    *,
    key: str,
    place: Place,
    problems: list[Problem],
    extra: Mapping[str, Argument] = {},
    words: Iterable[str] = (),
) -> dict[str, Any] | None:
    """Type the arguments of a class; None when any is unknown, missing, refused or of another type.

    ``words`` are names that a caller has taken out already; a misspelt one is still told what it should have been.
    """
    known = {**extra, **facts.arguments}
    before = len(problems)
    args: dict[str, Any] = {}
    meant: set[str] = set()  # by misspelt words: not missing as well
    for word, node in block.items():
        argument = known.get(word)
        if argument is None:
            if facts.anything and word not in facts.refused:
                args[str(word)] = read_anything(node)
            else:
                message = _wrong_argument(word, facts, [*known, *words])
                meant.add(message.partition("did you mean '")[2].removesuffix("'?"))
                problems.append(Problem(word.place, f"{key}.{word}", message))
            continue
        if argument.type.startswith("layers"):
            continue
        if word in NESTED and isinstance(node, MapNode):
            inner = index().namespace("feature")[NESTED[word]]
            read = read_arguments(node, inner, key=f"{key}.{word}", place=word.place, problems=problems)
            if read is not None:
                args[str(word)] = read
            continue
        try:
            args[str(word)] = read_value(node, argument)
        except Misfit as misfit:
            problems.append(Problem(misfit.node.place, f"{key}.{word}", str(misfit)))
    missing = [name for name, argument in known.items() if argument.required and name not in block]
    missing = [name for name in missing if name not in meant]
    if missing:
        listed = missing[0] if len(missing) == 1 else f"{', '.join(missing[:-1])} and {missing[-1]}"
        problems.append(Problem(place, key, f"{facts.name} needs {listed}"))
    return None if len(problems) > before else args


def _name_and_arguments(
    node: Node, namespace: str, key: str, problems: list[Problem]
) -> tuple[TextNode, Node | None] | None:
    """The class name, and what stands behind it if anything does."""
    called = KIND_NAMES.get(namespace, namespace)
    if isinstance(node, TextNode):
        return node, None
    if isinstance(node, ListNode):
        problems.append(Problem(node.place, key, f"expected one {called}, got a list of {len(node)}"))
        return None
    names = list(node)
    if not names:
        problems.append(Problem(node.place, key, f"expected {_a(called)}, got an empty block"))
        return None
    if len(names) > 1:
        first, second = names[0], names[1]
        if re.fullmatch(r"[a-z]\w*", second):
            indented = f"{first}: {{{second}: ...}}"
            hint = f"one class a block: to give {first} its arguments, indent them below it or write {indented}"
        else:
            hint = "one class a block: start a new entry for the next one"
        problems.append(Problem(second.place, f"{key}.{second}", hint))
        return None
    return names[0], node[names[0]]


def _block(
    arguments: Node | None, name: TextNode, facts: ClassFacts, key: str, problems: list[Problem]
) -> Mapping[TextNode, Node] | None:
    """The arguments as a block; a problem with what to write when they stand in another form."""
    if arguments is None:
        return {}
    if isinstance(arguments, MapNode):
        return arguments
    first = next((a for a in facts.arguments.values() if a.required), None) or next(
        iter(facts.arguments.values()), None
    )
    glued = _GLUED.fullmatch(arguments) if isinstance(arguments, TextNode) else None
    if first is None and not facts.anything:
        text = f"{facts.name} takes no arguments; write {name}"
    elif glued is not None:
        text = f"a space is missing behind the colon; write {name}: {{{glued[1]}: {glued[2]}}}"
    else:
        shown_value = (
            isinstance(arguments, TextNode) and first is not None and (first.required or _NUMBER.fullmatch(arguments))
        )
        example = f"{first.name}: {arguments if shown_value else '...'}" if first else "name: value"
        text = f"arguments go by name, got {kind(arguments)}; write {name}: {{{example}}}"
    problems.append(Problem(arguments.place, key, text))
    return None


def _wrong_name(name: str, namespace: str, known: Mapping[str, ClassFacts]) -> str:
    called = KIND_NAMES.get(namespace, namespace)
    call = _CALL.fullmatch(name)
    if call is not None:
        bare = call[1].rpartition(".")[2]
        return f"{shown(name)} is Python; write {bare}" + (
            ": {name: value} with its arguments by name" if call[2] else ""
        )
    glued = _GLUED.fullmatch(name)
    if glued is not None:
        return f"a space is missing behind the colon; write {glued[1]}: {{name: value}}"
    if "." in name and name.rpartition(".")[2] in known:
        return f"{_a(called)} is one word, without a path; write {name.rpartition('.')[2]}"
    class_index = index()
    if why := class_index.left_out(namespace).get(name):
        return f"{name} is {why}" if why.startswith("not supported") else f"{name} can't be {_a(called)} here: {why}"
    if name in class_index.not_yet(namespace):
        return f"{name} is not supported yet"
    other = class_index.where_else(name, namespace)
    if other is not None and (elsewhere := hint(name, called)):
        return f"{name} is {_a(KIND_NAMES.get(other, other))}, not {_a(called)}; {elsewhere}"
    if other == "estimator" and namespace == "layer":
        return f"{name} is an estimator, not a layer; write architecture: {{NAME: {{estimator: [{name}]}}}}"
    if other is not None:
        return f"{name} is {_a(KIND_NAMES.get(other, other))}, not {_a(called)}"
    return unknown(called, name.rpartition(".")[2] if "." in name else name, [*known, *class_index.not_yet(namespace)])


def _wrong_argument(word: str, facts: ClassFacts, known: Iterable[str]) -> str:
    if word in facts.refused:
        return f"{word} {REFUSALS[facts.refused[word]]}"
    return unknown(f"argument of {facts.name}", word, known)


def _a(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"
