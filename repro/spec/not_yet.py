"""Forms that the format has and that are not built yet: refused at their line, never ignored."""

from repro.spec.reading import Reading, is_none
from repro.spec.tree import Node


def refuse_tune(node: Node | None, reading: Reading) -> None:
    """`tune`: trying several values and taking the best."""
    if not is_none(node):
        assert node is not None
        reading.not_yet(node, "tune", "tuning; take `tune` out, or write tune: none")
