"""How long ``repro site`` takes over a hundred folders with their records, in a fresh process: at first, and again.

    python benchmarks/site.py [--folders 100] [--rounds 3] [--mixed]

Each folder holds a shipped paper's own spec and all its records (``papers/mnist1d``: 8 experiments, 40 runs) as a
student has them, with a title, a question and numbers of its own, so that no two are the same; with ``--mixed`` the
shipped papers and proposals in turn, of which some are several times as large. Nothing is kept from an earlier
round: the first build is into a new folder, and reads, checks and hashes every record, judges every number, sketches
every figure and writes every page. The bounds are 5 seconds at first and 1 second when nothing has changed, of wall
time on two cores; both include the start of Python and all imports.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from repro.runs.record import Record
from repro.spec.load import find_spec

PAPERS = Path(__file__).parents[1] / "papers"
FIRST, AGAIN = 5.0, 1.0


def main() -> None:
    """Print the seconds of each round, and how large the pages are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folders", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--mixed", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        kinds = sorted((PAPERS.parent / "papers").iterdir()) + sorted((PAPERS.parent / "proposals").iterdir())
        write_folders(Path(home) / "in", kinds if given.mixed else [PAPERS / "mnist1d"], given.folders)
        first, again = [], []
        for number in range(given.rounds):
            out = Path(home) / f"out{number}"
            first.append(_seconds(Path(home) / "in", out))
            again.append(_seconds(Path(home) / "in", out))
        pages = sorted(path.stat().st_size for path in (out / "folders").iterdir())
        index = (out / "index.html").stat().st_size
    for name, took, bound in (("at first", first, FIRST), ("again", again, AGAIN)):
        said = ", ".join(f"{seconds:.2f}" for seconds in took)
        print(f"{given.folders} folders {name}: {said} s; median {median(took):.2f} s, bound {bound:.0f} s")
    print(f"index {index / 1000:.0f} kB; pages {pages[0] / 1000:.0f} to {pages[-1] / 1000:.0f} kB")
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "")


def write_folders(home: Path, kinds: list[Path], count: int) -> None:
    """Folders of students, each with one study; the same arguments give the same folders."""
    for number in range(count):
        paper = kinds[number % len(kinds)]
        folder = home / f"student-{number:03d}" / paper.name
        skipped = shutil.ignore_patterns("runs", "handin", "figures", "__pycache__")
        shutil.copytree(paper, folder, ignore=skipped)
        spec = find_spec(folder)
        text = spec.read_text(encoding="utf-8").replace("question: ", f"question: Number {number:03d} asks. ", 1)
        spec.write_text(text, encoding="utf-8")
        if (folder / "results" / "records").is_dir():
            _own_records(folder, number)


def _own_records(folder: Path, number: int) -> None:
    """Times of its own for each record, as of another training of the same run: another file, the same numbers."""
    for path in (folder / "results" / "records").glob("*.json"):
        fields = json.loads(path.read_text(encoding="utf-8"))
        fields["timings"]["total"] += number / 1000
        record = Record.model_validate_json(json.dumps(fields)).sealed_with_hash()
        path.write_text(record.to_json(), encoding="utf-8")


def _seconds(folders: Path, out: Path) -> float:
    since = time.perf_counter()
    command = [sys.executable, "-m", "repro", "site", str(folders), "-o", str(out)]
    subprocess.run(command, capture_output=True, check=True)
    return time.perf_counter() - since


if __name__ == "__main__":
    main()
