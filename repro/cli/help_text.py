"""What a command's ``--help`` says: its docstring, each example on a line of its own."""

import inspect
from collections.abc import Callable
from typing import Any

_AS_IT_STANDS = "\b\n"
"""Before a paragraph: click does not wrap it."""

EXAMPLE = "Example: "


def help_text(command: Callable[..., Any]) -> str:
    r"""The docstring; the lines of a paragraph of examples stay lines.

    >>> def greet() -> None:
    ...     '''Say hello.
    ...
    ...     Example: greet ann
    ...     Example: greet bob
    ...     '''
    >>> help_text(greet)
    'Say hello.\n\n\x08\nExample: greet ann\nExample: greet bob'
    """
    paragraphs = (inspect.getdoc(command) or "").split("\n\n")
    return "\n\n".join(_AS_IT_STANDS + text if text.startswith(EXAMPLE) else text for text in paragraphs)
