"""What stands around a live page: the site's own frame, with a style and a script of its own."""

from functools import cache
from html import escape
from importlib.resources import files

from repro.publish.site.frame import frame


@cache
def live_script() -> str:
    """The script of all pages that are served."""
    return _text("live.js")


def live_frame(title: str, main: str, *, page: str, site: str) -> str:
    """A live page.

    Args:
        title: of the window.
        main: what stands in ``<main>``.
        page: the name of the folder's own page in the site.
        site: what the site is called.

    """
    back = (
        f'<p class="back"><a href="../{escape(page)}">Its page and report</a> '
        '<span class="soft">What follows changes by itself while runs train.</span></p>'
    )
    return frame(
        title, back + main, up="../", site=site, scripts=(live_script(),), served=True, style=_text("live.css")
    )


def _text(name: str) -> str:
    return (files("repro.publish.serve") / name).read_text(encoding="utf-8")
