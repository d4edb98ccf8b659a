"""Before anything trains: bind every experiment to the real classes, then fetch, read, split and check its data."""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from repro.data.build_progress import OnComputed
from repro.data.data_error import DataError
from repro.data.frozen_splits import freeze
from repro.data.gate import GateError
from repro.data.gate.own_data import own_data_notes
from repro.data.prepare import prepare
from repro.runs.blind_checks import with_blind_checks
from repro.runs.engine.counted import count_notes
from repro.runs.engine.heard import heard
from repro.runs.engine.messages import Asked, DataReady, Doing, Message, PrepareTask, Refused
from repro.runs.engine.world import world
from repro.spec.experiment import Experiment
from repro.spec.problem import Problem, SpecError
from repro.training.bind import bind_all
from repro.training.blindness.own_parts import listed, own_parts
from repro.training.device import NoSuchDevice, check_count, choose

TELL_SECONDS = 1.0
"""How often it is said how far the features are."""


def prepare_all(task: PrepareTask, say: Callable[[Message], None]) -> DataReady | Refused:
    """Everything that can be refused before training is refused here, for all experiments at once.

    What the data room logs meanwhile, such as a copy that is pinned, becomes notes.
    """
    with heard() as said:
        done = _prepared(task, say)
    return replace(done, notes=(*done.notes, *said)) if isinstance(done, DataReady) else done


def _prepared(task: PrepareTask, say: Callable[[Message], None]) -> DataReady | Refused:
    folder = task.study.folder
    problems: list[Problem] = []
    findings: dict[str, dict[str, Any]] = {}
    leaks: list[GateError] = []
    try:
        accelerator, notes = choose(task.study.accelerator)
        if world() is None:
            check_count(accelerator, task.study.devices)
        say(Doing("binding every experiment to its classes"))
        named = {e.name: e for e, _, _ in task.experiments}.values()
        for experiment in named:
            try:
                bind_all(experiment, folder)
            except SpecError as error:
                problems.extend(error.problems)
        if problems:
            return Refused("the spec is refused by the classes it names", problems=tuple(problems))
        notes = (*notes, *count_notes(named, task.reported, folder))
        for experiment, seed, fold in _distinct(task.experiments):
            name = experiment.dataset.name
            say(Doing(f"reading {name} (downloaded first if it is not at hand), splitting and checking it"))
            try:
                data = prepare(experiment, seed=seed, fold=fold, folder=folder, on_computed=_teller(say))
            except GateError as error:
                leaks.append(error)
                continue
            path = splits_path(task.study.splits_folder, experiment, seed, fold)
            freeze(path, data.splits, data_sha256=data.data_sha256)
            findings[f"{name} ({data.splits_sha256[:8]})"] = dict(data.gate)
            notes = tuple(dict.fromkeys((*notes, *own_data_notes(data.gate))))
        leaking, seen = _try_own_code(task, say)
        leaks, findings = leaks + leaking, findings | seen
    except SpecError as error:
        return Refused("the spec is refused", problems=error.problems)
    except (DataError, NoSuchDevice) as error:
        return Refused(str(error))
    except OSError as error:  # a full disk, a folder that cannot be written
        return Refused(f"{error.filename or folder}: {error.strerror or error}")
    if leaks:
        return Refused("\n".join(dict.fromkeys(map(str, leaks))), gate=dict(leaks[0].gate))
    return DataReady(findings, notes)


def _teller(say: Callable[[Message], None]) -> OnComputed:
    """Says how far the computing of features is, every few seconds."""
    told = -TELL_SECONDS

    def tell(what: str, done: int, items: int) -> None:
        nonlocal told
        if done < items and time.monotonic() - told >= TELL_SECONDS:
            told = time.monotonic()
            say(Doing(f"computing {what} ({done} done)"))

    return tell


def _try_own_code(
    task: PrepareTask, say: Callable[[Message], None]
) -> tuple[list[GateError], dict[str, dict[str, Any]]]:
    """Is the own code of every experiment blind to test items? What fails, and what was found by experiment."""
    folder, leaks, findings = task.study.folder, [], {}
    for experiment, seed, fold in {e.name: (e, seed, fold) for e, seed, fold in reversed(task.experiments)}.values():
        if owns := own_parts(experiment):
            say(Doing(f"trying whether {listed(owns)} of {experiment.name} can see test items"))
            try:
                data = prepare(experiment, seed=seed, fold=fold, folder=folder)
                gate = with_blind_checks(
                    experiment,
                    data,
                    seed=seed,
                    folder=folder,
                    kept_in=task.study.splits_folder,
                    accelerator=task.study.accelerator,
                )
            except GateError as error:
                leaks.append(error)
                continue
            findings[f"own code of {experiment.name}"] = gate
    return leaks, findings


def splits_path(folder: Path, experiment: Experiment, seed: int, fold: int | None = None) -> Path:
    """Where a split is frozen: named after the data set and all that decides how it is drawn."""
    asked = _asked(experiment, seed, fold)
    name = experiment.dataset.name.strip("/").replace(":", "-").replace("/", "-")
    return folder / f"{name}-{hashlib.sha256(asked.encode()).hexdigest()[:12]}.json"


def _distinct(experiments: tuple[Asked, ...]) -> list[Asked]:
    """One experiment, seed and fold for each way to make data: what else differs changes no item and no split."""
    seen: dict[str, Asked] = {}
    for experiment, seed, fold in experiments:
        inputs = {name: given.model_dump_json() for name, given in experiment.inputs.items()}
        views = {name: view.model_dump_json() for name, view in experiment.views.items()}
        asked = json.dumps([_asked(experiment, seed, fold), inputs, views], sort_keys=True)
        seen.setdefault(asked, (experiment, seed, fold))
    return list(seen.values())


def _asked(experiment: Experiment, seed: int, fold: int | None) -> str:
    labels = {name: label.model_dump_json() for name, label in experiment.labels.items()}
    drawn = seed if experiment.splits.seed == "run" else None
    parts = [experiment.dataset.model_dump_json(), experiment.splits.model_dump_json(), labels, drawn]
    return json.dumps(parts if fold is None else [*parts, fold], sort_keys=True)
