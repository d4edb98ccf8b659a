"""Who is answered: the browser of this machine, on a page of ours or at an address that was typed. Nobody else.

A page from elsewhere can make a browser ask us for anything. It is refused before anyone looks what it asked for, so
that it cannot even learn what there is: by the site that the browser says it comes from, and, where a name was bent to
lead to this machine (DNS rebinding), by the name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

METHODS = ("GET", "HEAD")
"""Neither changes anything, so there is nothing that could be driven."""

OWN_SITES = ("same-origin", "none")
"""What a browser says of a page of ours, and of an address that was typed."""


@dataclass(frozen=True)
class HttpRefusal:
    """What is answered instead, as plain text."""

    status: int
    text: str


def origins(port: int) -> tuple[str, ...]:
    """The addresses by which we go, without a scheme."""
    names = ("127.0.0.1", "localhost")
    return tuple(f"{name}:{port}" for name in names) + (names if port == 80 else ())


def refusal(method: str, headers: Mapping[str, Sequence[str]], port: int) -> HttpRefusal | None:
    """Why a request is not answered; None where it is.

    Args:
        method: as it came.
        headers: by name in small letters, all values of each.
        port: on which we are.

    >>> refusal("GET", {"host": ["127.0.0.1:8000"]}, 8000) is None
    True
    >>> refusal("GET", {"host": ["evil.example:8000"]}, 8000).status
    421

    """
    names = origins(port)
    host = headers.get("host", ())
    if len(host) != 1 or host[0].lower() not in names:
        return HttpRefusal(421, f"This is http://{names[0]}/ and goes by no other name.\n")
    site = headers.get("sec-fetch-site", ())
    origin = headers.get("origin", ())
    foreign = any(value.lower() not in OWN_SITES for value in site)
    foreign = foreign or any(value.lower() not in [f"http://{name}" for name in names] for value in origin)
    if foreign:
        return HttpRefusal(403, f"Pages of other sites are not answered. Type the address: http://{names[0]}/\n")
    if method not in METHODS:
        return HttpRefusal(405, "Only GET and HEAD: nothing can be changed here.\n")
    return None
