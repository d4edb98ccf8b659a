"""Lets a run, or the writing of a table, fail or die at each of its writes, and says what is left afterwards.

``faults.py worker ACT FOLDER [FIRST STEP]``: for each write of a worker (every STEP-th from FIRST on) the run meets ACT
(``kill`` or an errno's name) there, then runs again. ``faults.py table ACT FOLDER [FIRST STEP]``: the same for the
process that writes tables and figures. Prints a JSON line for each: ``{"at", "event", "writer", "said", "valid",
"same"}``: what was said, whether all that stands on the disk is whole, and whether the next try ends as it should.
Last comes ``{"writers": [...]}``: all places of the program that were seen to write.
"""

import json
import os
import runpy
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE / "faults")]


def main() -> None:
    role, act, root, *rest = sys.argv[1:]
    first, step = (int(number) for number in (rest or ("1", "1")))
    folder = Path(root)
    folder.mkdir(parents=True, exist_ok=True)
    plan = folder / "fault.json"
    os.environ["FAULT_PLAN"] = str(plan)
    os.environ["PYTHONPATH"] = os.pathsep.join([str(HERE / "faults"), os.environ.get("PYTHONPATH", "")])
    plan.write_text(json.dumps({"folder": str(folder / "none"), "role": "none", "at": 0, "act": "", "log": ""}))
    runpy.run_path(str(HERE / "faults/sitecustomize.py"))  # this process has started without it
    (workers if role == "worker" else tables)(folder, act, plan, first, step)


def arm(plan: Path, folder: Path, role: str, at: int, act: str) -> Path:
    """Let the ``at``-th write below the folder meet ``act``; gives the log of writes, empty."""
    log = plan.with_suffix(".log")
    log.write_text("")
    said = {"folder": str(folder.resolve()), "role": role, "at": at, "act": act, "log": str(log)}
    whole = plan.with_suffix(".new")  # a worker that starts now must not read half of it
    whole.write_text(json.dumps(said))
    whole.replace(plan)
    return log


def tell(**said: object) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def seen(log: Path) -> list[list[str]]:
    return [line.rsplit(" ", 1) for line in log.read_text().splitlines()]


def workers(root: Path, act: str, plan: Path, first: int, step: int) -> None:
    from kills import outcome, run
    from recipes import make

    from repro.runs.engine.local import LocalEngine
    from repro.runs.ledger import Ledger
    from repro.runs.run import RecordNotKept, RunRefused

    with LocalEngine(1) as engine:
        straight = make("own", root / "straight", share=0.2)
        log = arm(plan, straight, "worker", 0, "")
        run(straight, engine, None)
        wanted, writes = outcome(straight), seen(log)
        for at in range(first, len(writes) + 1, step):
            folder = make("own", root / f"{act}{at}", share=0.2)
            log = arm(plan, folder, "worker", at, act)
            said = ""
            try:
                run(folder, engine, None)
            except (RecordNotKept, RunRefused) as error:
                said = str(error)
            event, writer = seen(log)[at - 1]
            ledger = Ledger(folder, "runs")
            valid = not ledger.damaged and all(record.state in ("done", "failed") for record in ledger.records)
            arm(plan, folder, "worker", 0, "")
            run(folder, engine, None)
            left = [p.name for p in (folder / "runs").rglob("*.tmp")]
            tell(at=at, event=event, writer=writer, said=said, valid=valid, same=outcome(folder) == wanted, left=left)
            shutil.rmtree(folder)
    tell(writers=sorted({writer for _, writer in writes}))


def tables(root: Path, act: str, plan: Path, first: int, step: int) -> None:
    """A table of two earlier seeds stands there; one of three is to be written."""
    from kills import run
    from recipes import make

    from repro.runs.engine.local import LocalEngine
    from repro.study import load

    study_folder = make("own", root / "study", share=0.2)
    text = (study_folder / "paper.yaml").read_text()
    (study_folder / "paper.yaml").write_text(text.replace("seeds: [0]", "seeds: [0, 1, 2]"))
    with LocalEngine(2) as engine:
        run(study_folder, engine, None)
    fewer, study = load(study_folder), load(study_folder)
    fewer._seeds = 2
    out = study_folder / "results"
    fewer.write(fewer.results(source="runs"), out, source="runs")
    old = {p.relative_to(out): p.read_bytes() for p in out.rglob("*.*")}
    results = study.results(source="runs")
    log = arm(plan, study_folder, "main", 0, "")
    study.write(results, out, source="runs")
    new, writes = {p.relative_to(out): p.read_bytes() for p in out.rglob("*.*")}, seen(log)
    for at in range(first, len(writes) + 1, step):
        shutil.rmtree(out)
        for path, content in old.items():
            (out / path).parent.mkdir(parents=True, exist_ok=True)
            (out / path).write_bytes(content)
        log = arm(plan, study_folder, "main", at, act)
        code = in_a_fork(lambda: study.write(results, out, source="runs"))
        event, writer = seen(log)[at - 1]
        now = {p.relative_to(out): p.read_bytes() for p in out.rglob("*.*") if not p.name.endswith(".tmp")}
        valid = all(content in (old.get(path), new.get(path)) for path, content in now.items())
        valid &= (
            now.get(Path("table.json")) == new[Path("table.json")] or old[Path("table.json")] == now[Path("table.json")]
        )
        whole = now == new or now[Path("table.json")] == old[Path("table.json")]
        arm(plan, study_folder, "main", 0, "")
        study.write(results, out, source="runs")
        again = {p.relative_to(out): p.read_bytes() for p in out.rglob("*.*") if not p.name.endswith(".tmp")}
        tell(at=at, event=event, writer=writer, said=str(code), valid=valid and whole, same=again == new)
    tell(writers=sorted({writer for _, writer in writes}))


def in_a_fork(do) -> int:
    """How a child of ours that does this ends: 0, 1 for an OSError, or minus the signal's number."""
    child = os.fork()
    if child == 0:
        code = 0
        try:
            do()
        except OSError:
            code = 1
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    main()
