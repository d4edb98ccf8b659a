"""A process's end, in words."""

import signal


def describe_exit(code: int) -> str:
    """A process's end in words.

    >>> describe_exit(3)
    'exit code 3'
    """
    if code >= 0:
        return f"exit code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    hint = "; the system does this when memory runs out" if name == "SIGKILL" else ""
    return f"killed by {name}{hint}"
