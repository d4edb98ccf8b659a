"""Whose parts are these?"""

from repro.data.items import Items
from repro.data.splits import Split


def is_built_in(items: Items) -> bool:
    """Whether the data set is one of ours, and neither own code, a folder nor a set of another library."""
    return ":" not in items.name and "/" not in items.name


def is_published(items: Items, split: Split) -> bool:
    """Whether a built-in set is divided by its publisher: what is wrong with such parts is in others' numbers too."""
    return is_built_in(items) and split.how.get("from") in ("official", "folds: official")
