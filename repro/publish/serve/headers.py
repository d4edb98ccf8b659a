"""What is said with every answer, so that no other page can frame it, read it, keep it or guess what it is."""

HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
EVENTS = "text/event-stream; charset=utf-8"

TYPES = {
    ".html": HTML, ".txt": TEXT, ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
    ".json": "application/json", ".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp",
}  # fmt: skip
"""By the end of a file's name; what is not here is not served."""

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

OF_PAGES = "frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'"
"""What a page cannot say in its own policy, or need not; the rest of it stands in the page."""

OF_THE_REST = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
"""A picture that is opened by itself is a document too, and an SVG one could hold a script."""


def policy(kind: str) -> str:
    """The Content-Security-Policy that goes with an answer of this type."""
    return OF_PAGES if kind == HTML else OF_THE_REST
