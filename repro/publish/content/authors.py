"""Who wrote a paper, in a line."""

from collections.abc import Sequence

MOST = 6
"""So many are all named."""


def authors(names: Sequence[str]) -> str:
    """All names, or the first of more than six.

    >>> authors(("A B", "C D", "E F"))
    'A B, C D and E F'
    """
    if len(names) > MOST:
        return f"{names[0]} et al."
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else list(names))
