"""Where a process that holds the user's key works: in a folder of its own, with settings from the user alone.

W&B's client reads ``wandb/settings`` (and with it, to which server the key goes) from the folder in which it works.
That is never the one in which the command is given, which may be a stranger's.
"""

import os
import sys
from pathlib import Path

_PATHS = (
    *("REPRO_DATA", "REPRO_MIRROR", "REPRO_TRACKING", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"),
    *("WANDB_CONFIG_DIR", "WANDB_CREDENTIALS_FILE", "WANDB_IDENTITY_TOKEN_FILE", "NETRC"),
)
"""What of the environment may name a place seen from the folder in which the command is given."""


def environment(scratch: Path) -> dict[str, str]:
    """The environment of a process that works in ``scratch``: this one's, its relative places made absolute.

    Modules come from where this process has them, ``PYTHONPATH``; use it with ``python -P``.
    """
    variables = dict(os.environ)
    for name in _PATHS:
        place = variables.get(name, "")
        if place and "://" not in place and not place.startswith("~"):
            variables[name] = str(Path(place).absolute())
    modules = os.pathsep.join(str(Path(path).absolute()) for path in sys.path if path)
    return {**variables, "PYTHONPATH": modules, "TMPDIR": str(scratch)}
