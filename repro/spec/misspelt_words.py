"""Words of the top level that are misspelt: each is one problem, and what stands below it is read all the same."""

from difflib import SequenceMatcher

from repro.spec.keywords import ORDER
from repro.spec.problem import SURE
from repro.spec.reading import Reading
from repro.spec.tree import MapNode, Node, TextNode


def as_meant(tree: MapNode, reading: Reading) -> MapNode:
    """Note every unknown word; one that is surely a misspelt one stands under the right name in what is returned.

    >>> from pathlib import Path
    >>> reading = Reading(Path())
    >>> list(as_meant(MapNode({TextNode("optimiser"): TextNode("Adam")}), reading))
    ['optimizer']
    >>> reading.problems[0].text
    "unknown word 'optimiser'; did you mean 'optimizer'?"
    """
    pairs: list[tuple[TextNode, Node]] = []
    taken = set(tree)
    for word, below in tree.items():
        name = word
        if word not in ORDER:
            near = reading.unknown(word, "", "word", ORDER)
            if near and near not in taken and SequenceMatcher(None, word, near).ratio() >= SURE:
                name = TextNode(near, word.place)
                taken.add(name)
        pairs.append((name, below))
    return MapNode(pairs, tree.place)
