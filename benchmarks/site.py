"""How long ``repro site`` takes over a hundred folders with their records: at first, and again.

    python benchmarks/site.py [--folders 100] [--rounds 3] [--mixed]

Each folder holds a shipped paper's own spec and all its records (``papers/mnist1d``: 8 experiments, 40 runs with their
predictions) as a student has them, with a question and times of its own, so that no two are the same; with
``--mixed`` the shipped papers and proposals in turn, of which some have specs several times as long. Nothing is kept
from an earlier round: a first build is into a new folder; it reads and hashes every record, judges every number,
sketches every figure, lays the runs together and writes every page. The bounds are 5 seconds at first, once all is
imported, and 1 second when nothing has changed, of wall time on two cores that do nothing else; the command's own
time, with the start of Python and of its workers, stands beside them.
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

from repro.publish.sandbox.pool import WorkerPool
from repro.publish.site.build import build_site
from repro.publish.site.reader_pool import reader_pool
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
        first, again, first_command, again_command = [], [], [], []
        with reader_pool() as pool:
            build_site(sorted((Path(home) / "in").iterdir())[:4], Path(home) / "warm", pool=pool)  # all is imported
            for number in range(given.rounds):
                out = Path(home) / f"warm{number}"
                first.append(_built(Path(home) / "in", out, pool))
                again.append(_built(Path(home) / "in", out, pool))
        for number in range(given.rounds):
            out = Path(home) / f"out{number}"
            first_command.append(_command(Path(home) / "in", out))
            again_command.append(_command(Path(home) / "in", out))
        pages = sorted(path.stat().st_size for path in (out / "folders").iterdir())
        index = (out / "index.html").stat().st_size
    print(f"{given.folders} folders, seconds")
    for name, took, bound in (
        ("at first", first, f", bound {FIRST:.0f}"),
        ("again", again, ""),
        ("at first, the whole command", first_command, ""),
        ("again, the whole command", again_command, f", bound {AGAIN:.0f}"),
    ):
        print(f"{name}: {', '.join(f'{seconds:.2f}' for seconds in took)}; median {median(took):.2f}{bound}")
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


def _built(folders: Path, out: Path, pool: WorkerPool) -> float:
    since = time.perf_counter()
    build_site([folders], out, pool=pool)
    return time.perf_counter() - since


def _command(folders: Path, out: Path) -> float:
    since = time.perf_counter()
    command = [sys.executable, "-m", "repro", "site", str(folders), "-o", str(out)]
    subprocess.run(command, capture_output=True, check=True)
    return time.perf_counter() - since


if __name__ == "__main__":
    main()
