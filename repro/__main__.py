"""``python -m repro``: the command line. Modules are never taken from the folder in which it is given."""

import sys
from pathlib import Path

_here, _home = Path.cwd().resolve(), Path(__file__).resolve().parents[1]
if not sys.flags.safe_path and _here != _home and Path(sys.path[0]).resolve() == _here:
    del sys.path[0]

from repro.cli.main import main  # noqa: E402 - not before

main()
