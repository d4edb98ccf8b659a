"""Where the commands ``repro`` and ``repro-harness`` begin: sees whether the package ``repro`` is ours, then runs it.

Another distribution, reproducible-science, installs a package and a command of the same name. This module lies beside
ours under a name that only we have, so it can say so where the other one is found first.
"""

import sys
from importlib.util import find_spec
from pathlib import Path

FIRST_WORDS = '"""repro: does the paper hold up?'
"""How the first file of our package begins, wherever it is installed."""


def main() -> None:
    """Run the command line. Ends with 2 where another package stands in its way, and names that package's file."""
    spec = find_spec("repro")
    file = Path(spec.origin) if spec is not None and spec.origin else None
    if file is None or not is_ours(file):
        place = file or (list(spec.submodule_search_locations or ()) if spec is not None else "nothing")
        print(
            f"repro: {place} is found where our package repro should be (reproducible-science installs one of that "
            "name too); give each an environment of its own, then install repro-harness again in this one",
            file=sys.stderr,
        )
        sys.exit(2)
    from repro.cli.main import main as command_line

    command_line()


def is_ours(file: Path) -> bool:
    """Whether this file begins as our package does, here or in another copy of it."""
    try:
        with file.open(encoding="utf-8", errors="replace") as opened:
            return opened.read(len(FIRST_WORDS)) == FIRST_WORDS
    except OSError:
        return False


if __name__ == "__main__":
    main()
