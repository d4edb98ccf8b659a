"""`sources`: where each choice comes from, and where we deviate."""

from collections.abc import Iterable, Mapping

from repro.spec.keywords import OF_AN_EXPERIMENT, TRAINING_KEYS
from repro.spec.overrides import find, names_of
from repro.spec.problem import unknown
from repro.spec.reading import Reading, is_none, kind
from repro.spec.tree import ListNode, MapNode, Node, TextNode


def read_sources(
    node: Node | None, trees: Iterable[MapNode] | None, file: MapNode | None, reading: Reading
) -> dict[str, dict[str, str]]:
    """``{kind: {path: place in the source, or ""}}``.

    Args:
        node: what stands under ``sources``.
        trees: trees in one of which each path must name something; None to leave that out.
        file: the whole file, for paths such as ``experiments.knn``.
        reading: where problems go.

    """
    if is_none(node):
        return {}
    if not isinstance(node, MapNode):
        assert node is not None
        reading.say(node, "sources", f"expected {{paper: [paths], guess: [paths]}}, got {kind(node)}")
        return {}
    sources: dict[str, dict[str, str]] = {}
    source_of: dict[str, tuple[str, TextNode]] = {}
    everywhere = None if trees is None else list(trees)
    for source, paths_node in node.items():
        if is_none(paths_node):
            continue
        key = f"sources.{source}"
        sources[str(source)] = {}
        for path, where in _pairs(paths_node, key, str(source), reading):
            if path in source_of and source_of[path][0] != source:
                other = source_of[path]
                reading.say(
                    path,
                    f"{key}.{path}",
                    f"stands under {other[0]!r} too, on line {other[1].place.line}; a choice has one source",
                )
                continue
            if path in source_of:
                reading.say(path, f"{key}.{path}", "stands here twice")
                continue
            source_of[str(path)] = (str(source), path)
            if everywhere is not None and file is not None:
                _names_something(path, str(source), everywhere, file, key, reading)
            sources[str(source)][str(path)] = where
    return sources


def _pairs(node: Node, key: str, source: str, reading: Reading) -> list[tuple[TextNode, str]]:
    if isinstance(node, TextNode):
        node = ListNode([node], node.place)
    if isinstance(node, MapNode):
        return [(path, reading.text(where, f"{key}.{path}") or "") for path, where in node.items()]
    pairs = []
    for path in node:
        if not isinstance(path, TextNode):
            reading.say(path, key, f"expected a path such as training.steps, got {kind(path)}")
        elif source == "different":
            reading.say(path, f"{key}.{path}", f'say what the paper did: different: {{{path}: "..."}}')
        else:
            pairs.append((path, ""))
    return pairs


def _names_something(
    path: TextNode, source: str, trees: list[MapNode], file: MapNode, key: str, reading: Reading
) -> None:
    first, _, rest = path.partition(".")
    if first == "experiments":
        if find(file, path) is None:
            _, _, name = path.partition(".")
            experiments_node = file.get(TextNode("experiments"))
            known = [str(k) for k in experiments_node] if isinstance(experiments_node, MapNode) else []
            reading.say(path, f"{key}.{path}", unknown("experiment", name.partition(".")[0], known))
        return
    if first not in OF_AN_EXPERIMENT or first == "sources":
        reading.say(path, f"{key}.{path}", unknown("word", first, [*OF_AN_EXPERIMENT[:-1], "experiments"]))
        return
    if any(find(tree, path) is not None for tree in trees):
        return
    if source == "different" and (not rest or (first == "training" and rest in TRAINING_KEYS)):
        return  # something that the paper did and we leave out
    steps = path.split(".")
    above = [".".join(steps[:n]) for n in range(1, len(steps))]
    existing = [p for p in above if any(find(tree, p) is not None for tree in trees)]
    if not existing:
        reading.say(path, f"{key}.{path}", f"this spec has no {first!r}")
        return
    known = [f"{existing[-1]}.{name}" for name in _names_in(existing[-1], trees)]
    reading.say(path, f"{key}.{path}", unknown("path", str(path), known))


def _names_in(path: str, trees: list[MapNode]) -> list[str]:
    names: list[str] = []
    for tree in trees:
        node = find(tree, path)
        if isinstance(node, MapNode):
            names += [str(k) for k in node]
        elif isinstance(node, ListNode):
            names += [n for item in node for n in names_of(item)]
    return list(dict.fromkeys(names))


def kind_of(path: str, sources: Mapping[str, Mapping[str, str]]) -> str | None:
    """The kind under which a path stands, itself or the longest path above it; None when the spec is silent.

    >>> kind_of("training.steps", {"paper": {"training": "Sec. 3"}, "guess": {"training.steps": ""}})
    'guess'
    >>> kind_of("seeds", {"paper": {"training": ""}}) is None
    True
    """
    best, by = -1, None
    for source, paths in sources.items():
        for candidate in paths:
            if (path == candidate or path.startswith(f"{candidate}.")) and len(candidate) > best:
                best, by = len(candidate), source
    return by
