"""Kills workers of one warmed fork server while they train, and says whether anything came out otherwise.

``kills.py RECIPE TRIALS SEED FOLDER random|writes``: prints a JSON line for each trial,
``{"kills", "same", "differs", "resumed"}``. ``random`` kills at random times, one to three times a run; ``writes``
kills at the n-th write of the worker, for n = 1, 2, ... The recipe ``forgetful`` is the negative control.
"""

import json
import os
import random
import sys
import threading
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))


def main() -> None:
    recipe, trials, seed, root, mode = sys.argv[1:]
    plan_file = Path(root) / "fault.json"
    Path(root).mkdir(parents=True, exist_ok=True)
    if mode == "writes":
        os.environ["PYTHONPATH"] = os.pathsep.join([str(HERE / "faults"), os.environ.get("PYTHONPATH", "")])
        sys.path.insert(0, str(HERE / "faults"))
        os.environ["FAULT_PLAN"] = str(plan_file)
    from recipes import make

    from repro.runs.engine.local import LocalEngine

    dice = random.Random(int(seed))
    fault(plan_file, Path(root) / "none", 0)
    with LocalEngine(1) as engine:
        share = 0.2 if mode == "writes" else 1.0
        straight = make(recipe, Path(root) / "straight", share=share)
        fault(plan_file, straight, 0)
        began = run(straight, engine, None)
        wanted = outcome(straight)
        if mode == "random":  # the first run of a server is its slowest: kills by its clock would come too late
            began = min(began, run(make(recipe, Path(root) / "again", share=share), engine, None))
        for number in range(int(trials)):
            folder = make(recipe, Path(root) / f"trial{number}", share=share)
            kills = 0
            if mode == "random":
                for _ in range(dice.choice((1, 1, 2, 3))):
                    kills += killed(folder, engine, dice.uniform(0.0, began))
            else:
                for deep in range(dice.choice((1, 2, 3))):
                    fault(plan_file, folder, number + 1 if deep == 0 else dice.randint(1, 40))
                    kills += killed(folder, engine, None)
                fault(plan_file, folder, 0)
            run(folder, engine, None)
            found = outcome(folder)
            differs = sorted(key for key in wanted if wanted[key] != found[key])
            said = {"kills": kills, "same": not differs, "differs": differs, "resumed": resumed(folder)}
            sys.stdout.write(json.dumps(said) + "\n")
            sys.stdout.flush()


def fault(plan_file: Path, folder: Path, at: int) -> None:
    said = {"folder": str(folder.resolve()), "role": "worker", "at": at, "act": "kill", "log": str(plan_file) + ".log"}
    whole = plan_file.with_suffix(".new")  # a worker that starts now must not read half of it
    whole.write_text(json.dumps(said))
    whole.replace(plan_file)


def run(folder: Path, engine: object, delay: float | None) -> float:
    """Run what is missing; the seconds that the run took."""
    from repro.runs.events import Started
    from repro.runs.run import run_plan
    from repro.study import load

    timers = []

    def listen(event: object) -> None:
        if delay is not None and isinstance(event, Started):
            worker = engine.workers[event.worker]  # type: ignore[attr-defined]
            timers.append(threading.Timer(delay, worker.kill))
            timers[-1].start()

    try:
        records = run_plan(load(folder).plan, engine=engine, on_event=listen)  # type: ignore[arg-type]
    finally:
        for timer in timers:
            timer.cancel()
            timer.join()
    return records[0].timings.total


def killed(folder: Path, engine: object, delay: float | None) -> int:
    """Run and kill; 1 when the kill came before the run was over."""
    from repro.runs.ledger import Ledger
    from repro.runs.run import RunRefused

    try:
        run(folder, engine, delay)
    except RunRefused as error:
        if "a worker died" not in str(error):  # it is killed while it freezes the splits, too
            raise
        return 1
    records = Ledger(folder, "runs").records
    return int(any(record.state == "failed" for record in records))


def outcome(folder: Path) -> dict[str, object]:
    """Everything that must not depend on what happened to the machine."""
    from repro.results.table import to_json
    from repro.runs.ledger import Ledger
    from repro.study import load

    record = Ledger(folder, "runs").records[0]
    kept = ("state", "weights_sha256", "predictions_sha256", "metrics", "history", "sealed", "chosen", "steps")
    study = load(folder)
    table = json.loads(to_json(study.results(source="runs")))
    return {**{name: record.model_dump(mode="json")[name] for name in kept}, "table": {**table, "spec": ""}}


def resumed(folder: Path) -> str | None:
    from repro.runs.ledger import Ledger

    return Ledger(folder, "runs").records[0].resumed_from


if __name__ == "__main__":
    main()
