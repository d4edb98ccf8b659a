"""How long ``repro grade`` takes over thirty folders of strangers, in a fresh process.

    python benchmarks/grade.py [--rounds 3]

The folders are those of the test: complete, empty, broken and hostile ones (``tests/publish/grade/thirty.py``). The
bound is 10 seconds of wall time on two cores.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "publish" / "grade"))

from thirty import thirty

BOUND = 10.0


def main() -> None:
    """Print the seconds of each round."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as home:
        folders = Path(home) / "in"
        names = thirty(folders)
        took = []
        for _ in range(rounds):
            since = time.perf_counter()
            command = [sys.executable, "-m", "repro", "grade", str(folders), "-o", str(Path(home) / "out")]
            subprocess.run(command, capture_output=True, check=False)
            took.append(time.perf_counter() - since)
    said = ", ".join(f"{seconds:.1f}" for seconds in took)
    print(f"{len(names)} folders: {said} s; median {median(took):.1f} s, bound {BOUND:.0f} s")


if __name__ == "__main__":
    main()
