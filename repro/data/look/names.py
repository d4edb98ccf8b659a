"""What an item is called, for people."""

from pathlib import PurePosixPath

from repro.data.items import Items


def item_name(items: Items, row: int) -> str:
    """The file of a recording, with its stretch in seconds where the file holds several; else ``item 12``.

    Letters that would steer a terminal are shown as a replacement character: anybody may have named the file.
    """
    if items.clips is None:
        return f"item {row}"
    name = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in items.clips.names[row])
    if items.clips.starts is None or items.clips.ends is None:
        return name
    rate = items.clips.rate(row)
    return f"{name} ({items.clips.starts[row] / rate:g} to {items.clips.ends[row] / rate:g} s)"


def form_of(name: str) -> str:
    """The form of a file, by its ending.

    >>> form_of("a/b.WAV"), form_of("noise")
    ('wav', 'without ending')
    """
    return PurePosixPath(name).suffix.lower().lstrip(".") or "without ending"
