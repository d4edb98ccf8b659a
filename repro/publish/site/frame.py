"""What stands around every page of the site: its policy, its style, its menu, and its scripts, each allowed by hash."""

from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files

from repro.publish.page_style import page_style

MENU = (
    ("index.html", "Papers"),
    ("board.html", "Board"),
    ("runs.html", "Who ran what"),
    ("pooled.html", "Together"),
    ("discussion.html", "Discussion"),
)
"""The pages of the site and what they are called."""


def frame(
    title: str,
    main: str,
    *,
    up: str = "",
    at: str = "",
    site: str = "",
    tools: str = "",
    scripts: Sequence[str] = (),
    served: bool = False,
    style: str = "",
) -> str:
    """A whole page.

    Args:
        title: of the window.
        main: what stands in ``<main>``, as HTML.
        up: the way from the page to the site's top: ``../`` for pages in a folder.
        at: which page of the menu this one is.
        site: what the site is called; ``title`` by default.
        tools: HTML between menu and ``<main>``, which stays when that is replaced.
        scripts: texts of scripts. Whatever else stands in a page, only these are run.
        served: whether scripts may ask the page's own server.
        style: CSS of this page alone.

    """
    links = "".join(
        f'<li><a href="{up}{file}"{" aria-current=page" if file == at else ""}>{name}</a></li>' for file, name in MENU
    )
    script_tags = "".join(f"<script>{script}</script>\n" for script in scripts)
    news = '<p id="news" class="heard" role="status" aria-live="polite"></p>\n' if served else ""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy(scripts, served=served)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<link rel="icon" href="data:,">\n'
        f"<title>{escape(title)}</title>\n<style>\n{page_style('site', 'site.css')}{style}</style>\n</head>\n<body>\n"
        '<a class="skip" href="#main">Skip to the contents</a>\n'
        f'<header class="top"><p class="brand"><bdi>{escape(site or title)}</bdi></p>'
        f'<nav aria-label="Site"><ul>{links}</ul></nav></header>\n{tools}{news}'
        f'<main id="main" tabindex="-1">\n{main}</main>\n'
        "<footer><p>Made by <code>repro site</code>. Every number is looked up in the records of its folder; nothing "
        "of a folder was run or imported.</p></footer>\n"
        f"{script_tags}</body>\n</html>\n"
    )


def policy(scripts: Sequence[str], *, served: bool = False) -> str:
    """What a page may do: show itself, and run these scripts; where it is served, ask its own server."""
    hashes = " ".join(f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts)
    return (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
        + (f"; script-src {hashes}" if hashes else "")
        + ("; connect-src 'self'" if served else "")
    )


@cache
def script() -> str:
    """The one script of the site: search and filters."""
    return (files("repro.publish.site") / "site.js").read_text(encoding="utf-8")
