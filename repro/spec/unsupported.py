"""Forms that the format has and that are not built yet: refused at their line, never ignored."""

from repro.spec.reading import Reading, is_none
from repro.spec.tree import Node, TextNode


def refuse_tune(node: Node | None, reading: Reading) -> None:
    """`tune`: trying several values and taking the best."""
    if not is_none(node):
        assert node is not None
        reading.not_yet(node, "tune", "tuning; take `tune` out, or write tune: none")


def refuse_change(path: TextNode, key: str, value: Node, reading: Reading) -> bool:
    """True, with a problem noted, for a change that belongs to a form not built yet."""
    first, _, rest = path.partition(".")
    if first == "tune" and not is_none(value):
        reading.not_yet(path, key, "tuning")
    elif first == "labels" and rest and is_none(value):
        reading.not_yet(path, key, "taking one of several labels away")
    else:
        return False
    return True
