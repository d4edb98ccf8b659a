"""The style of a page: the colours of all pages, in light and dark, and its room's own rules."""

from importlib.resources import files


def page_style(room: str, file: str) -> str:
    """The CSS text of a page of ``repro.publish.ROOM``."""
    return "".join(
        (files(package) / name).read_text(encoding="utf-8")
        for package, name in (("repro.publish", "colours.css"), (f"repro.publish.{room}", file))
    )
