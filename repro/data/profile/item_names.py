"""What an item is called, for people."""

from pathlib import PurePosixPath

from repro.data.items import Items


def item_name(items: Items, row: int) -> str:
    """The file of a recording or picture, with its stretch in seconds where the file holds several; else ``item 12``.

    Letters that would steer a terminal are shown as a replacement character: anybody may have named the file.
    """
    names, clips = items.file_names, items.clips
    if names is None:
        return f"item {row}"
    name = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in names[row])
    if clips is None or clips.starts is None or clips.ends is None:
        return name
    rate = clips.rate(row)
    return f"{name} ({clips.starts[row] / rate:g} to {clips.ends[row] / rate:g} s)"


def form_of(name: str) -> str:
    """The form of a file, by its ending.

    >>> form_of("a/b.WAV"), form_of("noise")
    ('wav', 'without ending')
    """
    return PurePosixPath(name).suffix.lower().lstrip(".") or "without ending"
