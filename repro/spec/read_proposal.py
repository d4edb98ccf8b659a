"""`figure_to_reproduce`: the figure of another paper that a proposal will draw again."""

from collections.abc import Iterable, Mapping

from repro.spec.keywords import FIGURE_TO_REPRODUCE_KEYS
from repro.spec.reading import Reading
from repro.spec.spec import Work
from repro.spec.tree import Node


def read_figure_to_reproduce(
    node: Node, related: Mapping[str, Work], figures: Iterable[str], reading: Reading
) -> dict[str, str]:
    """Which paper (a key of ``related_work``), which figure, by which of ours, and why."""
    key = "figure_to_reproduce"
    example = "{paper: smith2020, figure: Fig. 3, by: NAME, why: ...}"
    fields = reading.block(node, key, FIGURE_TO_REPRODUCE_KEYS, need=("paper", "figure"), example=example) or {}
    texts = {}
    for name, value in fields.items():
        if name == "paper":
            text = reading.one_of(value, f"{key}.paper", "key of related_work", related)
        elif name == "by":
            text = reading.one_of(value, f"{key}.by", "figure", figures, few=True)
        else:
            text = reading.text(value, f"{key}.{name}")
        if text is not None:
            texts[name] = text
    return texts
