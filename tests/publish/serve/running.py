"""A study in the middle of its grid: some runs done, one in training, one failed, one stopped, the others to come."""

import json
import os
import shutil
import socket
import time
from dataclasses import asdict
from pathlib import Path

import psutil

from repro.runs.journal import Journal
from repro.runs.lease import Holder, LiveFiles, boot_id
from repro.runs.ledger import Ledger
from repro.runs.plan import Plan, Run
from repro.study import load

PAPER = Path(__file__).parents[3] / "papers/mnist1d"


def study(folder: Path) -> Path:
    """The shipped paper without anything run."""
    folder.mkdir(parents=True)
    shutil.copy(PAPER / "paper.yaml", folder / "paper.yaml")
    return folder


def plan_of(folder: Path) -> Plan:
    return load(folder).plan


def run_of(folder: Path, name: str, seed: int) -> Run:
    return next(run for run in plan_of(folder).runs if (run.experiment.name, run.seed) == (name, seed))


def done(folder: Path, name: str, seed: int) -> Path:
    """The shipped record of a run, as if it had just ended."""
    run = run_of(folder, name, seed)
    target = Ledger(folder, "runs").path(run, "full")
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.x.tmp")
    shutil.copy(Ledger(PAPER, "results").path(run, "full"), temporary)
    temporary.replace(target)
    return target


def failed(folder: Path, name: str, seed: int) -> None:
    run = run_of(folder, name, seed)
    shipped = Ledger(PAPER, "results").find(run.identity)
    assert shipped is not None
    made = shipped.model_copy(update={"state": "failed", "reason": "diverged: <loss> is not finite", "metrics": {}})
    Ledger(folder, "runs").write(run, "full", made.sealed_with_hash(), None)


def training(folder: Path, name: str, seed: int, step: int = 3000, steps: int = 6000, pid: int | None = None) -> Run:
    """A run that a process holds (this one, unless another is named), with what its journal has so far."""
    run = run_of(folder, name, seed)
    files = LiveFiles.of(folder, run)
    files.folder.mkdir(parents=True, exist_ok=True)
    now, pid = time.time(), pid or os.getpid()
    created = psutil.Process(pid).create_time()
    holder = Holder(pid, socket.gethostname(), boot_id(), now, created, now, "", step, steps)
    files.claim.write_text(json.dumps(asdict(holder)))
    journal = Journal(Ledger(folder, "runs").journal_path(run, "full"))
    journal.begin(0)
    for at in range(250, step + 1, 250):
        values = {"running/loss": 2 - at / 6000, "running/Accuracy": 10 + 60 * at / 6000, "validation/other": 1.0}
        journal.note(at, at / 40, values, [0.01], at / 1000)
    return run


def stopped(folder: Path, name: str, seed: int) -> None:
    files = LiveFiles.of(folder, run_of(folder, name, seed))
    files.folder.mkdir(parents=True, exist_ok=True)
    files.checkpoint.write_bytes(b"x")


def in_the_middle(folder: Path) -> Path:
    study(folder)
    for seed in range(5):
        done(folder, "logistic", seed)
    done(folder, "cnn", 0)
    failed(folder, "cnn", 1)
    training(folder, "cnn", 2)
    stopped(folder, "cnn", 3)
    return folder
